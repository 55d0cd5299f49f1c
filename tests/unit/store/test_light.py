"""DESIGN 6: opening a registry, reading it and writing its log loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys

from msreg.config import Settings
from msreg.store.registry import Registry

HEAVY = ("sqlalchemy", "sqlmodel", "alembic", "keyring", "pydantic", "typer", "rich", "asyncio", "subprocess")
CODE = """
import sys
from msreg.config import load_settings
from msreg.store.actor import system_actor
from msreg.store.audit import append
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action
import os
registry = Registry.open(load_settings(dict(os.environ)))
with registry.light() as db, transaction(db):
    key, at = registry.keys.audit_key, registry.clock()
    append(db, key, by=system_actor("x"), event="x", action=Action.READ, at=at)
with registry.light() as db:
    registry.anchor_if_due(db)
print(" ".join(sys.modules))
"""


def test_the_light_path_is_light(settings: Settings) -> None:
    Registry.create(settings)
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, **settings.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sqlcipher3" in loaded
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)

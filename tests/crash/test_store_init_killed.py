"""`init` killed at any moment: afterwards there is a whole registry or none, and `init` works again."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import NotFound
from msreg.store.registry import Registry

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_init_killed_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(5)
    whole = none = 0
    for n in range(40):
        settings = load_settings(
            {
                "MSREG_HOME": str(tmp_path / f"h{n}"),
                "MSREG_KEY_FILE": str(tmp_path / "kek"),
                "MSREG_LANG": "en",
            }
        )
        child = os.fork()
        if not child:
            Registry.create(settings)
            os._exit(0)
        time.sleep(chance.random() * 0.25)
        os.kill(child, 9)
        os.waitpid(child, 0)
        try:
            registry = Registry.open(settings)
            whole += 1
        except NotFound:
            none += 1
            registry, _ = Registry.create(settings)
        with registry.light() as db:
            assert db.one("SELECT value FROM meta WHERE key = 'registry'") == (registry.uuid,)
            assert db.rows("PRAGMA quick_check") == [("ok",)]
        assert sorted(each.name for each in settings.home.rglob("*") if each.is_file()) == [
            "keys.json",
            "registry.db",
        ]
    assert none
    assert whole + none == 40

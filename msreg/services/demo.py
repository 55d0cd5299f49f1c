"""A throw-away registry of made-up people, with a batch file that has faults and one that is mended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from msreg.config import load_settings
from msreg.services import access, made_up, operators
from msreg.services.demo_batch import write_demo_batch
from msreg.services.naming import registry_number
from msreg.services.patients import Asked, overview
from msreg.store.registry import Registry


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo stands on: the variables that lead to it, its files, and patients worth a look."""

    environ: Mapping[str, str]
    filled: made_up.Filled
    faulty: Path
    mended: Path
    export: Path
    patient: str
    incomplete: str | None


def prepare(folder: Path, environ: Mapping[str, str], *, seed: int, patients: int, today: date) -> Demo:
    """Make the registry and the files of a demo in an empty folder."""
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    around = {
        **{name: value for name, value in environ.items() if not name.startswith("MSREG_KEY")},
        "MSREG_HOME": str(folder / "registry"),
        "MSREG_KEY_FILE": str(key),
    }
    registry, _recovery = Registry.create(load_settings(around), made_up=True)
    with registry:
        user = access.os_user(around)
        operators.first_operator(registry, user=user, host="")
        by = access.whoami(registry, around)
        filled = made_up.fill(registry, by=by, seed=seed, patients=patients, today=today)
        faulty, mended = folder / "november.xlsx", folder / "november-mended.xlsx"
        write_demo_batch(faulty, seed=seed, patients=patients, today=today)
        write_demo_batch(mended, seed=seed, patients=patients, today=today, faults=False)
        rows = overview(registry, by=by, asked=Asked(page_size=500), today=today).rows
    lacking = [row for row in rows if not row["complete"] and not row["deceased"]]
    return Demo(
        environ=around,
        filled=filled,
        faulty=faulty,
        mended=mended,
        export=folder / "registry.xlsx",
        patient=registry_number(rows[0]["number"]) if rows else "MS-1",
        incomplete=registry_number(lacking[0]["number"]) if lacking else None,
    )

"""Registry numbers: each is given once, also when the patient who had it is gone."""

from __future__ import annotations

from msreg.store.dbapi import Database

_KEY = "last_patient_number"


def last_number(db: Database) -> int:
    """The highest registry number that was ever given; 0 when none was."""
    found = db.one(
        "SELECT max(coalesce((SELECT max(number) FROM patient), 0),"
        " coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?), 0))",
        (_KEY,),
    )
    return int(found[0]) if found else 0


def keep_number(db: Database, number: int) -> None:
    """Remember that a number was given, before the patient who has it is deleted."""
    db.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE"
        " SET value = max(CAST(meta.value AS INTEGER), CAST(excluded.value AS INTEGER))",
        (_KEY, str(number)),
    )

"""S1: a name and a BSN that were written lie nowhere on the disk in clear, in no notation."""

from __future__ import annotations

import base64
import traceback
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import Unavailable
from msreg.store import migrate
from msreg.store.actor import system_actor
from msreg.store.audit import Item, append
from msreg.store.connect import Database, open_database, transaction
from msreg.store.copies import copy_database
from msreg.store.registry import Registry
from msreg.vocabulary import Action

NAME, BSN = "Pauwenveer-Kanarie", "999900006"


def notations() -> set[bytes]:
    found = set()
    for text in (NAME, BSN):
        plain = text.encode()
        found |= {
            plain,
            plain.lower(),
            text.encode("utf-16-le"),
            text.encode("utf-16-be"),
            plain.hex().encode(),
        }
        # Base64 of a text inside others starts at one of three places.
        found |= {base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)}
    return found


def hits(folder: Path) -> list[tuple[str, bytes]]:
    return [
        (each.name, text)
        for each in folder.rglob("*")
        if each.is_file()
        for text in notations()
        if text in each.read_bytes()
    ]


def test_a_canary_is_in_no_file(tmp_path: Path) -> None:
    settings = load_settings(
        {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek"), "MSREG_LANG": "en"}
    )
    registry, _ = Registry.create(settings)
    seen: set[str] = set()
    with registry.light() as db:
        for turn in range(3):
            items = [
                Item(Action.UPDATE, "patient", f"{n:032x}", f"{n:032x}", {"name": NAME}, {"bsn": BSN})
                for n in range(2000)
            ]
            with transaction(db):
                db.execute("INSERT INTO meta VALUES (?, ?)", (NAME + str(turn), BSN))
                append(
                    db,
                    registry.keys.audit_key,
                    by=system_actor("test"),
                    event="test",
                    action=Action.UPDATE,
                    at=registry.clock(),
                    items=items,
                    about={"name": NAME},
                    reason=BSN,
                )
                # Sorting more than fits in memory would write temporary files.
                db.rows("SELECT after || before FROM audit_item ORDER BY 1 DESC")
                assert hits(tmp_path) == []
            registry.anchor_if_due(db)
            seen |= {each.name for each in tmp_path.rglob("*")}
            assert hits(tmp_path) == []
        assert (db.one("SELECT count(*) FROM audit_item WHERE after LIKE ?", (f"%{BSN}%",))) == (6000,)
    copy_database(settings.database_file, registry.keys.db_key, tmp_path / "copy.db")
    assert migrate.upgrade(settings).copy is None
    assert hits(tmp_path) == []
    assert {"registry.db", "registry.db-wal", "registry.db-shm", "anchors.jsonl", "keys.json"} <= seen


def test_the_search_would_find_it(tmp_path: Path) -> None:
    for n, text in enumerate(notations()):
        (tmp_path / f"{n}").write_bytes(b"\0" * 5 + text)
    assert len({name for name, _ in hits(tmp_path)}) == len(notations())
    (tmp_path / "base64").write_bytes(base64.b64encode(f"name={NAME};".encode()))
    assert "base64" in {name for name, _ in hits(tmp_path)}


def test_a_broken_text_is_told_without_the_value(tmp_path: Path) -> None:
    """The driver quotes the bytes that are no text in its error."""
    db = Database(open_database(tmp_path / "x.db", bytes(32), create=True))
    db.execute("CREATE TABLE note (text)")
    db.execute(f"INSERT INTO note VALUES (CAST(x'{NAME.encode().hex()}ff' AS TEXT))")
    with pytest.raises(Unavailable) as told:
        db.rows("SELECT text FROM note")
    shown = "".join(traceback.format_exception(told.value))
    assert NAME not in shown
    assert NAME not in str(told.value)
    db.close()

"""T4: marks outside the database. Signed, only appended, cheap to ask for, and they show an older copy."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from msreg.errors import Refused, Unavailable
from msreg.store.actor import Actor
from msreg.store.anchors import due, read_anchors, write_anchor
from msreg.store.audit import append, verify
from msreg.store.connect import Database, transaction
from msreg.store.keys import public_key
from msreg.store.registry import Registry
from msreg.store.schema import HISTORY
from msreg.vocabulary import Action


def write(registry: Registry, db: Database, actor: Actor, rows: int = 1) -> None:
    with transaction(db):
        for _ in range(rows):
            append(db, registry.keys.audit_key, by=actor, event="x", action=Action.READ, at=registry.clock())


def marks(registry: Registry) -> list[tuple[int, str]]:
    found = read_anchors(registry.settings.anchors_file, public_key(registry.keys))
    return [(each.seq, each.mac) for each in found]


def test_a_mark_tells_the_log_and_the_tables(registry: Registry, actor: Actor) -> None:
    with registry.light() as db:
        assert registry.anchor_if_due(db) is None
        write(registry, db, actor)
        registry.anchor_if_due(db)
        head = db.one("SELECT mac FROM audit_event WHERE seq = 1")
    (mark,) = read_anchors(registry.settings.anchors_file, public_key(registry.keys))
    assert (mark.registry, mark.seq, (mark.mac,), mark.at) == (registry.uuid, 1, head, registry.clock())
    assert mark.schema == HISTORY[-1]
    assert mark.counts["meta"] == 3
    assert mark.counts["patient"] == 0
    assert not {"audit_event", "audit_item", "alembic_version"} & set(mark.counts)
    assert registry.settings.anchors_file.stat().st_mode & 0o777 == 0o600
    assert registry.settings.anchors_file.parent.stat().st_mode & 0o777 == 0o700


def test_a_mark_is_due_each_day_and_each_thousand_rows(registry: Registry, actor: Actor) -> None:
    clock = registry.clock
    with registry.light() as db:
        write(registry, db, actor)
        assert registry.anchor_if_due(db) is not None
        write(registry, db, actor, 999)
        assert registry.anchor_if_due(db) is None
        write(registry, db, actor)
        assert registry.anchor_if_due(db) is not None
        assert registry.anchor_if_due(db) is None
        # The day is that of UTC: 09:15 + 14:44 is still today.
        clock.move(hours=14, minutes=44)  # type: ignore[attr-defined]
        assert registry.anchor_if_due(db) is None
        clock.move(minutes=1)  # type: ignore[attr-defined]
        assert registry.anchor_if_due(db) is not None
    assert [seq for seq, _ in marks(registry)] == [1, 1001, 1001]


def test_only_the_end_of_the_file_is_read(registry: Registry) -> None:
    path = registry.settings.anchors_file
    path.parent.mkdir(mode=0o700)
    last = json.dumps({"at": "2026-03-31T00:00:00.000000Z", "seq": 5})
    for before in ("", "no mark\n", "x" * 200_000 + "\n"):
        path.write_text(before + last + "\n")
        assert not due(registry.settings, 6, registry.clock())
        assert due(registry.settings, 1005, registry.clock())
    for broken in ("", "{}\n", "[]\n", "torn", '{"at": 3, "seq": 4}\n'):
        path.write_text(broken)
        assert due(registry.settings, 6, registry.clock())


@pytest.mark.parametrize("old", ["file", "row"])
def test_an_older_copy_is_found(registry: Registry, actor: Actor, old: str, tmp_path: Path) -> None:
    path = registry.settings.database_file
    with registry.light() as db:
        write(registry, db, actor, 5)
        write_anchor(registry.settings, registry.keys, db, registry.clock())
    shutil.copy(path, tmp_path / "copy")
    with registry.light() as db:
        write(registry, db, actor, 3)
        write_anchor(registry.settings, registry.keys, db, registry.clock())
    shutil.copy(tmp_path / "copy", path)
    with registry.light() as db:
        if old == "row":
            # Somebody works on in the old copy: as many rows, but not the same.
            write(registry, db, replace(actor, user="u-2"), 4)
        known = read_anchors(registry.settings.anchors_file, public_key(registry.keys))
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
        verdict = verify(db, registry.keys.audit_key, registry.uuid, known)
    assert verdict.first_bad == (6 if old == "file" else 8)
    assert verdict.anchors == 2
    assert verdict.anchor_seq == 8


def test_a_forged_or_broken_line_is_named(registry: Registry, actor: Actor) -> None:
    path = registry.settings.anchors_file
    with registry.light() as db:
        for _ in range(3):
            write(registry, db, actor)
            write_anchor(registry.settings, registry.keys, db, registry.clock())
    lines = path.read_bytes().splitlines(keepends=True)
    key = public_key(registry.keys)
    forged = {
        "another number": lines[1].replace(b'"seq":2', b'"seq":3'),
        "another signature": lines[1].replace(b'"sig":"', b'"sig":"AAAA'),
        "no signature": b"{}\n",
        "no JSON": b"\n",
        "no text": b"\xff\xfe\n",
        "a list": b"[]\n",
        "one more field": lines[1].replace(b'{"at"', b'{"about":1,"at"'),
    }
    for name, line in forged.items():
        path.write_bytes(lines[0] + line + lines[2])
        with pytest.raises(Refused) as told:
            read_anchors(path, key)
        assert "Line 2 of" in str(told.value), name
    path.write_bytes(b"".join(lines))
    with pytest.raises(Refused, match="Line 1 of"):
        read_anchors(path, public_key(replace(registry.keys, anchor_seed=bytes(32))))


def test_a_line_torn_by_a_crash_is_no_mark_and_the_next_one_replaces_it(
    registry: Registry, actor: Actor
) -> None:
    path = registry.settings.anchors_file
    with registry.light() as db:
        write(registry, db, actor)
        write_anchor(registry.settings, registry.keys, db, registry.clock())
        whole = path.read_bytes()
        for length in range(0, len(whole), 13):
            path.write_bytes(whole + whole[:length])
            assert len(marks(registry)) == 1
            write_anchor(registry.settings, registry.keys, db, registry.clock())
            assert path.read_bytes() == whole + whole


def test_a_missing_file_has_no_marks(registry: Registry) -> None:
    assert marks(registry) == []


def test_a_place_that_cannot_be_written_is_told_after_the_work(registry: Registry, actor: Actor) -> None:
    (registry.settings.home / "anchors").write_text("a file where the folder should be")
    with registry.light() as db:
        write(registry, db, actor)
        with pytest.raises(Unavailable, match="cannot be written"):
            registry.anchor_if_due(db)
        assert db.one("SELECT count(*) FROM audit_event") == (1,)


def test_a_link_in_the_place_of_the_file_is_not_followed(
    registry: Registry, actor: Actor, tmp_path: Path
) -> None:
    path = registry.settings.anchors_file
    path.parent.mkdir(mode=0o700)
    path.symlink_to(tmp_path / "elsewhere")
    with registry.light() as db:
        write(registry, db, actor)
        with pytest.raises(Unavailable):
            write_anchor(registry.settings, registry.keys, db, registry.clock())
    assert not (tmp_path / "elsewhere").exists()


def test_a_read_only_folder_is_told(
    registry: Registry, actor: Actor, unprivileged: Callable[[Callable[[], str]], str]
) -> None:
    folder = Path(tempfile.mkdtemp())
    settings = replace(registry.settings, anchor_file=folder / "anchors.jsonl")
    with registry.light() as db:
        write(registry, db, actor)
        folder.chmod(0o500)

        def work() -> str:
            try:
                write_anchor(settings, registry.keys, db, registry.clock())
            except Unavailable as told:
                return str(told)
            return "written"

        told = unprivileged(work)
    os.chmod(folder, 0o700)
    shutil.rmtree(folder)
    assert "cannot be written" in told

"""A log that was cut off and grew again is found by the mark that knew the rows that went (T1, T4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from msreg.config import load_settings
from msreg.services import access, centres, operators
from msreg.store.anchors import read_anchors
from msreg.store.keys import public_key
from msreg.store.registry import Registry
from msreg.store.verify import ANCHOR, verify


def test_two_marks_of_one_row_that_differ_are_a_fault(tmp_path: Path) -> None:
    environ = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek"), "LANG": "C"}
    settings = load_settings(environ)
    registry, _recovery = Registry.create(settings, made_up=True)
    with registry:
        operators.first_operator(registry, user=access.os_user(environ), host="")
        by = access.whoami(registry, environ)
        centres.add_centre(registry, by=by, code="AMS01", name="One")
        marks = read_anchors(settings.anchors_file, public_key(registry.keys))
        assert marks, "the first write of a day is marked"
        other = replace(marks[0], mac="00" * 32, at=datetime(2026, 1, 1, tzinfo=UTC))
        with registry.light() as db:
            assert verify(db, registry.keys.audit_key, registry.uuid, marks).ok
            for pair in ([other, marks[0]], [marks[0], other]):
                verdict = verify(db, registry.keys.audit_key, registry.uuid, pair)
                assert (verdict.first_bad, verdict.reason) == (marks[0].seq, ANCHOR)

"""The faults of a batch file: table, keys, and values only where they may be (SPEC B3, C11, C12)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from msreg.screen.edge import Edge
from msreg.screen.findings import finding_data, show_findings
from msreg.screen.output import Screen
from msreg.vocabulary import Severity


@dataclass(frozen=True)
class Placed:
    sheet: str = "patients"
    row: int | None = 2
    column: str | None = "E"
    field: str | None = "bsn"
    code: str = "PAT-003"
    severity: Severity = Severity.ERROR
    message: str = "not a valid BSN: it fails the {test}"
    hint: str | None = None
    params: Mapping[str, object] = default(default_factory=lambda: {"test": "eleven-test"})
    value: object = "999990018"


def shown(found: list[Placed], **edge: Any) -> str:
    out = io.StringIO()
    show_findings(Screen(Edge(**edge), out), found)
    return out.getvalue()


def test_a_finding_names_its_place_and_reason() -> None:
    assert shown([Placed(), Placed(row=None, column=None, field=None, severity=Severity.WARNING)]) == (
        "sheet     row  column  code     what is wrong\n"
        "patients    2  E  bsn  PAT-003  not a valid BSN: it fails the eleven-test\n"
        "patients    –  –       PAT-003  warning: not a valid BSN: it fails the eleven-test\n"
    )


def test_values_only_when_asked() -> None:
    assert "999990018" not in shown([Placed()])
    assert "999990018" not in shown([Placed()], terminal=True)
    assert "999990018" in shown([Placed()], values=True)
    assert "value" not in finding_data(Placed())
    assert finding_data(Placed(), values=True)["value"] == "999990018"


def test_a_terminal_shows_twenty_and_counts_the_rest() -> None:
    many = [Placed()] * 32
    assert shown(many, terminal=True).rstrip().endswith("… 12 more")
    assert shown(many).count("PAT-003") == 32


def test_keys_for_programs() -> None:
    assert finding_data(Placed(hint="Ask for {test}.")) == {
        "sheet": "patients",
        "row": 2,
        "column": "E",
        "field": "bsn",
        "code": "PAT-003",
        "severity": "error",
        "message": "not a valid BSN: it fails the eleven-test",
        "hint": "Ask for eleven-test.",
    }

"""What an export says: where it is, what is in it, and that it holds personal data in clear."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from msreg.screen.exports_left import against_recognition
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.progress import Step, progress
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.exports import STREAM, Exported
from msreg.services.pseudonymise import Disguise


def exporting() -> AbstractContextManager[Step]:
    """Show how far a long export is."""
    return progress(_("Rows written"))


def exported_result(done: Exported) -> Result:
    """The result of an export. One to standard output has said everything there, and notes go beside it."""
    data: dict[str, Any] = {
        "out": done.path,
        "format": done.format,
        "patients": done.patients,
        "rows": dict(done.rows),
        "log_row": done.seq,
        "pseudonymised": done.disguise is not None,
    }
    if done.disguise is not None:
        data |= {"blurred": done.disguise.blurred, "small": done.disguise.small}
    return Result(data, lambda screen: _show(screen, done))


def _show(screen: Screen, done: Exported) -> None:
    patients = ngettext("{count} patient", "{count} patients", done.patients)
    if done.disguise is not None:
        _show_disguised(screen, done, done.disguise, patients)
        return
    if done.path == STREAM:
        warning = _("This holds personal data in clear; it stands in the log as row {seq}.")
        screen.note(f"{patients}  {warning.format(seq=done.seq)}")
        return
    screen.line(Cell(str(done.path), "accent"), f"  {patients}")
    screen.facts([(key, str(count)) for key, count in done.rows.items()], indent=2)
    warning = _("This file holds personal data in clear; it stands in the log as row {seq}.")
    screen.line(warning.format(seq=done.seq), tone="grey")


def _show_disguised(screen: Screen, done: Exported, disguise: Disguise, patients: str) -> None:
    pseudonyms = _("With pseudonyms; dates are as they were. It stands in the log as row {seq}.").format(
        seq=done.seq
    )
    if done.path == STREAM:
        screen.note(f"{patients}  {pseudonyms}")
        return
    screen.line(Cell(str(done.path), "accent"), f"  {patients}")
    screen.facts([(key, str(count)) for key, count in done.rows.items()], indent=2)
    screen.text(pseudonyms, tone="grey")
    if disguise.free_text:
        screen.text(_("Free text is in it as it was written, and may name people."), tone="orange")
    against_recognition(screen, disguise.blurred, disguise.small)

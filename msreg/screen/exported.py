"""What an export says: where it is, what is in it, and that it holds personal data in clear."""

from __future__ import annotations

from contextlib import AbstractContextManager

from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.progress import Step, progress
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.exports import STREAM, Exported


def exporting() -> AbstractContextManager[Step]:
    """Show how far a long export is."""
    return progress(_("Rows written"))


def exported_result(done: Exported) -> Result:
    """The result of an export. One to standard output has said everything there, and notes go beside it."""
    data = {
        "out": done.path,
        "format": done.format,
        "patients": done.patients,
        "rows": dict(done.rows),
        "log_row": done.seq,
    }
    return Result(data, lambda screen: _show(screen, done))


def _show(screen: Screen, done: Exported) -> None:
    patients = ngettext("{count} patient", "{count} patients", done.patients)
    if done.path == STREAM:
        warning = _("This holds personal data in clear; it stands in the log as row {seq}.")
        screen.note(f"{patients}  {warning.format(seq=done.seq)}")
        return
    screen.line(Cell(str(done.path), "accent"), f"  {patients}")
    screen.facts([(key, str(count)) for key, count in done.rows.items()], indent=2)
    warning = _("This file holds personal data in clear; it stands in the log as row {seq}.")
    screen.line(warning.format(seq=done.seq), tone="grey")

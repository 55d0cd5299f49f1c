"""The forms of a case on the screen: their answers, and the end of a guided entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msreg.formats.pdf_fonts import require_reportlab
from msreg.forms.columns import to_json
from msreg.screen.case_data import findings_data, judged_data
from msreg.screen.case_standing import form_command, next_forms, standing_data, tell_standing
from msreg.screen.case_words import headline
from msreg.screen.entries import show_answers
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.case_form_state import FormState
from msreg.services.case_generated import form_pdf
from msreg.vocabulary import CaseForm

if TYPE_CHECKING:
    from msreg.screen.case_walk import Filled

TOLD = frozenset(
    ("case", "theme", "centre", "form", "form_version", "complete", "open", "score", "included", "findings")
)
"""Keys of a form that are no answers; what `--json` gives may be edited and read back."""


def form_result(state: FormState) -> Result:
    """`cases crf CASE --show`."""
    return Result(lambda: _data(state), lambda screen: _show(screen, state))


def _show(screen: Screen, state: FormState) -> None:
    headline(screen, state.number, state.form.label, state.centre)
    screen.line()
    if state.standing.begun:
        show_answers(screen, state.form, state.values)
        screen.line()
    else:
        screen.line(f"  {_('Nobody has begun this form yet.')}", tone="grey")
    tell_standing(screen, state)
    if not state.standing.complete:
        screen.next(form_command(state.number, state.which), _("Fill in"))


def _data(state: FormState) -> dict[str, Any]:
    return {
        "case": str(state.number),
        "theme": state.theme.key,
        "centre": state.centre,
        **standing_data(state),
        "included": judged_data(state.judged),
        "findings": findings_data(state.standing.findings),
        **{key: to_json(state.values.get(key)) for key in state.form.keys},
        "version": state.version,
    }


def write_form(path: Path, read: Callable[[], FormState], *, overwrite: bool) -> Result:
    """Write the form that `read` gives as PDF.

    Nobody is looked at before it is known that the file may be written. Raises as `finished_file` does, and
    `Unavailable` without the library for pages.
    """
    from msreg.formats.atomic import finished_file  # with `tempfile`, which only a file needs

    require_reportlab()
    with finished_file(path, overwrite=overwrite) as made:
        state = read()
        made.touch(mode=0o600)
        made.write_bytes(form_pdf(state, active()))

    def show(screen: Screen) -> None:
        screen.line(Cell(str(path), "accent"), f"  {state.number}")
        screen.line(_("This file holds personal data in clear."), tone="grey")

    return Result({"case": str(state.number), "form": state.which, "out": path, "format": "pdf"}, show)


def filled_result(done: Filled) -> Result:
    """The end of a guided entry, for the person who made it; nobody else reads it."""
    return Result(None, lambda screen: _end(screen, done))


def _end(screen: Screen, done: Filled) -> None:
    state = done.state
    screen.line()
    what = state.theme.label if state.which is CaseForm.CASE else state.form.label
    screen.text(_("Saved: {what} of {case}.").format(what=what[active()], case=state.number), "green")
    tell_standing(screen, state, done.generated)
    if state.which is not CaseForm.CASE and not state.standing.complete:
        screen.next(form_command(state.number, state.which), _("Go on later"))
    elif state.which is CaseForm.CASE:
        next_forms(screen, state.number, state.theme)
        screen.next(f"msreg cases upload {state.number} …", _("Add a file"))
    screen.next(f"msreg cases show {state.number}", _("What the committee would like"))

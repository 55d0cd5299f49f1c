"""One case on the screen: where it stands, remarks newest first, answers, documents, forms, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from msreg.forms.answers import hidden
from msreg.forms.load import load
from msreg.forms.showing import show as show_value
from msreg.forms.themes import case_form
from msreg.rules.case_states import DONE_WORDS, OPEN
from msreg.rules.case_wanted import Wanted
from msreg.screen.case_data import case_data
from msreg.screen.case_standing import form_command
from msreg.screen.case_words import (
    headline,
    label,
    next_steps,
    size_words,
    state_cell,
    tell_traces,
    verdict_cell,
)
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day, moment
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services import access
from msreg.services.case_answers import FormStanding
from msreg.services.cases import Case, Document, StepTaken
from msreg.store.actor import Actor
from msreg.vocabulary import N_, Right

FILES = (
    Column("place", "", align="right"),
    Column("name", N_("File"), shrink=1, least=16),
    Column("size", N_("Size"), align="right"),
    Column("at", N_("Added"), drop=1),
    Column("wanted", N_("What it is"), shrink=2, least=22, wrap=True),
)


def case_result(case: Case, by: Actor) -> Result:
    """`cases show`."""
    return Result(lambda: case_data(case), lambda screen: _show(screen, case, by))


def _show(screen: Screen, case: Case, by: Actor) -> None:
    headline(screen, case.number, case.theme.label, case.row["centre_code"])
    screen.line()
    screen.facts(_state(case), indent=2)
    _remarks(screen, case)
    screen.line()
    screen.line(_("Answers"), tone="accent")
    screen.facts(_answers(case), indent=2)
    for each in case.forms:
        screen.line()
        _form(screen, each)
    screen.line()
    screen.line(_("Documents that the committee would like"), tone="accent")
    for wanted in case.theme.wanted:
        _wanted(screen, case, wanted)
    screen.line()
    _files(screen, case)
    _next(screen, case, by)


def _state(case: Case) -> Iterator[tuple[str, str | Cell | None]]:
    state = state_cell(case.state)
    since = _("{state}, since {date}").format(state=state.text, date=day(case.since))
    yield _("State"), Cell(since, state.tone)
    yield (
        _("Reported"),
        _("{date} by {name}").format(date=day(case.row["opened_on"]), name=case.row["opened_by_name"]),
    )
    if not str(case.row["opened_on"]).startswith(case.row["month"]):
        yield _("Answers the month"), day(case.row["month"])
    if case.values.get("patient_number"):
        yield _("Patient number"), str(case.values["patient_number"])
    yield _("Within the theme"), verdict_cell(case.judged)
    if case.state in OPEN and case.row["reminder_due_on"]:
        yield _("Next reminder"), day(case.row["reminder_due_on"])


def _remarks(screen: Screen, case: Case) -> None:
    """The newest remark first: that is what somebody has to do something about."""
    for place, each in enumerate(case.remarks):
        screen.line()
        screen.line(_("Latest remark") if place == 0 else _("Earlier remark"), tone="accent")
        _remark(screen, each)


def _remark(screen: Screen, each: StepTaken) -> None:
    who = f"{moment(each.at)}  {each.user_name} ({each.role}), {_(DONE_WORDS[each.step])}"
    screen.line("  ", Cell(who, "grey"))
    screen.text(each.remark or "", indent=2)


def _answers(case: Case) -> Iterator[tuple[str, str | Cell | None]]:
    """The questions of the theme, and answers that do not count any more since the theme changed."""
    form = case_form(case.theme.key)
    gone = {item.key for item in hidden(form, case.values)}
    for item in form.items:
        if item.key in ("theme", "patient_number"):
            continue
        value = case.values.get(item.key)
        if item.key in gone:
            yield (
                item.label[active()],
                Cell(
                    _("{answer} (not asked here, does not count)").format(
                        answer=show_value(item, value, active())
                    ),
                    "grey",
                ),
            )
        elif item.key in case.theme.questions:
            open_ = Cell("?", "orange") if item.key in case.judged.lacking else None
            yield item.label[active()], open_ if value is None else show_value(item, value, active())


def _form(screen: Screen, each: FormStanding) -> None:
    screen.line(load(each.form).label[active()], tone="accent")
    if not each.begun:
        screen.line("  ", Cell(_("not begun"), "orange"))
        return
    answered = ngettext("{count} question answered", "{count} questions answered", each.answered)
    if each.complete:
        screen.line("  ", Cell(_("complete"), "green"), f", {answered}")
    else:
        open_ = ngettext("{count} question open", "{count} questions open", len(each.open))
        screen.line("  ", answered, ", ", Cell(open_, "orange"))
    for finding in each.findings:
        tone = "red" if finding.is_error else "orange"
        screen.text(f"{finding.text(_)} ({finding.code})", "red" if tone == "red" else "orange", indent=2)


def _wanted(screen: Screen, case: Case, wanted: Wanted) -> None:
    """One line of the list, ticked off when there is a file or the form is complete."""
    files = [each for each in case.documents if each.wanted == wanted.key and not each.held]
    numbers = ", ".join(str(each.row["place"]) for each in files)
    if wanted in case.lacking.if_applicable:
        mark, tone = Cell("·", "grey"), "grey"
    elif wanted in case.lacking.documents or wanted in case.lacking.forms:
        mark, tone = Cell("–", "orange"), "plain"
    else:
        mark, tone = Cell("✓", "green"), "plain"
    told = f" ({_('file {numbers}').format(numbers=numbers)})" if files else ""
    open_ = _("missing") if wanted.form is None else _("not complete")
    missing = f" ({open_})" if mark.text == "–" else ""
    screen.line(
        "  ",
        mark,
        " ",
        Cell(label(wanted), "grey" if tone == "grey" else "plain"),
        Cell(told, "grey"),
        Cell(missing, "orange"),
    )


def _files(screen: Screen, case: Case) -> None:
    screen.line(_("Files"), tone="accent")
    if not case.documents:
        screen.line("  ", Cell(_("None yet; at least one is needed to submit."), "orange"))
        return
    screen.table(Table(FILES, [_file(case, each) for each in case.documents]))
    for each in case.documents:
        if each.held:
            text = _("File {number} is in quarantine: nobody could say that it is clean.")
            screen.text(text.format(number=each.row["place"]), "red", indent=1)
    if case.state in OPEN:
        tell_traces(screen, {each.name: each.traces for each in case.uploaded if each.traces})


def _file(case: Case, each: Document) -> Row:
    known = next((wanted for wanted in case.theme.wanted if wanted.key == each.wanted), None)
    what = label(known) if known else _("other")
    if each.held:
        what = _("in quarantine")
    return row(
        str(each.row["place"]),
        each.name,
        size_words(each.row["size"]),
        day(each.at.date()),
        Cell(what, "red" if each.held else "plain" if known else "grey"),
    )


def _next(screen: Screen, case: Case, by: Actor) -> None:
    if screen.edge.terminal:
        screen.line()
    if case.state in OPEN and access.may(by, Right.CASES_WRITE):
        if case.judged.lacking and case.theme.window is not None:
            screen.next(f"msreg cases edit {case.number}", _("Answer what is open"))
        for each in case.forms:
            if not each.complete:
                screen.next(form_command(case.number, each.form), load(each.form).label[active()])
        screen.next(f"msreg cases upload {case.number} …", _("Add a file"))
    elif case.documents:
        screen.next(f"msreg cases download {case.number}", _("Get the files"))
    next_steps(screen, case.number, case.possible)

"""Null reports on the screen: what was recorded, and what each centre answered for each month."""

from __future__ import annotations

from typing import Any

from msreg.rules.case_months import Answer
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day, moment
from msreg.screen.table import Cell, Column, Row, Table
from msreg.services.null_reports import PROCESS, Nothing
from msreg.services.reports_notifications import Answers, CentreAnswers, MonthAnswer
from msreg.vocabulary import N_

COLUMNS = (
    Column("month", N_("Month")),
    Column("centre", N_("Centre")),
    Column("answer", N_("Answer"), shrink=1, least=12, wrap=True),
    Column("user", N_("Who"), shrink=2),
    Column("at", N_("When"), drop=1),
)


def nothing_result(done: Nothing) -> Result:
    """What stands for a centre and a month now."""
    data = {
        "centre": done.centre,
        "month": done.month,
        "process": PROCESS,
        "null_report": done.standing,
        "changed": done.changed,
        "user": done.user,
        "at": done.at,
        "dry_run": done.dry_run,
    }
    return Result(data, lambda screen: _show(screen, done))


def _show(screen: Screen, done: Nothing) -> None:
    where = {"centre": done.centre, "month": day(done.month)}
    if done.standing and done.changed:
        text = (
            _("It would be recorded that {centre} had no case in {month}.")
            if done.dry_run
            else _("Recorded: {centre} had no case in {month}.")
        )
        screen.text(text.format(**where))
    elif done.standing:
        screen.text(_("{centre} reported already that it had no case in {month}.").format(**where))
        screen.line(f"{done.user}  {moment(done.at)}", tone="grey")
    elif done.changed:
        text = (
            _("It would be taken back that {centre} had no case in {month}.")
            if done.dry_run
            else _("Taken back: whether {centre} had a case in {month} is open again.")
        )
        screen.text(text.format(**where))
    else:
        screen.text(
            _("{centre} has no null report for {month}; nothing was changed.").format(**where), tone="orange"
        )
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
        return
    if done.standing and done.changed:
        screen.next(f"msreg cases nothing {done.centre} {done.month} --undo", _("Take it back"))
    screen.next(f"msreg cases months --centre {done.centre}", _("All months"))


def months_result(found: Answers, *, only_open: bool, answers: bool) -> Result:
    """The months, newest first, and what each centre answered; `answers`: the reader may answer for one."""
    rows = [
        (centre, each)
        for month in reversed(found.months)
        for centre in found.centres
        for each in centre.answers
        if each.month == month and (each.answer is Answer.OPEN or not only_open)
    ]
    return Result(
        [_data(*row) for row in rows], lambda screen: _list(screen, found, rows, only_open, answers)
    )


def _data(centre: CentreAnswers, each: MonthAnswer) -> dict[str, Any]:
    return {
        "month": each.month,
        "centre": centre.code,
        "answer": each.answer,
        "cases": each.cases,
        "counts": each.counts,
        "user": each.user,
        "at": each.at,
    }


def _list(
    screen: Screen,
    found: Answers,
    rows: list[tuple[CentreAnswers, MonthAnswer]],
    only_open: bool,
    answers: bool,
) -> None:
    if not rows:
        screen.line(_("Every month has an answer.") if only_open else _("No centre takes part yet."))
    else:
        screen.table(Table(COLUMNS, [_row(*row) for row in rows]))
    tell_not_asked(screen, found)
    waiting = [(centre, each) for centre, each in rows if each.answer is Answer.OPEN]
    if waiting and answers:
        screen.line()
        centre, each = waiting[-1]
        screen.next(f"msreg cases nothing {centre.code} {each.month}", _("No case in that month"))
        screen.next(f"msreg cases new --centre {centre.code} --theme …", _("There was one"))


def _row(centre: CentreAnswers, each: MonthAnswer) -> Row:
    return [day(each.month), centre.code, answer_cell(each), each.user, moment(each.at)]


def answer_cell(each: MonthAnswer) -> Cell:
    """What a centre answered, in words."""
    match each.answer:
        case Answer.CASES:
            return Cell(ngettext("{count} case", "{count} cases", each.cases), "accent")
        case Answer.NULL_REPORT:
            return Cell(_("no case"), "green")
        case Answer.OPEN if not each.counts:
            return Cell(_("nothing yet; this month still runs"), "grey")
        case Answer.OPEN:
            return Cell(_("nothing yet"), "orange")
        case Answer.NOT_ASKED:
            return Cell(_("not asked"), "grey")


def tell_not_asked(screen: Screen, found: Answers) -> None:
    """How many centres are not asked at all."""
    if found.not_asked:
        screen.text(not_asked_words(found), "grey")


def not_asked_words(found: Answers) -> str:
    """The same as a text."""
    return ngettext(
        "{count} centre without a notifier is not asked.",
        "{count} centres without a notifier are not asked.",
        found.not_asked,
    )

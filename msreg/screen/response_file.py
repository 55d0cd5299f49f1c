"""The response of centres for programs, and into a file: HTML, a workbook, CSV or JSON, by the ending of its name."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from msreg.formats.sheets import SheetOut
from msreg.rules.case_months import Answer
from msreg.screen import response_words as words
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.report_file import format_of
from msreg.screen.response_map import show_answers
from msreg.screen.result import Result, dumps
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.services.reports_notifications import (
    Answers,
    MonthAnswer,
    cases_of,
    null_reports_of,
    response_of,
)
from msreg.vocabulary import N_

KEYS = ("asked", "answered", "response", "cases", "null_reports")
ANSWERS = {
    Answer.CASES: N_("cases reported"),
    Answer.NULL_REPORT: N_("no case"),
    Answer.OPEN: N_("nothing yet"),
    Answer.NOT_ASKED: N_("not asked"),
}


def answers_result(found: Answers) -> Result:
    """`msreg reports notifications`."""
    return Result(lambda: answers_data(found), lambda screen: show_answers(screen, found))


def answers_data(found: Answers) -> dict[str, Any]:
    """The same for programs."""
    return {
        "report": "notifications",
        "centre": found.centre,
        "from": found.months[0],
        "until": found.months[-1],
        "today": found.today,
        **_counted(found.every),
        "not_asked_centres": found.not_asked,
        "months": [{"month": each, **_counted(found.of_month(each))} for each in found.months],
        "centres": [
            {
                "centre": each.code,
                "name": each.name,
                **_counted(each.answers),
                "months": [
                    {"month": one.month, "answer": one.answer, "cases": one.cases, "counts": one.counts}
                    for one in each.answers
                ],
            }
            for each in found.centres
        ],
    }


def _counted(answers: tuple[MonthAnswer, ...]) -> dict[str, int | Decimal | None]:
    response = response_of(answers)
    told = (
        response.asked, response.answered, words.percent(response), cases_of(answers), null_reports_of(answers),
    )  # fmt: skip
    return dict(zip(KEYS, told, strict=True))


def write_answers(path: Path, found: Answers, *, overwrite: bool) -> Result:
    """Write the report; the file appears when it is finished, mode 0600."""
    kind = format_of(path)
    if kind == "xlsx":
        from msreg.formats.xlsx_out import write_workbook

        write_workbook(path, list(_sheets(found)), overwrite=overwrite)
    elif kind == "csv":
        from msreg.formats.csv_out import write_table

        write_table(path, _long(found), overwrite=overwrite)
    else:
        from msreg.formats.atomic import finished_file

        with finished_file(path, overwrite=overwrite) as made:
            made.touch(mode=0o600)
            made.write_text(_html(found) if kind == "html" else _json(found), encoding="utf-8")

    def show(screen: Screen) -> None:
        screen.line(Cell(str(path), "accent"), f"  {_(words.TITLE)}")

    return Result({"out": path, "format": kind, "report": "notifications", "centre": found.centre}, show)


def _html(found: Answers) -> str:
    from msreg.formats.report_html import report_html

    return report_html(words.page(found))


def _json(found: Answers) -> str:
    return dumps(answers_data(found), indent=2) + "\n"


def _sheets(found: Answers) -> Iterator[SheetOut]:
    about = [(_("Title"), _(words.TITLE)), (_("Centre"), words.where(found)), *words.facts(found)]
    about += [(_("Signs"), line) for line in words.legend(found)]
    yield SheetOut(_("Overview"), (_("what"), _("value")), about)
    heads = [words.month_head(month, found) for month in found.months]
    yield SheetOut(
        _("Map"),
        [_("Centre"), _("Name"), *heads, *_heads()],
        [
            [each.code, each.name, *map(_cell, each.answers), *_counted(each.answers).values()]
            for each in found.centres
        ],
    )
    yield SheetOut(
        _("By month"),
        [_("Month"), *_heads()],
        [[day(month), *_counted(found.of_month(month)).values()] for month in found.months],
    )
    rows = [
        [each.code, day(one.month), _(ANSWERS[one.answer]), one.cases, one.counts]
        for each in found.centres
        for one in each.answers
    ]
    yield SheetOut(_("Answers"), [_("Centre"), _("Month"), _("Answer"), _("Cases"), _("Counts")], rows)


def _heads() -> list[str]:
    return [_("asked"), _("months answered"), _("response, %"), _("cases reported"), _("null reports")]


def _cell(each: MonthAnswer) -> int | str:
    """Cases as a number, so that a spreadsheet can add them up; the other signs are texts."""
    shown = words.sign(each)
    return int(shown) if shown.isdigit() else shown


def _long(found: Answers) -> SheetOut:
    rows = [
        ("notifications", each.code, one.month, one.answer.value, one.cases, one.counts)
        for each in found.centres
        for one in each.answers
    ]
    return SheetOut("report", ("report", "centre", "month", "answer", "cases", "counts"), rows)

"""The response of centres in words: signs of the map, headings, shares; for terminal, page and files alike."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from msreg.formats.report_page import Line, Page, Section
from msreg.rules.case_months import Answer, Response, month_of
from msreg.screen.case_months import not_asked_words
from msreg.screen.language import _, active
from msreg.screen.report_words import whole
from msreg.screen.shown import day, number
from msreg.screen.table import NOTHING
from msreg.screen.tones import Tone
from msreg.services.reports_notifications import (
    Answers,
    MonthAnswer,
    cases_of,
    null_reports_of,
    response_of,
)
from msreg.vocabulary import N_

TITLE = N_("Case notifications: what each centre answered for each month")
STILL_RUNS = "*"

TONES: dict[Answer, Tone] = {
    Answer.CASES: "accent",
    Answer.NULL_REPORT: "green",
    Answer.OPEN: "orange",
    Answer.NOT_ASKED: "grey",
}


def sign(each: MonthAnswer) -> str:
    """An answer as a sign that reads without colour: how many cases, 0, ? for open, – where nobody was asked."""
    if each.answer is Answer.NOT_ASKED:
        return NOTHING
    return "?" if each.answer is Answer.OPEN else str(each.cases)


def legend(found: Answers) -> list[str]:
    """What the signs mean."""
    lines = [_("A number: so many cases. 0: no case, as the centre reported. ?: nothing yet. –: not asked.")]
    if month_of(found.today) in found.months:
        lines.append(_("*: this month still runs, and does not count."))
    if found.not_asked:
        lines.append(not_asked_words(found))
    return lines


def percent(response: Response) -> Decimal | None:
    """The response of a hundred with one decimal; None where nobody was asked."""
    if not response.asked:
        return None
    return (Decimal(100 * response.answered) / response.asked).quantize(Decimal("0.1"), ROUND_HALF_UP)


def share(response: Response) -> str:
    """Such as `10/11  91%`."""
    if not response.asked:
        return NOTHING
    return f"{response.answered}/{response.asked} {whole(percent(response))}"


def month_head(month: str, found: Answers) -> str:
    """A month above its column; one that still runs has a star."""
    return f"{day(month)}{STILL_RUNS if month == month_of(found.today) else ''}"


def facts(found: Answers) -> list[tuple[str, str]]:
    """What the report is about."""
    total = response_of(found.every)
    said = _("{answered} of {asked} months answered").format(answered=total.answered, asked=total.asked)
    if (of_all := percent(total)) is not None:
        said = f"{said} ({number(of_all)} %)"
    return [
        (_("Months"), f"{day(found.months[0])} – {day(found.months[-1])}"),
        (_("Made for"), day(found.today) or ""),
        (_("Response"), said),
        (_("Cases"), str(cases_of(found.every))),
    ]


def where(found: Answers) -> str:
    """The centre, or all of them."""
    return f"{found.centre}  {found.centre_name}" if found.centre else _("all centres")


def totals(found: Answers) -> list[tuple[str, list[str]]]:
    """The rows below the map: a text for each month, and for all of them together."""
    columns: list[Sequence[MonthAnswer]] = [found.of_month(month) for month in found.months]

    def shown(response: Response) -> str:
        return whole(percent(response)).rstrip("%") if response.asked else NOTHING

    return [
        (_("cases reported"), [*(str(cases_of(each)) for each in columns), str(cases_of(found.every))]),
        (
            _("null reports"),
            [*(str(null_reports_of(each)) for each in columns), str(null_reports_of(found.every))],
        ),
        (
            _("response, %"),
            [*(shown(response_of(each)) for each in columns), share(response_of(found.every))],
        ),
    ]


def page(found: Answers) -> Page:
    """All of it for a page in a browser."""
    lines = [
        Line((each.code, *map(sign, each.answers), share(response_of(each.answers))))
        for each in found.centres
    ]
    lines += [Line((name, *cells)) for name, cells in totals(found)]
    heads = ("", *(month_head(month, found) for month in found.months), _("answered"))
    names = tuple(Line((each.code, each.name)) for each in found.centres)
    return Page(
        active().value,
        _(TITLE),
        where(found),
        tuple(facts(found)),
        (),
        (
            Section("answers", _("By centre and month"), "", heads, tuple(lines), tuple(legend(found))),
            Section("centres", _("Centres"), "", ("", _("name")), names, ()),
        ),
        (),
        _("How it is counted: docs/how-to/cases-committee.md."),
    )

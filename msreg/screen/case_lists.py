"""Lists of cases on the screen: by state, and those that wait for their centre."""

from __future__ import annotations

from collections.abc import Sequence

from msreg.screen.case_data import due_data, listed_data
from msreg.screen.case_words import missing_count, state_cell
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.case_listing import CaseList, Due, Listed
from msreg.vocabulary import N_

LIST = (
    Column("case", N_("Case")),
    Column("centre", N_("Centre"), drop=2),
    Column("theme", N_("Theme"), shrink=1, least=12),
    Column("state", N_("State")),
    Column("since", N_("Since")),
    Column("documents", N_("Files"), align="right", drop=4),
    Column("missing", N_("Missing"), align="right", drop=1),
    Column("patient_number", N_("Patient"), shrink=2, least=7, drop=3),
)
DUE = (
    Column("case", N_("Case")),
    Column("centre", N_("Centre")),
    Column("theme", N_("Theme"), shrink=1, least=12, drop=1),
    Column("state", N_("State")),
    Column("since", N_("Since")),
    Column("due", N_("Due")),
    Column("coming", N_("After that")),
)


def list_result(found: CaseList, *, many_centres: bool) -> Result:
    """`cases list`. Without `many_centres` all cases are of one, which is not told again in each row."""
    return Result(
        lambda: [listed_data(each) for each in found.cases],
        lambda screen: _show(screen, found, many_centres),
    )


def _show(screen: Screen, found: CaseList, many_centres: bool) -> None:
    if not found.cases:
        screen.line(
            _("There are no such cases.") if any(found.counts.values()) else _("There are no cases yet.")
        )
        if not any(found.counts.values()):
            screen.next("msreg cases new --theme …", _("Report one"))
        return
    left_out = set() if many_centres else {"centre"}
    if not any(each.row["patient_number"] for each in found.cases):
        left_out.add("patient_number")
    places = [place for place, column in enumerate(LIST) if column.key not in left_out]
    rows = ([cells[place] for place in places] for cells in map(_listed, found.cases))
    screen.table(Table([LIST[place] for place in places], rows))
    screen.line()
    counted = [f"{count} {state_cell(state).text}" for state, count in found.counts.items() if count]
    screen.line(", ".join(counted) + ".", tone="grey")
    if found.total > found.page_size:
        pages = -(-found.total // found.page_size)
        screen.line(
            _("Page {page} of {pages}, newest first.").format(page=found.page, pages=pages), tone="grey"
        )
        if found.page < pages:
            screen.next(f"msreg cases list … --page {found.page + 1}", _("Older cases"))
    screen.next(f"msreg cases show {found.cases[0].number}", _("One case in full"))


def _listed(each: Listed) -> Row:
    missing: str | Cell | None = None
    if each.lacking is not None:
        missing = Cell(str(missing_count(each.lacking)), "green" if each.lacking.complete else "orange")
    return row(
        str(each.number),
        each.row["centre_code"],
        each.theme.label[active()],
        state_cell(each.state),
        day(each.since),
        str(each.documents),
        missing,
        each.row["patient_number"],
    )


def due_result(found: Sequence[Due]) -> Result:
    """`cases due`."""
    return Result(lambda: [due_data(each) for each in found], lambda screen: _show_due(screen, found))


def _show_due(screen: Screen, found: Sequence[Due]) -> None:
    if not found:
        screen.line(_("No case waits for its centre."))
        return
    screen.table(Table(DUE, [_due(each) for each in found]))
    screen.line()
    due = sum(each.due is not None for each in found)
    screen.line(
        ngettext("{count} reminder is due.", "{count} reminders are due.", due)
        if due
        else _("No reminder is due today."),
        tone="orange" if due else "grey",
    )
    screen.text(
        _("Concept and incomplete cases are reminded of after 4, 8 and 12 weeks, each time once."), "grey"
    )


def _due(each: Due) -> Row:
    coming: str | Cell | None = None
    if each.coming is not None:
        coming = day(each.coming.on)
    elif each.due is None:
        coming = Cell(_("all sent"), "grey")
    return row(
        str(each.number),
        each.row["centre_code"],
        each.theme.label[active()],
        state_cell(each.state),
        day(each.since),
        Cell(_("{weeks} weeks").format(weeks=each.due.weeks), "orange") if each.due else None,
        coming,
    )

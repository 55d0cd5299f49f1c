"""What left the registry, and whose a pseudonym is, as people and programs see them."""

from __future__ import annotations

from typing import Any

from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import moment
from msreg.screen.table import Cell, Column, Table, row
from msreg.services.exports_left import Found, Left, LeftPage
from msreg.vocabulary import N_

COLUMNS = (
    Column("seq", N_("Row"), align="right"),
    Column("at", N_("When")),
    Column("user", N_("Who"), shrink=4, least=6),
    Column("what", N_("What"), shrink=1, least=8, wrap=True),
    Column("going", N_("To whom, and why"), shrink=2, least=16, wrap=True),
    Column("patients", N_("Patients"), align="right"),
    Column("identity", N_("Identity"), shrink=3, least=10, wrap=True),
)


def left_result(page: LeftPage) -> Result:
    """One page of what left."""
    return Result([_data(each) for each in page.rows], lambda screen: _show(screen, page))


def _show(screen: Screen, page: LeftPage) -> None:
    if not page.rows:
        screen.line(_("Nothing left the registry, as far as this asks."))
        return
    screen.table(Table(COLUMNS, (_cells(each) for each in page.rows)))
    screen.line()
    screen.line(_("Page {page}, newest first.").format(page=page.page), tone="grey")
    screen.next(f"msreg audit show {page.rows[0].seq}", _("One row in full"))
    if page.more:
        screen.next(f"msreg exports list … --page {page.page + 1}", _("Older rows"))


def _cells(each: Left) -> list[Cell | str | None]:
    if each.aggregated:
        identity = Cell(_("figures only"), "green")
    elif each.project is None:
        identity = Cell(_("in clear"), "orange")
    else:
        identity = Cell(each.project or _("coded"), "green")
    kind = None if each.event == "exports.run" else each.event.partition(".")[0]
    what = " ".join(filter(None, (kind, each.format, each.file)))
    going = ": ".join(filter(None, (each.recipient, each.purpose)))
    return list(
        row(str(each.seq), moment(each.at), each.user, what, going or None, str(each.patients), identity)
    )


def _data(each: Left) -> dict[str, Any]:
    return {
        "log_row": each.seq,
        "at": each.at,
        "user": each.user,
        "role": each.role,
        "event": each.event,
        "format": each.format,
        "file": each.file,
        "recipient": each.recipient,
        "purpose": each.purpose,
        "patients": each.patients,
        "aggregated": each.aggregated,
        "pseudonymised": each.project is not None,
        "project": each.project,
    }


def whose_result(found: Found) -> Result:
    """The patient behind a pseudonym."""

    def show(screen: Screen) -> None:
        screen.line(Cell(found.registry_number, "accent"), f"  {found.centre}:{found.patient_number}")
        screen.next(f"msreg patients show {found.registry_number}")

    data = {
        "registry_number": found.registry_number,
        "centre": found.centre,
        "patient_number": found.patient_number,
    }
    return Result(data, show)


def against_recognition(screen: Screen, blurred: int, small: int) -> None:
    """What a pseudonymised export did for people who would stand out."""
    if blurred:
        screen.text(
            ngettext(
                "Of {count} patient age, sex or centre is shown less exactly: too few others have the same.",
                "Of {count} patients age, sex or centre is shown less exactly: too few others have the same.",
                blurred,
            ),
            tone="grey",
        )
    if small:
        screen.text(
            _("There are fewer than five patients in this export, so each of them may be recognised."),
            tone="orange",
        )

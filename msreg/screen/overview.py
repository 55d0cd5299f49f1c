"""The overview of patients as a table, with the colours of the manual and a mark beside each (SPEC P5–P7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msreg.rules.completeness import completeness_tone, course_is_due
from msreg.rules.names import display_name, mask_bsn
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day, yes_no
from msreg.screen.table import Cell, Column, Row, Table
from msreg.services.naming import registry_number
from msreg.services.patients import Page
from msreg.vocabulary import N_

SHARED = "⇄"
DUE = "!"
WITHDRAWN = "×"

_SEX = {"male": N_("m"), "female": N_("f"), "other": N_("o")}


def _complete(row: Mapping[str, Any]) -> Cell:
    if row["withdrawn_on"]:
        return Cell(WITHDRAWN, "grey")
    tone = completeness_tone(row["open_questions"], bool(row["deceased"]), bool(row["treatment_ended"]))
    text = _("yes") if row["complete"] else _("no") + f"  ({row['open_questions']})"
    return Cell(text, tone)


def _last_course(today: date) -> Callable[[Mapping[str, Any]], Cell | None]:
    def show(row: Mapping[str, Any]) -> Cell | None:
        last = day(row["last_course_on"])
        if last is None:
            return None
        due = row["course_due_on"]
        late = due is not None and course_is_due(date.fromisoformat(due), today)
        return Cell(f"{last} {DUE}", "orange") if late else Cell(f"{last}  ")

    return show


def columns(
    today: date, *, reveal: bool, many_centres: bool, any_shared: bool
) -> list[tuple[Column, Callable[[Mapping[str, Any]], Cell | str | None]]]:
    """The columns of the overview with what each shows of a row.

    `many_centres` adds whose patient it is, `any_shared` the mark of those who are shared.
    """
    found: list[tuple[Column, Callable[[Mapping[str, Any]], Cell | str | None]]] = [
        (Column("number", N_("MS number")), lambda row: registry_number(row["number"])),
        (
            Column("name", N_("Name"), shrink=1, least=8),
            lambda row: display_name(row["family_name"], row["name_prefix"], row["initials"]),
        ),
        (Column("shared", ""), lambda row: SHARED if row["shared"] else ""),
        (Column("born", N_("Born")), lambda row: day(row["birth_date"])),
        (Column("sex", N_("Sex")), lambda row: _(_SEX[row["sex"]]) if row["sex"] else None),
        (
            Column("phenotype", N_("Phenotype")),
            lambda row: row["last_phenotype"].upper() if row["last_phenotype"] else None,
        ),
        (Column("last_course", N_("Last course")), _last_course(today)),
        (Column("complete", N_("Complete")), _complete),
        (Column("changed", N_("Changed"), drop=1), lambda row: day(str(row["updated_at"])[:10])),
    ]
    if not any_shared:
        found = [each for each in found if each[0].key != "shared"]
    extra: list[tuple[Column, Callable[[Mapping[str, Any]], Cell | str | None]]] = [
        (Column("patient_number", N_("Patient no."), drop=4), lambda row: row["patient_number"]),
        (
            Column("bsn", N_("BSN"), drop=5),
            lambda row: row["bsn"] if reveal else mask_bsn(row["bsn"]),
        ),
        (Column("deceased", N_("Deceased"), drop=2), lambda row: yes_no(bool(row["deceased"]))),
        (Column("ended", N_("Ended"), drop=3), lambda row: yes_no(bool(row["treatment_ended"]))),
    ]
    if many_centres:
        extra.insert(0, (Column("centre", N_("Centre"), drop=6), lambda row: row["centre"]))
    return found + extra


def table_row(
    shown: list[tuple[Column, Callable[[Mapping[str, Any]], Cell | str | None]]], row: Mapping[str, Any]
) -> Row:
    """The cells of one patient."""
    return [cell(row) for _column, cell in shown]


def as_data(row: Mapping[str, Any], *, reveal: bool) -> dict[str, Any]:
    """A row of the overview for programs, with the keys of the codebook."""
    return {
        "registry_number": registry_number(row["number"]),
        "centre": row["centre"],
        "patient_number": row["patient_number"],
        "family_name": row["family_name"],
        "name_prefix": row["name_prefix"],
        "initials": row["initials"],
        "birth_date": row["birth_date"],
        "bsn": row["bsn"] if reveal else mask_bsn(row["bsn"]),
        "sex": row["sex"],
        "last_phenotype": row["last_phenotype"],
        "shared": bool(row["shared"]),
        "complete": bool(row["complete"]),
        "open_questions": row["open_questions"],
        "last_course_on": row["last_course_on"],
        "course_due_on": row["course_due_on"],
        "deceased": bool(row["deceased"]),
        "treatment_ended": bool(row["treatment_ended"]),
        "withdrawn_on": row["withdrawn_on"],
        "changed_at": f"{row['updated_at']}Z".replace(" ", "T"),
    }


def page_result(found: Page, today: date, *, reveal: bool, many_centres: bool) -> Result:
    """One page of the overview for people and for programs, with the next useful command below it."""

    def show(screen: Screen) -> None:
        if not found.rows:
            screen.line(_("No patients.") if found.page == 1 else _("There are no more patients."))
            return
        any_shared = any(row["shared"] for row in found.rows)
        shown = columns(today, reveal=reveal, many_centres=many_centres, any_shared=any_shared)
        screen.table(
            Table([column for column, _show in shown], (table_row(shown, row) for row in found.rows))
        )
        screen.note("")
        screen.note(_below(found, today))
        if found.page * found.page_size < found.total:
            screen.next(_command_for_page(found.page + 1), _("Next page"))
        red = next((row for row in found.rows if not row["complete"] and not row["deceased"]), None)
        if red is not None:
            screen.next(f"msreg patients why {registry_number(red['number'])}", _("Why is it red"))

    return Result([as_data(row, reveal=reveal) for row in found.rows], show)


def _below(found: Page, today: date) -> str:
    if found.more_than:
        total = _("more than {total} patients").format(total=found.total)
        count = _("{shown} of {total}").format(shown=len(found.rows), total=total)
    elif len(found.rows) == found.total:
        count = ngettext("{count} patient", "{count} patients", found.total)
    else:
        count = _("{shown} of {total} patients").format(shown=len(found.rows), total=found.total)
    return f"{count}.  {'   '.join(legend(found.rows))}"


def legend(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The marks that these rows show, each with what it means."""
    marks = [f"{DUE} {_('a new course is due')}"]
    if any(row["shared"] for row in rows):
        marks.append(f"{SHARED} {_('shared')}")
    if any(not row["complete"] for row in rows):
        marks.append(f"(n) {_('open questions')}")
    if any(row["withdrawn_on"] for row in rows):
        marks.append(f"{WITHDRAWN} {_('consent withdrawn')}")
    return marks


def _command_for_page(number: int) -> str:
    import sys

    words = [word for word in sys.argv[1:] if word]
    if "--page" in words:
        at = words.index("--page")
        del words[at : at + 2]
    return " ".join(["msreg", *words, "--page", str(number)])

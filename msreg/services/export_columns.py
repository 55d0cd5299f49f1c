"""Which columns leave the registry: all of them, or those that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msreg.errors import Usage
from msreg.forms.columns import Column, Sheet, sheet_of, sheets
from msreg.vocabulary import N_, Record


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns of one sheet that are exported, in order."""

    sheet: Sheet
    columns: tuple[Column, ...]


def chosen(asked: Sequence[str] = ()) -> list[Chosen]:
    """The sheets with their columns; without `asked` all.

    A column is named by its key (`edss`: wherever there is one) or with its sheet (`disease.severity`). What
    names a record and tells its state comes along; a sheet of which nothing is asked stays at home.
    Raises `Usage` for a name that there is not, with the names that are near it.
    """
    if not asked:
        return [Chosen(sheet, sheet.columns) for sheet in sheets()]
    wanted = {name.strip().casefold().replace("-", "_") for name in asked} - {""}
    unknown = sorted(
        wanted - {name for sheet in sheets() for each in sheet.columns for name in names_of(sheet, each)}
    )
    if unknown or not wanted:
        raise _no_such(unknown)
    found = []
    for sheet in sheets():
        picked = {column.key for column in sheet.columns if wanted & names_of(sheet, column)}
        if picked:
            columns = (each for each in sheet.columns if each.key in picked or _names_record(sheet, each))
            found.append(Chosen(sheet, tuple(columns)))
    return found


def with_patients(leave: Sequence[Chosen]) -> list[Chosen]:
    """The same with the sheet of patients in front, if only with what names them."""
    if any(part.sheet.record is Record.PATIENT for part in leave):
        return list(leave)
    sheet = sheet_of(Record.PATIENT)
    named = tuple(each for each in sheet.columns if _names_record(sheet, each))
    return [Chosen(sheet, named), *leave]


def names_of(sheet: Sheet, column: Column) -> frozenset[str]:
    """What somebody may call a column: its key, or its sheet and its key."""
    return frozenset((column.key, f"{sheet.key}.{column.key}"))


def _names_record(sheet: Sheet, column: Column) -> bool:
    """Whether a column tells which record a row is, or the state that it is in."""
    if column.item is None:
        return not column.worked_out
    return any(column.key in form.identity for form in sheet.forms)


def _no_such(unknown: Sequence[str]) -> Usage:
    if not unknown:
        return Usage(N_("Name at least one column."), field="columns")
    from difflib import get_close_matches

    known = sorted({column.key for sheet in sheets() for column in sheet.columns})
    name = unknown[0]
    near = get_close_matches(name.rpartition(".")[2], known, n=3)
    return Usage(
        N_("There is no column {column} to export."),
        hint=N_("Perhaps one of these: {near}") if near else N_("See the columns with: msreg forms list"),
        field="columns",
        column=repr(name[:40]),
        near=", ".join(near),
    )

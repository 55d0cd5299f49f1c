"""The columns of a pseudonymised export: what stands in the place of those that name a person or a hospital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msreg.errors import Usage
from msreg.forms.columns import Column, Sheet, forms_of
from msreg.forms.definition import Type
from msreg.services.export_cells import Style
from msreg.services.export_columns import Chosen, names_of
from msreg.services.export_rows import Own
from msreg.services.pseudonymise import TRAITS, Disguise, Pseudonymise, coded, is_code, leaves
from msreg.store.queries import leaving
from msreg.vocabulary import N_, Record

PSEUDONYM = Column("pseudonym", {"nl": "Pseudoniem", "en": "Pseudonym"}, told=True)
BIRTH_YEAR = Column("birth_year", {"nl": "Geboortejaar", "en": "Year of birth"}, told=True, type=Type.INTEGER)
BIRTH_BAND = Column("birth_band", {"nl": "Geboortejaren", "en": "Years of birth"}, told=True)

_NAMES = frozenset(("registry_number", "patient_number", "written_by"))
"""Columns that go with the names: they lead to the patient, or to the hospital that wrote a record."""


def without_identity(chosen: Sequence[Chosen], asked: Sequence[str], how: Pseudonymise) -> list[Chosen]:
    """The same sheets with pseudonyms in front and nothing that names anybody.

    Centre, sex and birth stand on the sheet of patients alone: one place where they are blurred, or not.
    Raises `Usage` when somebody asks for a column by name that does not leave in this way.
    """
    for name in asked:
        _require_leaving(name.strip().casefold().replace("-", "_"), chosen, how)
    return [
        Chosen(
            part.sheet,
            (PSEUDONYM, *(new for each in part.columns for new in _instead(part.sheet, each, how))),
        )
        for part in chosen
    ]


def traits_told(chosen: Sequence[Chosen]) -> frozenset[str]:
    """Which traits of patients the sheets of `without_identity` tell, by the names of `disguise`."""
    names = {"centre": "centre", "sex": "sex", BIRTH_YEAR.key: "birth_date"}
    return frozenset(
        names[column.key]
        for part in chosen
        if part.sheet.record is Record.PATIENT
        for column in part.columns
        if column.key in names
    )


def own_columns(disguise: Disguise, chosen: Sequence[Chosen], style: Style) -> Mapping[str, Own]:
    """How the columns of `without_identity` are made of what the database has."""
    sexes = _sex().codes

    def sex(text: str) -> str | None:
        code = disguise.shown_by_text(text).sex
        return sexes[code][style.language] if code and style.labels else code

    texts = {
        column.key: Own(None, coded)
        for part in chosen
        for column in part.columns
        if column.item and is_code(column.item)
    }
    return {
        **texts,
        "pseudonym": Own("p.id", disguise.patient),
        "centre": Own(leaving.TRAITS, lambda text: disguise.shown_by_text(text).centre),
        "sex": Own(leaving.TRAITS, sex),
        "birth_year": Own(leaving.TRAITS, lambda text: disguise.shown_by_text(text).birth_year),
        "birth_band": Own(leaving.TRAITS, lambda text: disguise.shown_by_text(text).birth_band),
    }


def _instead(sheet: Sheet, column: Column, how: Pseudonymise) -> tuple[Column, ...]:
    """What stands in the place of a column: itself, another, or nothing."""
    if column.key in _NAMES:
        return ()
    if column.key == "centre":
        return (replace(column, told=True),) if sheet.record is Record.PATIENT else ()
    if column.item is None:
        return (column,)
    if sheet.record is Record.PATIENT and column.key in TRAITS:
        return (_sex(),) if column.key == "sex" else (BIRTH_YEAR, BIRTH_BAND)
    return (column,) if leaves(column.item, free_text=how.free_text) else ()


def _sex() -> Column:
    """The question without its item: its answer is not that of the patient where it is blurred."""
    item = forms_of(Record.PATIENT)[0]["sex"]
    return Column("sex", item.label, told=True, codes={each.code: each.label for each in item.choices})


def _require_leaving(name: str, chosen: Sequence[Chosen], how: Pseudonymise) -> None:
    meant = [
        (part.sheet, each) for part in chosen for each in part.columns if name in names_of(part.sheet, each)
    ]
    if not meant or any(_instead(sheet, column, how) for sheet, column in meant):
        return
    free = all(column.item and leaves(column.item, free_text=True) for _sheet, column in meant)
    raise Usage(
        N_("The column {column} does not leave with --pseudonymise."),
        hint=N_("It is free text, which may name people; --with-free-text lets it go.")
        if free
        else N_("It leads to a person. Leave it out."),
        field="columns",
        column=name,
    )

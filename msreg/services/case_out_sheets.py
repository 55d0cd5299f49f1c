"""The list that goes with the files of cases: cases, their forms, their files, what the columns mean, and whence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msreg import __version__
from msreg.formats.cells import Cell
from msreg.formats.sheets import SheetOut
from msreg.forms.answers import counting
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme, themes
from msreg.rules.case_windows import EVENT, Included
from msreg.services.case_answers import included_of, is_begun, values_of
from msreg.services.case_out_columns import ListColumn, columns_of
from msreg.services.case_out_plan import GoingCase
from msreg.services.cases import Document
from msreg.services.export_going import Going
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm

NAMES: Mapping[str, Mapping[str, str]] = {
    "cases": {"nl": "Casussen", "en": "Cases"},
    CaseForm.CRF: {"nl": "Maternale sterfte (CRF)", "en": "Maternal death (CRF)"},
    CaseForm.SWANSEA: {"nl": "Swansea-criteria", "en": "Swansea criteria"},
    "documents": {"nl": "Documenten", "en": "Documents"},
    "codebook": {"nl": "Codeboek", "en": "Codebook"},
    "provenance": {"nl": "Herkomst", "en": "Provenance"},
}
OWN: Mapping[str, Mapping[str, str]] = {
    "case": {"nl": "Casus (pseudoniem)", "en": "Case (pseudonym)"},
    "theme": {"nl": "Thema", "en": "Theme"},
    "included": {"nl": "Valt binnen het thema", "en": "Falls within its theme"},
    "files": {"nl": "Bestanden", "en": "Files"},
    "files_left_out": {"nl": "Achtergehouden bestanden", "en": "Files left out"},
    "file": {"nl": "Bestand", "en": "File"},
    "document": {"nl": "Document", "en": "Document"},
    "kind": {"nl": "Soort", "en": "Kind"},
    "size": {"nl": "Bytes", "en": "Bytes"},
    "left_out": {"nl": "Achtergehouden wegens", "en": "Left out because of"},
}
_CODEBOOK = (
    "sheet", "column", "form", "version", "type", "label_nl", "label_en", "unit", "codes_nl", "codes_en",
)  # fmt: skip


OTHER = {"nl": "document", "en": "document"}
"""What a file is called that is none of the theme's list: what its sender called it may name somebody."""

INCLUDED: Mapping[Included, Mapping[str, str]] = {
    Included.YES: {"nl": "ja", "en": "yes"},
    Included.NO: {"nl": "nee", "en": "no"},
    Included.UNKNOWN: {"nl": "onbekend", "en": "unknown"},
}


class Written(NamedTuple):
    """One file as it stands in the zip file; without a name and size it stayed behind."""

    pseudonym: str
    document: Document
    name: str | None
    size: int | None
    why_not: str | None = None


class Told(NamedTuple):
    """What the list tells of itself, and in which words."""

    registry: Registry
    by: Actor
    going: Going
    seq: int
    labels: bool
    language: str


def sheets(
    db: Database, cases: Sequence[GoingCase], written: Sequence[Written], told: Told
) -> Iterator[SheetOut]:
    """The sheets of the list. No hospital, no user and no number of a case is on any of them."""
    labels = told.language if told.labels else None
    forms = {which: tuple(columns_of(which)) for which in CaseForm}

    def name(key: str) -> str:
        return NAMES[key][told.language] if told.labels else str(key)

    def heads(keys: Sequence[str], columns: Sequence[ListColumn] = ()) -> list[str]:
        if labels is None:
            return [*keys, *(each.key for each in columns)]
        return [*(OWN[key][labels] for key in keys), *(each.label[labels] for each in columns)]

    own = ("case", "theme", "included", "files", "files_left_out")
    yield SheetOut(
        name("cases"), heads(own, forms[CaseForm.CASE]), _cases(db, cases, forms[CaseForm.CASE], labels)
    )
    for which in (CaseForm.CRF, CaseForm.SWANSEA):
        rows = _answers(db, cases, which, forms[which], labels)
        yield SheetOut(name(which), heads(("case",), forms[which]), rows)
    files = ("case", "file", "document", "kind", "size", "left_out")
    yield SheetOut(name("documents"), heads(files), _documents(written, labels))
    yield SheetOut(name("codebook"), _CODEBOOK, _codebook(own, files, forms))
    yield SheetOut(name("provenance"), ("key", "value"), _facts(cases, told))


def _cases(
    db: Database, cases: Sequence[GoingCase], columns: Sequence[ListColumn], labels: str | None
) -> Iterator[list[Cell]]:
    for case in cases:
        row = _row(db, case.id)
        about, values = theme(row["theme"]), _values(row, CaseForm.CASE)
        yield [
            case.pseudonym,
            about.label[labels] if labels else about.key,
            _included(about, row, labels),
            len(case.files),
            len(case.left_out),
            *(each.cell(values, values.get(EVENT), labels) for each in columns),
        ]


def _answers(
    db: Database,
    cases: Sequence[GoingCase],
    which: CaseForm,
    columns: Sequence[ListColumn],
    labels: str | None,
) -> Iterator[list[Cell]]:
    """One row for each case whose theme asks for the form and in which somebody began it."""
    for case in cases:
        row = _row(db, case.id)
        if which.value in theme(row["theme"]).forms and is_begun(row, which):
            event: date | None = _values(row, CaseForm.CASE).get(EVENT)
            values = _values(row, which)
            yield [case.pseudonym, *(each.cell(values, event, labels) for each in columns)]


def _included(about: Theme, row: Mapping[str, Any], labels: str | None) -> str:
    found = included_of(about, row).included
    return INCLUDED[found][labels] if labels else found.value


def _row(db: Database, case_id: str) -> dict[str, Any]:
    row = queries.by_id(db, case_id)
    assert row is not None, "no case is ever deleted"
    return row


def _values(row: Mapping[str, Any], which: CaseForm) -> Mapping[str, Any]:
    """The answers to questions that are asked: one that is not asked any more tells nothing."""
    return counting(load(which), values_of(row, which))


def _documents(written: Sequence[Written], labels: str | None) -> Iterator[list[Cell]]:
    known = {each.key: each for about in themes() for each in about.wanted}
    for each in written:
        key = each.document.wanted
        label = known[key].label if key in known else OTHER
        what = label[labels] if labels else key or "other"
        yield [each.pseudonym, each.name, what, each.document.row["kind"], each.size, each.why_not]


def _codebook(
    own: Sequence[str], files: Sequence[str], forms: Mapping[CaseForm, Sequence[ListColumn]]
) -> Iterator[list[Cell]]:
    def of_themes(language: str) -> str:
        return "; ".join(f"{each.key} = {each.label[language]}" for each in themes())

    for sheet, keys in (("cases", own), ("documents", files)):
        for key in keys:
            codes: list[str | None] = [of_themes("nl"), of_themes("en")] if key == "theme" else [None, None]
            yield [sheet, key, None, None, None, OWN[key]["nl"], OWN[key]["en"], None, *codes]
    for which, columns in forms.items():
        for each in columns:
            choices = each.item.choices if each.item else ()
            codes = ["; ".join(f"{one.code} = {one.label[language]}" for one in choices) or None
                     for language in ("nl", "en")]  # fmt: skip
            yield [
                "cases" if which is CaseForm.CASE else which.value, each.key, which.value, load(which).version,
                each.kind, each.label["nl"], each.label["en"], each.item.unit if each.item else None, *codes,
            ]  # fmt: skip


def _facts(cases: Sequence[GoingCase], told: Told) -> list[tuple[str, Cell]]:
    return [
        ("program", f"msreg {__version__}"),
        ("exported_at", told.registry.clock().isoformat(timespec="seconds")),
        ("log_row", told.seq),
        ("recipient", " ".join(told.going.recipient.split()) or None),
        ("purpose", " ".join(told.going.purpose.split()) or None),
        ("pseudonymised", True),
        ("project", told.going.pseudonymise.project if told.going.pseudonymise else None),
        ("dates", "months, and days from the event"),
        ("free_text", False),
        ("forms", " ".join(f"{each.value}:{load(each).version}" for each in CaseForm)),
        ("cases", len(cases)),
        ("files", sum(len(each.files) for each in cases)),
        ("files_left_out", sum(len(each.left_out) for each in cases)),
    ]

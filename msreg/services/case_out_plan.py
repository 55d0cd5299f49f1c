"""Which files of a case go to the committee, and which stay behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from msreg.forms.answers import counting
from msreg.forms.load import load
from msreg.forms.themes import theme
from msreg.rules.case_anonymous import Own, found
from msreg.rules.case_numbers import CaseNumber
from msreg.services.case_answers import values_of
from msreg.services.case_traces import own_words
from msreg.services.cases import Document, number_of
from msreg.services.pseudonymise import is_free_text
from msreg.services.pseudonyms import Pseudonyms
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json
from msreg.vocabulary import CaseForm


class Reason(StrEnum):
    """Why a file stayed behind."""

    QUARANTINE = "quarantine"
    TRACES = "traces"
    """It holds what may tell who somebody is."""
    UNSEARCHED = "unsearched"
    """It was not searched for what belongs to the case as its answers are now."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that stayed behind."""

    number: CaseNumber
    document: Document
    reason: Reason


@dataclass(frozen=True, slots=True)
class GoingCase:
    """One case that leaves: what it is called there, and which of its files go with it."""

    id: str
    number: CaseNumber
    pseudonym: str
    files: tuple[Document, ...]
    left_out: tuple[LeftOut, ...]


class Candidate(NamedTuple):
    """A case that may leave: as much of it as its files are judged by."""

    id: str
    number: CaseNumber
    mark: str
    """Which words of the case its files have to be searched for."""
    traces: Mapping[str, Mapping[str, int]]
    """What may tell who somebody is in the free text of its forms, by form."""


def candidate(row: Mapping[str, Any]) -> Candidate:
    """What counts of a case, by its row."""
    own = own_words(row)
    numbers = Own(numbers=own.words.numbers)  # the dates of a form stand in its document anyway
    traces = {key: _traces(row, CaseForm(key), numbers) for key in theme(row["theme"]).forms}
    return Candidate(row["id"], number_of(row), own.mark, traces)


def _traces(row: Mapping[str, Any], which: CaseForm, own: Own) -> dict[str, int]:
    form = load(which)
    values = counting(form, values_of(row, which))
    texts = [str(values[item.key]) for item in form.items if item.key in values and is_free_text(item)]
    return {each.kind.value: each.count for each in found("\n".join(texts), own)}


def plan(
    db: Database, cases: Sequence[Candidate], names: Pseudonyms, *, with_traces: bool
) -> Iterator[GoingCase]:
    """What leaves of these cases. A file in quarantine never does."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in queries.documents(db, [each.id for each in cases]):
        files.setdefault(row["notification_id"], []).append(row)
    for case in cases:
        goes, stays = [], []
        for row in files.get(case.id, ()):
            each = Document(_light(row, case))
            reason = _reason(each, case, with_traces)
            if reason is None:
                goes.append(each)
            else:
                stays.append(LeftOut(case.number, each, reason))
        yield GoingCase(case.id, case.number, names.case(case.id), tuple(goes), tuple(stays))


def _light(row: Mapping[str, Any], case: Candidate) -> dict[str, Any]:
    """A row without who uploaded the file, which nothing here needs; that of a form with what its texts hold."""
    kept = {key: value for key, value in row.items() if key not in ("user", "user_name")}
    if row["form"] is not None:
        kept["traces"] = as_json(case.traces.get(row["form"], {}))
    return kept


def _reason(each: Document, case: Candidate, with_traces: bool) -> Reason | None:
    """Why a file stays behind: nobody could say that it is clean, or it tells who somebody is."""
    if each.held:
        return Reason.QUARANTINE
    if with_traces:
        return None
    if each.traces:
        return Reason.TRACES
    return None if each.made or each.row["searched"] == case.mark else Reason.UNSEARCHED

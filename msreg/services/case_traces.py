"""What in the files of a case may tell whose it is: searched when they come, and again when its answers change."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from msreg.errors import Conflict
from msreg.formats.upload_faults import WARNED
from msreg.formats.uploads import Kind, texts_of
from msreg.forms.definition import Privacy, Type
from msreg.forms.load import load
from msreg.rules.case_anonymous import Own, found
from msreg.rules.case_states import OPEN
from msreg.services import access
from msreg.services.case_answers import values_of
from msreg.services.case_copies import copy_of
from msreg.services.case_files import DOCUMENT, look_up
from msreg.services.cases import Document, find_case, number_of
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import case_documents as bytes_
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseForm, CaseState, Right

EVENT = "cases.search"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The days and numbers of a case, and a mark that says which these are without telling them."""

    words: Own
    mark: str


def own_words(row: Mapping[str, Any]) -> OwnWords:
    """What belongs to a case itself: every date of its forms, and what is identifying of them."""
    dates: set[date] = set()
    numbers: set[str] = set()
    for which in CaseForm:
        items = load(which).by_key
        for key, value in values_of(row, which).items():
            if items[key].type is Type.DATE:
                dates.add(value)
            elif items[key].privacy is Privacy.IDENTIFYING and isinstance(value, str):
                numbers.add(value)
    words = Own(dates=tuple(sorted(dates)), numbers=tuple(sorted(numbers)))
    text = repr((words.names, [each.isoformat() for each in words.dates], words.numbers)).encode()
    # Keyed by the case: the mark of one tells nothing about another with the same days.
    return OwnWords(words, hmac.digest(str(row["id"]).encode(), text, hashlib.sha256).hex())


def traces_in(files: Sequence[tuple[BinaryIO, Kind]], own: OwnWords) -> list[tuple[dict[str, int], bool]]:
    """What files hold of BSNs and of what belongs to the case, counted by kind; and whether all was searched."""
    return [
        ({each.kind.value: each.count for each in found(text.text, own.words)}, text.whole)
        for text in texts_of(files)
    ]


def search_again(registry: Registry, *, by: Actor, case: str) -> int:
    """Search the files of a case that were searched for other answers than it has now; gives how many.

    Nothing for a case that does not change any more. Raises as `find_case` does, and `Conflict` when its answers
    change once more meanwhile.
    """
    access.require(registry, by=by, right=Right.CASES_WRITE, event=EVENT)
    row = look_up(registry, by=by, case=case, event=EVENT)
    own = own_words(row)
    with registry.light(keep=True) as db:
        stale = [
            each
            for each in queries.documents(db, [row["id"]])
            if each["form"] is None and each["searched"] != own.mark
        ]
    if not stale or CaseState(row["state"]) not in OPEN:
        return 0
    from msreg.services.case_gate import uploads_folder

    counted: dict[str, dict[str, int]] = {}
    with uploads_folder(registry.settings) as folder:
        for each in stale:
            with copy_of(registry, folder, each) as file:
                ((traces, _whole),) = traces_in([(file, Kind(each["kind"]))], own)
            # What a picture tells beside its pixels was counted by who judged it, and stays.
            beside = {kind: n for kind, n in Document(each).traces.items() if kind in WARNED}
            counted[each["id"]] = traces | beside
    with writing(registry, by=by, event=EVENT, action=Action.UPDATE, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        if own_words(row).mark != own.mark:
            raise Conflict(
                N_("Somebody changed the answers of {case} while its files were searched."),
                hint=N_("Try again."),
                field="version",
                case=str(number_of(row)),
            )
        for document_id, traces in counted.items():
            bytes_.change_document(work.db, document_id, {"traces": as_json(traces), "searched": own.mark})
            work.touched(Action.UPDATE, DOCUMENT, document_id, after={"traces": traces})
        work.about = {"case": str(number_of(row)), "files": len(counted)}
    return len(counted)

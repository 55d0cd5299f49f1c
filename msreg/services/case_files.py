"""Documents of a case in its tables: what may go in, what is kept of each, and those that msreg makes by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from msreg.errors import Conflict, NotFound, Usage
from msreg.forms.themes import Theme, theme
from msreg.models.ids import new_id
from msreg.rules.case_wanted import Wanted
from msreg.services.cases import find_case, note_name, number_of
from msreg.services.refusing import log_refused
from msreg.services.writing import Work
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import case_documents as bytes_
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json, bound
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, ScanResult

DOCUMENT = "case_document"
"""What a document is called in the log, and its table. Its name is not logged: it may name a person."""
MAX_FILES = 40
"""Files that people upload to one case (security 4.8)."""
OTHER = "other"
"""Says in place of a wanted document that a file is none of them."""
_LOGGED = ("place", "kind", "size", "sha256", "wanted", "form", "form_version", "scan", "held")


class Offered(NamedTuple):
    """A file that somebody offers, and which document of the theme's list it is to be.

    That is a key or a label, `OTHER` or an empty text for none of them; None says nothing about it.
    """

    path: Path
    wanted: str | None = None


def look_up(registry: Registry, *, by: Actor, case: str, event: str) -> dict[str, Any]:
    """The row of a case for work that comes before the transaction; an attempt on one that may not be seen is logged.

    Raises as `find_case` does.
    """
    with registry.light(keep=True) as db:
        try:
            return find_case(db, by=by, name=case)
        except NotFound:
            about: dict[str, object] = {}
            note_name(about, case)
            log_refused(registry, by=by, event=event, action=Action.UPDATE, about=about)
            raise


def require_document(db: Database, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The document with this number. Raises `NotFound`."""
    found = bytes_.document_at(db, row["id"], place)
    if found is None:
        raise NotFound(
            N_("{case} has no file {place}."),
            hint=N_("See its files with: msreg cases show {case}"),
            field="document",
            case=str(number_of(row)),
            place=place,
        )
    return found


def wanted_key(about: Theme, word: str | None) -> str | None:
    """The key of the document that somebody means, by key or label; None for another one.

    Raises `Usage` for one that is not on the theme's list, and for one that msreg makes of a form by itself.
    """
    if word is None or word.strip().casefold() in ("", OTHER):
        return None
    found = next((each for each in about.wanted if word.strip().casefold() in _names(each)), None)
    if found is None:
        raise Usage(
            N_("The list of this theme has no such document."),
            hint=N_("It has: {documents}; or say other."),
            field="as",
            documents=", ".join(each.key for each in about.wanted if each.form is None),
        )
    if found.form is not None:
        raise Usage(
            N_("The document {document} is made of its form by itself."),
            hint=N_("Fill in the form: when it is complete it goes with the documents."),
            field="as",
            document=found.key,
        )
    return found.key


def _names(each: Wanted) -> set[str]:
    return {each.key.casefold(), *(label.casefold() for label in each.label.values())}


def require_room(work: Work, row: Mapping[str, Any], sizes: Iterable[int], quota: int) -> None:
    """Whether so many more files fit in a case, and in the quota of its centre, in megabytes."""
    new = list(sizes)
    uploaded = sum(each["form"] is None for each in queries.documents(work.db, [row["id"]]))
    if uploaded + len(new) > MAX_FILES:
        raise Conflict(
            N_("A case takes {most} files; this one has {count} and would get {more} more."),
            hint=N_("Put what belongs together in one PDF, or remove what is not needed."),
            field="files",
            most=MAX_FILES,
            count=uploaded,
            more=len(new),
        )
    if new and bytes_.stored_bytes(work.db, row["centre_id"]) + sum(new) > quota * 1_000_000:
        raise Conflict(
            N_(
                "The files of the cases of this centre take {quota} MB at most, and these do not fit any more."
            ),
            hint=N_("Ask the registry office for more room: the setting cases.quota."),
            field="files",
            quota=quota,
        )


def file_row(
    work: Work,
    case_id: str,
    *,
    name: str,
    kind: str,
    size: int,
    sha256: str,
    place: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The row of a new document of a case, with the next number; `place` is that of the one that it replaces."""
    facts: dict[str, Any] = {"wanted": None, "form": None, "form_version": None, "traces": {}, "searched": None,
             "scan": ScanResult.NOT_SCANNED.value, "held": False}  # fmt: skip
    facts |= more
    return bound(
        {
            "id": new_id(),
            "created_at": work.at,
            "updated_at": work.at,
            "version": 1,
            "notification_id": case_id,
            "place": bytes_.next_place(work.db, case_id) if place is None else place,
            "name": name,
            "kind": kind,
            "size": size,
            "sha256": sha256,
            **facts,
            "traces": as_json(facts["traces"]),
            "user": work.by.user,
            "user_name": work.by.name,
        }
    )


def add_file(work: Work, row: Mapping[str, Any], file: BinaryIO) -> None:
    """Write a document with its bytes, as the log tells it."""
    bytes_.add_document(work.db, row, pieces_of(file))
    work.touched(Action.CREATE, DOCUMENT, row["id"], after=logged(row))


def drop_file(work: Work, row: Mapping[str, Any]) -> None:
    """Take a document out; the log keeps its number, kind, size and SHA-256."""
    bytes_.delete_document(work.db, row["id"])
    work.touched(Action.DELETE, DOCUMENT, row["id"], before=logged(row))


def change_file(work: Work, row: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    """Change columns of a document."""
    bytes_.change_document(work.db, row["id"], bound({**columns, "updated_at": work.at}))
    told = [key for key in columns if key in _LOGGED]
    work.touched(
        Action.UPDATE,
        DOCUMENT,
        row["id"],
        before={"place": row["place"], **{key: row[key] for key in told}},
        after={"place": row["place"], **{key: columns[key] for key in told}},
    )


def logged(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the log tells of a document."""
    return {key: row[key] for key in _LOGGED if row[key] is not None}


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, a piece at a time."""
    file.seek(0)
    while piece := file.read(bytes_.PIECE):
        yield piece


def put_generated(
    work: Work, case_row: Mapping[str, Any], form: str, name: str, data: bytes, version: int
) -> bool:
    """Put the PDF that msreg made of a form (its key) among the documents of a case, in the place of the one
    before it.

    `version` is that of the form. For who writes the answers, in the same work. False when it is there already,
    to the last byte. It counts neither for `MAX_FILES` nor as a file that makes a case ready to be submitted.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    there = list(queries.documents(work.db, [case_row["id"]]))
    earlier = [each for each in there if each["form"] == form]
    if any(each["sha256"] == sha256 and each["form_version"] == version for each in earlier):
        return False
    for each in there:
        # The same bytes that somebody uploaded, such as a copy of an earlier one, give way: it is the same document.
        if each in earlier or each["sha256"] == sha256:
            drop_file(work, each)
    about = theme(case_row["theme"])
    wanted = next((each.key for each in about.wanted if each.form == form), None)
    row = file_row(
        work, case_row["id"], name=name, kind="pdf", size=len(data), sha256=sha256, wanted=wanted,
        form=form, form_version=version, place=earlier[0]["place"] if earlier else None,
    )  # fmt: skip
    add_file(work, row, BytesIO(data))
    return True


def drop_generated(work: Work, case_row: Mapping[str, Any], form: str) -> bool:
    """Take the PDF of a form out, because the form is not complete any more; False when there is none."""
    earlier = [each for each in queries.documents(work.db, [case_row["id"]]) if each["form"] == form]
    for each in earlier:
        drop_file(work, each)
    return bool(earlier)

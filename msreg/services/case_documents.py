"""Documents of a case (SPEC N5): uploaded all of a call or none, and removed, while it is a concept or incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msreg.errors import Conflict, Refused, Usage
from msreg.forms.themes import Theme, theme
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_states import require_open
from msreg.rules.case_wanted import Lacking
from msreg.services import access
from msreg.services.case_files import (
    MAX_FILES,
    Offered,
    add_file,
    change_file,
    drop_file,
    drop_generated,
    file_row,
    look_up,
    put_generated,
    require_document,
    require_room,
    wanted_key,
)
from msreg.services.case_writing import change
from msreg.services.cases import (
    ENTITY,
    Document,
    find_case,
    forms_of_case,
    lacking_of,
    number_of,
)
from msreg.services.reading import looking
from msreg.services.refusing import log_refused
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseState, Right, ScanResult

if TYPE_CHECKING:
    from msreg.services.case_gate import Gated, Step
    from msreg.services.case_traces import OwnWords

__all__ = [
    "MAX_FILES",
    "FileState",
    "FileTold",
    "Offered",
    "Removed",
    "Uploaded",
    "drop_generated",
    "put_generated",
    "remove",
    "upload",
]

EVENT = "cases.upload"


class FileState(StrEnum):
    """What became of a file that was offered."""

    STORED = "stored"
    THERE = "there"
    """The case had the same bytes already."""
    REFUSED = "refused"
    LEFT = "left"
    """Nothing is wrong with it, but another file of the call was refused."""


@dataclass(frozen=True, slots=True)
class FileTold:
    """One file of an upload. `row` has the columns of its table, None when it is not in the case."""

    name: str
    state: FileState
    gated: Gated
    row: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What an upload did, or would do. `lacking` is what the list of the theme asks for after it."""

    number: CaseNumber
    theme: Theme
    files: list[FileTold]
    lacking: Lacking
    dry_run: bool

    def of(self, state: FileState) -> list[FileTold]:
        """The files of which this became."""
        return [each for each in self.files if each.state is state]

    @property
    def stored(self) -> bool:
        """Whether nothing was left out for a fault of another file."""
        return not self.of(FileState.LEFT) and len(self.of(FileState.REFUSED)) < len(self.files)


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that was removed, or would be."""

    number: CaseNumber
    theme: Theme
    document: Document
    lacking: Lacking
    dry_run: bool


def upload(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    files: Sequence[Offered],
    each: bool = False,
    dry_run: bool = False,
    step: Step | None = None,
) -> Uploaded:
    """Look at files and store them in a case: all of them, or none when one is refused; with `each` those that have
    no fault. What is wrong with a file is told of it, not raised.

    The same bytes once more change nothing but which document they are, when that is said. Raises `Conflict` for a
    case that does not change any more, also when it was handed in while the files were looked at, and for more
    than the case or its centre has room for; `Refused` for too many at once; `Usage` for a document that the
    theme's list does not have.
    """
    from msreg.services.case_gate import through_gate  # with a child process; who only writes does without
    from msreg.services.case_traces import own_words

    access.require(registry, by=by, right=Right.CASES_WRITE, event=EVENT)
    _require_few(files)
    row = look_up(registry, by=by, case=case, event=EVENT)
    require_open(CaseState(row["state"]))  # at once, and not after minutes of looking at files
    own = own_words(row)
    about = theme(row["theme"])
    offered = [Offered(path, word if word is None else wanted_key(about, word) or "") for path, word in files]
    with through_gate(registry.settings, offered, own, step) as gated:
        faulty = [file for file in gated if file.fault is not None]
        if faulty:
            _note_refused(registry, by, row, faulty, len(gated))
        if faulty and (not each or len(faulty) == len(gated)):
            with registry.light() as db:
                return _done(db, row, [_left(file) for file in gated], dry_run)
        with writing(registry, by=by, event=EVENT, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
            in_passing(work.db)
            row = find_case(work.db, by=by, name=case)
            require_open(CaseState(row["state"]))
            told = list(_store(work, row, gated, own, registry.settings.cases.quota))
            if work.items:
                change(work, row, {})
            done = _done(work.db, row, told, dry_run)
            work.about |= {"case": str(done.number), "files": len(done.of(FileState.STORED))}
    if dry_run:
        with looking(registry, by=by, event=EVENT, right=Right.CASES_WRITE) as look:
            look.others = [(ENTITY, row["id"])]
            look.about = {"dry_run": True, "case": str(done.number)}
    return done


def remove(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    place: int,
    dry_run: bool = False,
) -> Removed:
    """Remove a document by its number, which no other file of the case ever gets: its bytes are gone for good.

    Raises `NotFound` when there is none, `Conflict` for a case that does not change any more and for a PDF that
    msreg made of a form.
    """
    event = "cases.remove"
    access.require(registry, by=by, right=Right.CASES_WRITE, event=event)
    with writing(registry, by=by, event=event, action=Action.DELETE, dry_run=dry_run, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        require_open(CaseState(row["state"]))
        found = require_document(work.db, row, place)
        if found["form"] is not None:
            raise Conflict(
                N_("File {place} is made of a form by itself; it follows the answers."),
                hint=N_("Change the answers of the form instead."),
                field="document",
                place=place,
            )
        drop_file(work, found)
        change(work, row, {})
        removed = Removed(
            number_of(row), theme(row["theme"]), Document(found), _lacking(work.db, row), dry_run
        )
    if dry_run:
        with looking(registry, by=by, event=event, right=Right.CASES_WRITE) as look:
            look.others = [(ENTITY, row["id"])]
            look.about = {"dry_run": True, "case": str(removed.number)}
    return removed


def _require_few(files: Sequence[Offered]) -> None:
    if not files:
        raise Usage(N_("Name the files that you want to upload."), field="files")
    if len(files) > MAX_FILES:
        raise Refused(
            N_("{count} files are too many: a case takes {most}."),
            hint=N_("Put what belongs together in one PDF."),
            field="files",
            count=len(files),
            most=MAX_FILES,
        )


def _note_refused(
    registry: Registry, by: Actor, row: Mapping[str, Any], faulty: Sequence[Gated], count: int
) -> None:
    """Who offers hostile files leaves a trace."""
    infected = sum(file.scan is ScanResult.INFECTED for file in faulty)
    about = {"case": str(number_of(row)), "files": count, "refused": len(faulty), "infected": infected}
    log_refused(registry, by=by, event=EVENT, action=Action.UPDATE, about=about)


def _store(
    work: Work, row: Mapping[str, Any], gated: Sequence[Gated], own: OwnWords, quota: int
) -> Iterator[FileTold]:
    there = {each["sha256"]: each for each in queries.documents(work.db, [row["id"]])}
    new = {file.copy.sha256: file.copy.size for file in gated if file.copy and not file.fault}
    require_room(work, row, [size for sha256, size in new.items() if sha256 not in there], quota)
    for file in gated:
        if file.fault is not None or file.copy is None or file.kind is None:
            yield _left(file)
            continue
        known = there.get(file.copy.sha256)
        if known is not None:
            yield FileTold(file.name, FileState.THERE, file, _relabelled(work, known, file))
            continue
        added = file_row(
            work, row["id"], name=file.copy.name, kind=file.kind.value, size=file.copy.size,
            sha256=file.copy.sha256, wanted=file.offered.wanted or None, traces=file.traces,
            searched=own.mark, scan=file.scan.value, held=file.held,
        )  # fmt: skip
        add_file(work, added, file.copy.file)
        there[file.copy.sha256] = added
        yield FileTold(file.name, FileState.STORED, file, added)


def _relabelled(work: Work, known: dict[str, Any], file: Gated) -> dict[str, Any]:
    """The same bytes: at most it is said now which document they are."""
    if file.offered.wanted is None or known["form"] is not None:
        return known
    wanted = file.offered.wanted or None
    if wanted != known["wanted"]:
        change_file(work, known, {"wanted": wanted})
    return {**known, "wanted": wanted}


def _left(file: Gated) -> FileTold:
    return FileTold(file.name, FileState.REFUSED if file.fault else FileState.LEFT, file)


def _done(db: Database, row: Mapping[str, Any], told: list[FileTold], dry_run: bool) -> Uploaded:
    return Uploaded(number_of(row), theme(row["theme"]), told, _lacking(db, row), dry_run)


def _lacking(db: Database, row: Mapping[str, Any]) -> Lacking:
    about = theme(row["theme"])
    documents = map(Document, queries.documents(db, [row["id"]]))
    return lacking_of(about, documents, forms_of_case(about, row))

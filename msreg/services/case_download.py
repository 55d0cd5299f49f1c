"""Documents of a case out of the registry: streamed into a file or a folder that appears whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msreg.errors import Conflict, NotFound
from msreg.formats.upload_names import Kind
from msreg.forms.themes import Theme, theme
from msreg.rules.case_numbers import CaseNumber
from msreg.services.case_files import DOCUMENT, require_document
from msreg.services.cases import ENTITY, Document, find_case, note_name, number_of
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import cases as queries
from msreg.store.queries.case_documents import chunks
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right

if TYPE_CHECKING:
    from msreg.services.export_going import Going

EVENT = "cases.download"
Step = Callable[[int, int | None], None]
_ENDINGS = (*(f".{each.value}" for each in Kind), ".jpeg")
_SUFFIXES = (*_ENDINGS, *(each.upper() for each in _ENDINGS))


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What was written: each document with the file that it became. `held` stayed behind, in quarantine."""

    number: CaseNumber
    theme: Theme
    out: Path
    files: list[tuple[Document, Path]]
    held: list[Document]


def download(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    place: int | None = None,
    out: Path,
    overwrite: bool = False,
    going: Going | None = None,
    step: Step | None = None,
) -> Downloaded:
    """Write one document into a file, or all of them into a folder, readable by their owner only.

    For the own centre and the coordinator. What leaves is in the log before anything is written. A document in
    quarantine stays where it is. Raises `Conflict` for it when it was asked for, `Unavailable` when the bytes are
    not those that were uploaded: nothing is written then.
    """
    from msreg.formats.atomic import finished_file, finished_folder

    if place is None:
        with finished_folder(out, overwrite=overwrite, suffix=_SUFFIXES) as made:
            seen = _look(registry, by, case, None, out, going)
            _write(registry, [(each, made / file_name(each)) for each in seen.wanted], step)
        return seen.told(out, [(each, out / file_name(each)) for each in seen.wanted])
    if out.is_dir():
        seen = _look(registry, by, case, place, out, going)
        out = out / seen.wanted[0].name
        with finished_file(out, overwrite=overwrite) as made:
            _write(registry, [(seen.wanted[0], made)], step)
    else:
        with finished_file(out, overwrite=overwrite) as made:
            seen = _look(registry, by, case, place, out, going)
            _write(registry, [(seen.wanted[0], made)], step)
    return seen.told(out, [(seen.wanted[0], out)])


def file_name(each: Document) -> str:
    """The name of a document among others: with its number before it, two may have one name."""
    return f"{each.row['place']:02}-{each.name}"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is to be written, found and in the log."""

    row: Mapping[str, Any]
    wanted: list[Document]
    held: list[Document]

    def told(self, out: Path, files: list[tuple[Document, Path]]) -> Downloaded:
        return Downloaded(number_of(self.row), theme(self.row["theme"]), out, files, self.held)


def _look(
    registry: Registry, by: Actor, case: str, place: int | None, out: Path, going: Going | None
) -> _Seen:
    with looking(registry, by=by, event=EVENT, right=Right.CASES_FILES) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        found = _documents(look.db, row, place)
        wanted, held = [each for each in found if not each.held], [each for each in found if each.held]
        if not wanted:
            _refuse(row, held)
        look.others = [(ENTITY, row["id"]), *((DOCUMENT, each.row["id"]) for each in wanted)]
        look.about |= {
            "to_file": True,
            "file": f"{number_of(row)}-{place}" if place is not None and out.is_dir() else out.name,
            "format": wanted[0].row["kind"] if place is not None else "folder",
            "files": len(wanted),
            "patients": 1,  # a case is about one
            **(going.told() if going else {}),
        }
    return _Seen(row, wanted, held)


def _documents(db: Database, row: Mapping[str, Any], place: int | None) -> list[Document]:
    if place is not None:
        return [Document(require_document(db, row, place))]
    return [Document(each) for each in queries.documents(db, [row["id"]])]


def _refuse(row: Mapping[str, Any], held: Sequence[Document]) -> None:
    """Say why there is nothing to write."""
    if held:
        raise Conflict(
            N_("File {place} of {case} is in quarantine: nobody could say that it is clean."),
            hint=N_("Have it scanned: msreg cases scan {case}"),
            field="document",
            place=held[0].row["place"],
            case=str(number_of(row)),
        )
    raise NotFound(N_("{case} has no files yet."), field="document", case=str(number_of(row)))


def _write(registry: Registry, files: Sequence[tuple[Document, Path]], step: Step | None) -> None:
    """The bytes of documents into files that nobody sees yet."""
    total, done = sum(each.row["size"] for each, _path in files), 0
    with registry.light() as db:
        in_passing(db)
        with transaction(db, write=False):
            for each, path in files:
                path.touch(mode=0o600)
                with path.open("wb") as file:
                    for piece in chunks(db, each.row["id"], size=each.row["size"], sha256=each.row["sha256"]):
                        file.write(piece)
                        done += len(piece)
                        if step is not None:
                            step(done // 1_000_000, total // 1_000_000)

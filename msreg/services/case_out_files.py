"""What goes into the zip file for the committee: the files of each case under neutral names, then the list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.formats.xlsx_out import write_workbook
from msreg.formats.zip_out import Entry, write_zip
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme
from msreg.services.case_answers import values_of
from msreg.services.case_out_plan import GoingCase
from msreg.services.case_out_sheets import OTHER, Told, Written, sheets
from msreg.services.cases import Document
from msreg.services.export_going import Going
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.queries.case_documents import PIECE, chunks
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Language

LIST = "cases.xlsx"

_UNSAID = re.compile(r"\([^)]*\)")
_APART = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def write_cases(
    registry: Registry,
    db: Database,
    path: Path,
    cases: Sequence[GoingCase],
    *,
    by: Actor,
    going: Going,
    seq: int,
    labels: bool,
    language: str,
    step: Callable[[int, int | None], None] | None,
) -> None:
    """Write all of it to a path that nobody sees yet, within an open transaction for reading."""
    total = sum(file.row["size"] for each in cases for file in each.files)
    done = 0
    written: list[Written] = []

    def counted(pieces: Iterable[bytes], sizes: list[int]) -> Iterator[bytes]:
        nonlocal done
        for piece in pieces:
            sizes.append(len(piece))
            done += len(piece)
            if step is not None:
                step(done // 1_000_000, total // 1_000_000)
            yield piece

    def entries() -> Iterator[Entry]:
        for case in cases:
            row = queries.by_id(db, case.id)
            assert row is not None, "no case is ever deleted"
            about = theme(row["theme"])
            for place, each in enumerate(case.files, start=1):
                sizes: list[int] = []
                name = f"{case.pseudonym}/{file_name(place, each, about, language)}"
                yield Entry(name, counted(_bytes(db, row, each, case.pseudonym), sizes))
                written.append(Written(case.pseudonym, each, name, sum(sizes)))
            written.extend(
                Written(case.pseudonym, each.document, None, None, each.reason.value)
                for each in case.left_out
            )
        told = Told(registry, by, going, seq, labels, language)
        book = write_workbook(path.parent / LIST, sheets(db, cases, written, told))
        yield Entry(LIST, _file(book))

    write_zip(path, entries())


def file_name(place: int, each: Document, about: Theme, language: str) -> str:
    """Such as `01_partusverslag.pdf`: which document of the list it is, and nothing of what its sender wrote."""
    wanted = next((one for one in about.wanted if one.key == each.wanted), None)
    label = wanted.label if wanted else OTHER
    return f"{place:02}_{slug(label[language])}.{each.row['kind']}"


def slug(label: str) -> str:
    """A label as a part of a file's name: plain letters and digits, without what stands between brackets."""
    plain = normalize("NFKD", _UNSAID.sub(" ", label)).encode("ascii", "ignore").decode().lower()
    return _APART.sub("_", plain).strip("_")[:_LONGEST].rstrip("_") or OTHER["en"]


def _bytes(db: Database, row: Mapping[str, Any], each: Document, pseudonym: str) -> Iterable[bytes]:
    if not each.made:
        return chunks(db, each.row["id"], size=each.row["size"], sha256=each.row["sha256"])
    return [_without_origin(row, CaseForm(each.row["form"]), each, pseudonym)]


def _without_origin(row: Mapping[str, Any], which: CaseForm, each: Document, pseudonym: str) -> bytes:
    """The document of a form made anew: the stored one has the number of the case and its centre on it."""
    from msreg.formats.case_pdf import FormPages, case_pdf

    return case_pdf(
        FormPages(
            form=load(which),
            values=values_of(row, which),
            number=pseudonym,
            theme=theme(row["theme"]).label,
            centre="",
            day=_day(each),
            language=Language.NL,  # as the one in its place (services/case_generated.py)
        )
    )


def _day(each: Document) -> date:
    return each.at.astimezone(ZoneInfo(AMSTERDAM)).date()


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

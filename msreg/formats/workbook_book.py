"""What a workbook says about its sheets: names, parts, which are hidden, where days are counted from."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree  # the guard has refused every document type

from msreg.formats.workbook_guard import Parts, whole
from msreg.formats.zip_guard import Budget, Fault

BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One sheet: its name, the part with its rows, and whether it is visible, hidden or veryHidden."""

    name: str
    part: str
    state: str


@dataclass(slots=True)
class Book:
    """A workbook but for its rows. Names of parts are in lower case."""

    sheets: list[BookSheet] = field(default_factory=list)
    from_1904: bool = False
    strings: str | None = None
    styles: bytes | None = None

    @property
    def parts(self) -> set[str]:
        """The parts that are read by themselves, piece by piece."""
        return {sheet.part for sheet in self.sheets} | ({self.strings} if self.strings else set())


def book_of(archive: zipfile.ZipFile, parts: Parts, budget: Budget) -> Book:
    """Read the workbook's own parts. Raises `Fault` when they do not say where its sheets are."""
    try:
        root = ElementTree.fromstring(whole(archive, parts[BOOK], budget))  # noqa: S314
        links = ElementTree.fromstring(whole(archive, parts[LINKS], budget))  # noqa: S314
        book = Book()
        kinds: dict[str, tuple[str, str]] = {}
        for link in links:
            kind = link.get("Type", "").rpartition("/")[2]
            part = posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/").lower()
            kinds[link.get("Id", "")] = kind, part
            if kind == "styles" and part in parts:
                book.styles = whole(archive, parts[part], budget)
            if kind == "sharedStrings" and part in parts:
                book.strings = part
        for element in root.iter():
            tag = element.tag.rpartition("}")[2]
            if tag == "workbookPr":
                book.from_1904 = element.get("date1904", "0") in ("1", "true", "on")
            if tag == "sheet":
                number = next((value for key, value in element.items() if key.endswith("}id")), "")
                kind, part = kinds[number]
                if kind == "worksheet":  # others are charts and old macro sheets
                    book.sheets.append(BookSheet(element.get("name", ""), part, element.get("state", "")))
    except (ElementTree.ParseError, KeyError):
        raise Fault("damaged") from None
    if any(sheet.part not in parts for sheet in book.sheets) or len({s.part for s in book.sheets}) < len(
        book.sheets
    ):
        raise Fault("damaged")
    return book

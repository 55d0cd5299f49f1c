"""The words of a document, to be searched for what could name somebody. Runs in the child that judges documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from msreg.formats.upload_limits import MAX_TEXT
from msreg.formats.upload_names import Kind
from msreg.formats.upload_xml import Found, Words, local

Say = Callable[[str], None]

_BREAKS = frozenset({"p", "br", "tab", "cr", "si", "is", "c", "row", "comment", "tr", "tc"})
_WORD = frozenset({"t", "delText", "instrText", "v"})
_ABOUT = frozenset(
    {
        "title",
        "subject",
        "creator",
        "keywords",
        "description",
        "lastModifiedBy",
        "category",
        "Company",
        "Manager",
    }
)
_DATES = {*range(14, 23), 27, 30, 36, 45, 46, 47, 50, 57}
"""Numbers of the formats of Excel that show a number as a date."""
_SHOWS_DATE = re.compile(r"[dy]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def words(data: bytes, kind: Kind, say: Say) -> None:
    """Say the words of a document that was judged, piece by piece, in its order where it has one."""
    match kind:
        case Kind.TXT:
            from msreg.formats.upload_txt import decoded

            say(decoded(data))
        case Kind.DOCX | Kind.XLSX:
            _office(data, kind, say)
        case Kind.PDF:
            _pdf(data, say)
        case Kind.PNG | Kind.JPG:
            from msreg.formats import upload_jpeg, upload_png

            for each in (upload_png if kind is Kind.PNG else upload_jpeg).judge(data).words:
                say(each + "\n")
            _unread(say)  # nobody looked at the words that its pixels show


def _office(data: bytes, kind: Kind, say: Say) -> None:
    from msreg.formats.upload_package import package

    with package(data) as found:
        names = [name for name in found.parts if name.endswith(".xml") and not name.startswith("[")]
        styles: list[bool] = []
        if "xl/styles.xml" in found.parts:
            heard = _Styles()
            found.walk("xl/styles.xml", heard)
            styles = heard.dates
        from_1904 = False
        if "xl/workbook.xml" in found.parts:
            book = Found("workbookPr", "sheet", "definedName")
            found.walk("xl/workbook.xml", book)
            for element, entry in book.found:
                from_1904 = from_1904 or (element == "workbookPr" and entry.get("date1904") in ("1", "true"))
                say(entry.get("name", "") + "\n")
        for name in names:
            if name.startswith("docprops/"):
                listener = Words(_ABOUT, _ABOUT, MAX_TEXT)
            elif kind is Kind.XLSX and name.startswith("xl/worksheets/"):
                listener = _Cells(styles, from_1904=from_1904)
            else:
                listener = Words(_WORD, _BREAKS, MAX_TEXT)
            found.walk(name, listener)
            say("".join(listener.pieces) + "\n")


class _Styles(Found):
    """Which styles of cells show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._cells = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note formats, and the format of each style."""
        super().begin(tag, attributes)
        name = local(tag)
        if name == "numFmt":
            code = _QUOTED.sub("", attributes.get("formatCode", ""))
            self._formats[attributes.get("numFmtId", "")] = bool(_SHOWS_DATE.search(code))
        elif name == "cellXfs":
            self._cells = True
        elif name == "xf" and self._cells:
            number = attributes.get("numFmtId", "0")
            self.dates.append(self._formats.get(number, number.isdigit() and int(number) in _DATES))

    def end(self, tag: str) -> None:
        """The list of styles of cells ends."""
        super().end(tag)
        if local(tag) == "cellXfs":
            self._cells = False


class _Cells(Words):
    """Cells of a sheet: numbers as they are, dates as dates, texts that stand in the sheet itself."""

    def __init__(self, styles: list[bool], *, from_1904: bool) -> None:
        super().__init__(frozenset({"t", "v", "f", "oddHeader", "oddFooter"}), _BREAKS | {"v", "f"}, MAX_TEXT)
        self._styles = styles
        self._first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        self._shared = self._date = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note how a cell shows its value."""
        super().begin(tag, attributes)
        if local(tag) == "c":
            style = attributes.get("s", "")
            self._shared = attributes.get("t") == "s"  # a place in the list of texts, which is said by itself
            plain = attributes.get("t", "n") == "n"
            self._date = (
                plain and style.isdigit() and int(style) < len(self._styles) and self._styles[int(style)]
            )

    def text(self, text: str) -> None:
        """Keep a value as a reader sees it."""
        if self._depth and self._date:
            try:
                text = (self._first + timedelta(days=int(float(text)))).isoformat()
            except (ValueError, OverflowError):
                self._date = False
        if not self._shared:
            super().text(text)


def _pdf(data: bytes, say: Say) -> None:
    from msreg.formats.upload_pdf import opened, pages

    reader = opened(data)
    for value in (reader.metadata or {}).values():
        say(f"{value}\n")
    for page, raw in zip(reader.pages, pages(reader.trailer["/Root"].get_object()), strict=False):
        try:
            text = page.extract_text()
            say(text + "\n")
            if not text.strip() and _shows_picture(raw):
                _unread(say)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - a page that the library cannot read takes no other page's words with it
            say("\n")
            _unread(say)
        for text in _notes(raw):
            say(text + "\n")


def _unread(say: Say) -> None:
    """Tell that words are lacking."""
    say(UNREAD)


UNREAD = "\0"
"""Stands among the words where some could not be read; no text of a document holds it."""


def _shows_picture(page: Any) -> bool:
    """Whether a page refers to pictures, as a scanned one does."""
    found = page
    for key in ("/Resources", "/XObject"):
        found = found.get(key) if isinstance(found, dict) else None
        found = found.get_object() if found is not None else None
    return bool(found)


def _notes(page: Any) -> Iterator[str]:
    """Words in the notes and the filled-in fields of a page."""
    notes = page.get("/Annots")
    notes = notes.get_object() if notes is not None else None
    for note in notes if isinstance(notes, list) else ():
        found = note.get_object()
        if isinstance(found, dict):
            for key in ("/Contents", "/V", "/T", "/TU"):
                value = found.get(key)
                if isinstance(value, str) and not value.startswith("/"):
                    yield str(value)

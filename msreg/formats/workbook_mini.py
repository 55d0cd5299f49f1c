"""A workbook in memory that has one sheet with few rows: what the parser is given at a time. Runs in the child."""

from __future__ import annotations

import io
import zipfile

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINK = '<Relationship Id="rId%d" Type="' + _KIND + '/%s" Target="%s"/>'
_LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
)
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_BOOK = (
    f'<workbook {_MAIN} xmlns:r="{_KIND}"><workbookPr date1904="%d"/>'
    '<sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_STRINGS = f"<worksheet {_MAIN}><sheetData>%b</sheetData></worksheet>".encode()


class Press:
    """Makes workbooks of one sheet each, all with the styles and the calendar of one workbook."""

    def __init__(self, styles: bytes | None, *, from_1904: bool) -> None:
        self._fixed: dict[str, str | bytes] = {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _LINKS % (_LINK % (1, "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": _BOOK % from_1904,
        }
        links = _LINK % (1, "worksheet", "worksheets/sheet1.xml")
        if styles is not None:
            links += _LINK % (2, "styles", "styles.xml")
            self._fixed["xl/styles.xml"] = styles
        self._fixed["xl/_rels/workbook.xml.rels"] = _LINKS % links

    def book(self, sheet: bytes) -> io.BytesIO:
        """A workbook with this sheet. Nothing is packed: it is read at once and thrown away."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, text in self._fixed.items():
                archive.writestr(name, text)
            archive.writestr("xl/worksheets/sheet1.xml", sheet)
        file.seek(0)
        return file


def as_sheet(items: bytes) -> bytes:
    """Shared texts (`<si>` elements) as a sheet with one text a row."""
    rows = items.replace(b"<si>", b'<row><c t="inlineStr"><is>').replace(b"<si/>", b"<row/>")
    return _STRINGS % rows.replace(b"</si>", b"</is></c></row>")

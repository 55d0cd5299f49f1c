"""The parts of a workbook around its rows (ECMA-376): what there is, how it looks, which sheets it has."""

from __future__ import annotations

from collections.abc import Sequence

from msreg.formats.cells import letter
from msreg.formats.xlsx_cells import BOLD, escaped, text_cell

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_IS_BOLD = f' s="{BOLD}"'
_QUOTE, _APOSTROPHE = '"', "'"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet_part(number: int) -> str:
    """The name of the part with sheet `number`, counted from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def before(sheets: int, date_format: str) -> dict[str, str]:
    """The parts that can be written before the first row is known."""
    numbers = range(1, sheets + 1)
    kinds = "".join(
        f'<Override PartName="/{sheet_part(at)}" ContentType="{_KIND}.worksheet+xml"/>' for at in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in numbers
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": styles(date_format),
    }


def styles(date_format: str) -> str:
    """The four looks of a cell: plain, bold, day and moment."""
    day = escaped(date_format).replace(_QUOTE, "&quot;")
    looks = "".join(
        f'<xf numFmtId="{form}" fontId="{font}" fillId="0" borderId="0" xfId="0"{applied}/>'
        for form, font, applied in (
            (0, 0, ""),
            (0, 1, ' applyFont="1"'),
            (164, 0, ' applyNumberFormat="1"'),
            (165, 0, ' applyNumberFormat="1"'),
        )
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="{day}"/>'
        f'<numFmt numFmtId="165" formatCode="{day} hh:mm:ss"/></numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="4">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet_head(header: Sequence[str], widths: Sequence[int]) -> str:
    """The beginning of a sheet: the first row bold and in view while one scrolls, columns with their widths."""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}.7109375" customWidth="1"/>'  # as Excel rounds it
        for at, width in enumerate(widths, start=1)
    )
    cells = "".join(
        f'<c r="{letter(at)}1{text_cell(name, _IS_BOLD)}' for at, name in enumerate(header) if name
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{columns}</cols>" if columns else ""}'
        f'<sheetData><row r="1">{cells}</row>'
    )


def sheet_tail(width: int, last: int) -> str:
    """The end of a sheet of so many columns and rows, all of it filtered."""
    filters = f'<autoFilter ref="A1:{letter(width - 1)}{last}"/>' if width else ""
    margins = '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    return f"</sheetData>{filters}{margins}</worksheet>"


def workbook(sheets: Sequence[tuple[str, int, int]]) -> str:
    """The list of sheets: of each its name, and how many columns and rows it has."""
    listed = "".join(
        f'<sheet name="{escaped(name).replace(_QUOTE, "&quot;")}" sheetId="{at}" r:id="rId{at}"/>'
        for at, (name, _width, _last) in enumerate(sheets, start=1)
    )
    filters = "".join(  # Excel knows a filter by this hidden name too
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'
        f"'{escaped(name.replace(_APOSTROPHE, _APOSTROPHE * 2))}'!$A$1:${letter(width - 1)}${last}</definedName>"
        for at, (name, width, last) in enumerate(sheets)
        if width
    )
    names = f"<definedNames>{filters}</definedNames>" if filters else ""
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets>{names}</workbook>"
    )

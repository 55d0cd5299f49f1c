"""What the tests of files in and out share: the batch files, and workbooks built part by part."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="courses" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def links(*targets: str) -> str:
    """Which parts a workbook has: `worksheet=worksheets/sheet1.xml`."""
    each = ""
    for number, target in enumerate(targets, start=1):
        kind, _, part = target.partition("=")
        each += f'<Relationship Id="rId{number}" Type="{KIND}{kind}" Target="{part}"/>'
    schema = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{schema}">{each}</Relationships>'


SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>%s</sheetData></worksheet>"
)

Build = Callable[..., Path]


@pytest.fixture
def batch() -> Path:
    """The folder of batch files that stand for a hospital's."""
    return Path(__file__).parents[2] / "fixtures" / "batch"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Make a workbook from the rows of its sheet in XML; other parts may be replaced or added."""

    def make(rows: str | bytes, *, name: str = "batch.xlsx", **parts: bytes | str) -> Path:
        path = tmp_path / name
        sheet = rows if isinstance(rows, bytes) else SHEET % rows
        content: dict[str, bytes | str] = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": links("officeDocument=xl/workbook.xml"),
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": links(
                "worksheet=worksheets/sheet1.xml", "sharedStrings=sharedStrings.xml"
            ),
            "xl/worksheets/sheet1.xml": sheet,
        }
        content.update(parts)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, text in content.items():
                archive.writestr(part, text)
        return path

    return make


@pytest.fixture
def no_umask() -> Iterator[None]:
    """Whatever the user's umask gives away, msreg's files do not."""
    old = os.umask(0)
    yield
    os.umask(old)

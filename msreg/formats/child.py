"""Reads one workbook from standard input and writes its cells as JSON lines. Started by `xlsx.py`.

A parser that meets a hostile file may take all memory, run for ever or crash. So it runs here: in a process
of its own with hard limits, no environment, no way to write a file, and nothing to tell but cells.

Lines: ["sheet", name, header row, header], ["rows", count, [[row, cell…]…]], ["end"] or ["fault", code, {…}].
A date is ["d", ordinal], a moment ["t", ISO text], an error cell ["e", text].
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msreg.formats.workbook_guard import Errors

BATCH = 500


def main() -> None:
    """Arguments: the folders to import from. Limits are set before the file is touched."""
    sys.path.extend(sys.argv[1:])
    from msreg.formats import limits

    _restrict(limits.CHILD_MEMORY_BYTES, limits.CHILD_CPU_SECONDS)
    from msreg.formats.workbook_guard import Fault, inspect

    try:
        file = io.BytesIO(sys.stdin.buffer.read())  # the parser makes many small reads
        _send_all(file, inspect(file))
        _send(["end"])
    except Fault as fault:
        _send(["fault", fault.code, fault.params])
    except MemoryError:
        _send(["fault", "memory", {}])
    sys.stdout.buffer.flush()


def _restrict(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the time limit of the parent and the look beforehand remain
        return
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # a system that has no such limit, or already a lower one
            continue


def _send(message: list[Any]) -> None:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_tagged)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.toordinal()]
    return str(value)


def _send_all(file: io.BytesIO, errors: dict[str, Errors]) -> None:
    import python_calamine

    from msreg.formats.workbook_guard import Fault

    file.seek(0)
    try:
        workbook = python_calamine.load_workbook(file)
        parts = _sheet_parts(file) if errors else {}
        for sheet in workbook.sheets_metadata:
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
                found = errors.get(parts.get(sheet.name, ""), {})
                _send_sheet(sheet.name, _rows(workbook.get_sheet_by_name(sheet.name), found))
    except python_calamine.PasswordError:
        raise Fault("password") from None
    except python_calamine.CalamineError:
        raise Fault("damaged") from None


def _rows(sheet: Any, errors: Errors) -> Iterator[list[Any]]:
    """Rows that hold something, each as its number and its cells from column A on."""
    from msreg.formats.limits import MAX_COLUMNS
    from msreg.formats.workbook_guard import Fault

    if sheet.start is None and not errors:
        return
    before = [""] * (sheet.start[1] if sheet.start else 0)
    in_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in errors.items():
        in_row.setdefault(row, []).append((column, text))
    number = 0
    for index, cells in enumerate(sheet.iter_rows() if sheet.start else ()):
        number = index + 1
        cells = before + cells
        for column, text in in_row.pop(index, ()):
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = ["e", text]
        if len(cells) > MAX_COLUMNS:
            raise Fault("far")
        if cells.count("") < len(cells):
            yield [number, *cells]
    for index in sorted(in_row):  # below the last row with a value
        cells = [""] * (1 + max(column for column, _ in in_row[index]))
        for column, text in in_row[index]:
            cells[column] = ["e", text]
        yield [index + 1, *cells]


def _send_sheet(name: str, rows: Iterator[list[Any]]) -> None:
    header = next(rows, [1])
    _send(["sheet", name, header[0], header[1:]])
    batch: list[list[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _send(["rows", len(batch), batch])
            batch = []
    if batch:
        _send(["rows", len(batch), batch])


def _sheet_parts(file: io.BytesIO) -> dict[str, str]:
    """Sheet names to names of parts. Wanted only for error cells, which the parser gives as empty ones."""
    import posixpath
    import zipfile
    from xml.etree import ElementTree  # the guard has refused every document type

    with zipfile.ZipFile(file) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts: dict[str, str] = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            for key, value in element.attrib.items():
                if key.endswith("}id"):
                    part = posixpath.normpath(posixpath.join("/xl", targets.get(value, "")))
                    parts[element.get("name", "")] = part.lstrip("/")
    return parts


if __name__ == "__main__":
    main()

"""Reads one workbook from standard input and writes its cells to standard output. Started by `xlsx.py`.

A parser that meets a hostile file may take all memory, run for ever or crash. So it runs here: in a process
of its own with hard limits, no environment, no way to write a file, and nothing to tell but cells.

Lines of JSON: ["book", {…}], ["sheet", name, state], ["header", row, width], ["rows", count, columns, bytes]
with a batch of that many bytes behind it (see `child_columns`), ["shape", {…}] after the last row of a sheet,
["end"] or ["fault", code]. The cells of a header are a batch of one row.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from msreg.formats.child_columns import Column, Columns
    from msreg.formats.workbook_mini import Press
    from msreg.formats.workbook_slices import Shape, Slice

BATCH = 1_000
LARGE = 8 * 2**20
TOLD = 20
"""Runs of hidden rows that are told by their numbers."""

_T = TypeVar("_T")
_U = TypeVar("_U")


def main() -> None:
    """Arguments: the folders to import from. Limits are set before the file is touched."""
    sys.path.extend(sys.argv[1:])
    from msreg.formats import limits

    _restrict(limits.CHILD_MEMORY_BYTES, limits.CHILD_CPU_SECONDS)
    from msreg.formats.zip_guard import Fault

    try:
        _send_book()
        _send(["end"])
    except Fault as fault:
        _send(["fault", fault.code])
    except MemoryError:
        _send(["fault", "memory"])
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


def _send(message: list[Any], batch: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n" + batch)


def _send_book() -> None:
    import python_calamine

    from msreg.formats import zip_guard
    from msreg.formats.child_columns import Columns
    from msreg.formats.workbook_book import book_of
    from msreg.formats.workbook_guard import checked, look_through, parts_of
    from msreg.formats.workbook_mini import Press
    from msreg.formats.workbook_slices import Shape, slices
    from msreg.formats.workbook_strings import shared_texts

    budget = zip_guard.Budget()
    with zip_guard.opened(sys.stdin.buffer) as archive:
        parts = parts_of(archive)
        book = book_of(archive, parts, budget)
        look_through(archive, parts, budget, book.parts)
        _send(["book", {"from_1904": book.from_1904}])
        press = Press(book.styles, from_1904=book.from_1904)
        try:
            texts: list[str] = []
            if book.strings:
                plain = Press(None, from_1904=False)
                pieces = checked(archive, parts[book.strings], budget)
                texts = shared_texts(pieces, lambda xml: _rows_of(_parsed(plain, xml)))
            columns = Columns(texts)
            for sheet in book.sheets:
                _send(["sheet", sheet.name, sheet.state])
                shape = Shape()
                _send_sheet(press, columns, slices(checked(archive, parts[sheet.part], budget), shape), shape)
        except python_calamine.CalamineError:
            raise zip_guard.Fault("damaged") from None


def _parsed(press: Press, sheet: bytes) -> Any:
    """The parser's view of a sheet. It works without the interpreter, so that others can work meanwhile."""
    import python_calamine

    return python_calamine.load_workbook(press.book(sheet)).get_sheet_by_index(0)


def _rows_of(sheet: Any) -> tuple[int, list[list[Any]]]:
    return (sheet.start[0], sheet.to_python()) if sheet.start else (0, [])


def _send_sheet(press: Press, columns: Columns, parts: Iterator[Slice], shape: Shape) -> None:
    from python_calamine import CalamineError

    from msreg.formats.child_columns import blank, part, without_blank_rows
    from msreg.formats.limits import MAX_COLUMNS
    from msreg.formats.workbook_slices import spelt_out
    from msreg.formats.zip_guard import Fault

    columns.dates = False
    last, header, hidden = 0, False, _Runs()

    def work(part: Slice) -> tuple[Slice, Any]:
        try:
            return part, _parsed(press, part.xml)
        except CalamineError:
            return part, _parsed(press, spelt_out(part.xml))

    for piece, sheet in _ahead(work, parts):
        if sheet.end and sheet.end[1] >= MAX_COLUMNS:
            raise Fault("far")
        start, rows = _rows_of(sheet)
        if rows and start < last:
            raise Fault("damaged")  # rows that go back
        before = sheet.start[1] if rows else 0
        for at in range(0, len(rows), BATCH):
            some = rows[at : at + BATCH]
            numbers = list(range(start + at + 1, start + at + 1 + len(some)))
            typed = [blank(len(some))] * before + [columns.column(cells) for cells in zip(*some, strict=True)]
            numbers, typed = without_blank_rows(numbers, typed)
            if not numbers:
                continue
            if not header:
                header = True
                _send_batch("header", *part(numbers, typed, [0]))
                numbers, typed = part(numbers, typed, range(1, len(numbers)))
            hidden.add(numbers, piece.hidden)
            if numbers:
                _send_batch("rows", numbers, typed)
        last = start + len(rows) if rows else last
    _send(["shape", {
        "dates": columns.dates, "hidden_rows": hidden.runs, "hidden_more": hidden.more,
        "hidden_columns": shape.hidden_columns[:MAX_COLUMNS], "merged": shape.merged,
    }])  # fmt: skip


def _send_batch(kind: str, numbers: list[int], columns: list[Column]) -> None:
    from msreg.formats.child_columns import packed, part

    batch = packed(numbers, columns)
    if len(batch) > LARGE and len(numbers) > 1:  # one long text may be the value of very many cells
        half = len(numbers) // 2
        _send_batch(kind, *part(numbers, columns, range(half)))
        _send_batch(kind, *part(numbers, columns, range(half, len(numbers))))
        return
    _send([kind, len(numbers), len(columns), len(batch)], batch)


class _Runs:
    """Hidden rows as runs of numbers. Rows between two of a run hold nothing."""

    def __init__(self) -> None:
        self.runs: list[tuple[int, int]] = []
        self.more = 0
        self._open = False

    def add(self, numbers: list[int], hidden: frozenset[int]) -> None:
        """Rows that hold something, and which rows are hidden."""
        if not hidden:
            self._open = False
            return
        for number in numbers:
            if number not in hidden:
                self._open = False
            elif self._open:
                if not self.more:
                    self.runs[-1] = self.runs[-1][0], number
            else:
                self._open = True
                if len(self.runs) < TOLD:
                    self.runs.append((number, number))
                else:
                    self.more += 1


def _ahead(work: Callable[[_T], _U], items: Iterable[_T]) -> Iterator[_U]:
    """`map`, with the next item being worked on in a thread while this one is used."""
    source = iter(items)
    first, second = next(source, None), next(source, None)
    if first is None:
        return
    if second is None:
        yield work(first)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(work, first)
        item: _T | None = second
        while item is not None:
            done = coming.result()
            coming = pool.submit(work, item)
            yield done
            item = next(source, None)
        yield coming.result()


if __name__ == "__main__":
    main()

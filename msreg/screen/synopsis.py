"""A synopsis as text: one screen or page of at most 40 lines (SPEC O2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from msreg.formats.fitting import flow, shown, wrap
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.synopsis_words import Fact, Listing, Part, Run, Words, words
from msreg.screen.table import Cell
from msreg.screen.widths import pad
from msreg.screen.widths import width as columns
from msreg.services.synopsis import Synopsis

LINES = 40
WIDEST = 120
NARROW = 60  # below it labels stand on lines of their own
GAP, APART = 2, 4  # columns between cells, and between rows that share a line
LEAST = 20  # columns that a text which is wrapped needs at least

Line: TypeAlias = tuple[Cell, ...]


class _Block(NamedTuple):
    """Lines beside a label. `starts` says how many rows begin on each line; a fact has none and stays whole."""

    label: str
    lines: list[Line]
    starts: list[int]
    command: str | None


def show_synopsis(screen: Screen, synopsis: Synopsis) -> None:
    """`msreg synopsis`: as wide as the terminal, 80 columns otherwise."""
    for line in lines(synopsis, width=screen.edge.width):
        screen.line(*line)
    if not screen.edge.terminal:
        return
    screen.line()
    if synopsis.open_questions and not synopsis.complete:
        screen.next(f"msreg patients why {synopsis.number}", _("What is missing"))
    elif synopsis.course_due:
        screen.next(f"msreg courses add {synopsis.number}")
    else:
        screen.next(f"msreg synopsis {synopsis.number} --out {synopsis.number}.pdf", _("On paper"))


def lines(synopsis: Synopsis, *, width: int) -> list[Line]:
    """The lines of a synopsis in the language that is spoken, each of cells that have tones of their own.

    At most 40, each at most `width` columns; lists that do not fit say how many more there are.
    """
    said = words(synopsis)
    room = min(width, WIDEST)
    heading = list(_heading(said, room))
    labels = max(columns(part.label) for part in said.parts) + GAP if room >= NARROW else GAP
    blocks = [_block(part, room - labels) for part in said.parts]
    stacked = labels == GAP
    fixed = len(heading) + sum(stacked + (0 if each.starts else len(each.lines)) for each in blocks)
    able = [each for each in blocks if each.starts]
    kept = iter(shown([[1] * len(each.lines) for each in able], LINES - fixed, more=1))
    found = heading
    for block in blocks:
        fitted = _fitted(block, next(kept), room - labels) if block.starts else block.lines
        if stacked:
            found.append((Cell(block.label, "grey"),))
        for at, line in enumerate(fitted):
            label = block.label if at == 0 and not stacked else ""
            found.append((Cell(pad(label, labels), "grey"), *line))
    return found


def _heading(said: Words, room: int) -> Iterator[Line]:
    """Who it is on one line, with the consent at its end, where there is room; else on some lines."""
    texts = [f"{said.name} {said.who}".rstrip(), said.number, said.centre, said.consent]
    tones = [
        Cell(text, "accent" if at == 0 else "grey" if at == 3 else "plain") for at, text in enumerate(texts)
    ]
    placed = flow(texts, room, columns, between="   ")
    for line in placed:
        cells = [Cell(text, tones[at].tone) for text, at in line]
        if len(placed) == 1:
            before = "   ".join(texts[:3])
            yield (
                cells[0],
                Cell(before[len(texts[0]) :]),
                Cell(" " * (room - columns(before + texts[3]))),
                cells[3],
            )
        else:
            yield tuple(_joined(cells, "   "))


def _block(part: Part, room: int) -> _Block:
    match part:
        case Fact(label, pieces):
            return _Block(label, [line for line, _starts in _flowed(pieces, room, ",", " ")], [], None)
        case Run(label, pieces, command):
            flowed = list(_flowed(pieces, room, "", " · "))
            return _Block(
                label, [line for line, _starts in flowed], [starts for _line, starts in flowed], command
            )
        case Listing(label=label, rows=(), nothing=nothing):
            return _Block(label, [(Cell(nothing, "grey"),)], [], None)
        case Listing(label=label, leads=leads, rows=rows, command=command):
            laid = list(_laid([_led(row, leads) for row in rows], room))
            return _Block(
                label, [line for line, _starts in laid], [starts for _line, starts in laid], command
            )


def _fitted(block: _Block, kept: int, room: int) -> list[Line]:
    """The lines that are kept, and how many rows are not, with the command that shows them where it fits."""
    more = sum(block.starts[kept:])
    if not more:
        return block.lines
    text, command = f"… {ngettext('{count} more', '{count} more', more)}", block.command or ""
    told: Line = (Cell(text, "grey"),)
    if columns(f"{text}: {command}") <= room:
        told = (Cell(f"{text}: ", "grey"), Cell(command, "accent"))
    return [*block.lines[:kept], told]


def _flowed(pieces: Sequence[Cell], room: int, end: str, between: str) -> Iterator[tuple[Line, int]]:
    """Pieces one after another, with how many begin on each line."""
    seen = -1
    for line in flow([piece.text for piece in pieces], room, columns, end=end, between=between):
        starts = line[-1][1] - seen
        seen = line[-1][1]
        yield tuple(_joined([Cell(text, pieces[at].tone) for text, at in line], between)), starts


def _joined(cells: Sequence[Cell], between: str) -> Iterator[Cell]:
    for at, cell in enumerate(cells):
        if at:
            yield Cell(between)
        yield cell


def _led(row: Sequence[Cell], leads: Sequence[str]) -> list[Cell]:
    pairs = zip(row, leads, strict=True)
    return [Cell(f"{lead} {cell.text}", cell.tone) if lead and cell.text else cell for cell, lead in pairs]


def _laid(rows: Sequence[Sequence[Cell]], room: int) -> Iterator[tuple[Line, int]]:
    """Rows with their cells below one another: some on a line, or one, or one over some lines."""
    filled = [at for at in range(len(rows[0])) if any(row[at].text for row in rows)]
    widths = [max(columns(row[at].text) for row in rows) for at in filled]
    cells = [[row[at] for at in filled] for row in rows]
    whole = sum(widths) + GAP * (len(widths) - 1)
    side_by_side = (room + APART) // (whole + APART)
    if side_by_side > 1:
        for at in range(0, len(cells), side_by_side):
            together = cells[at : at + side_by_side]
            yield tuple(_beside(together, widths)), len(together)
        return
    bends = max(range(len(widths)), key=lambda at: widths[at])
    for row in cells:
        if whole <= room:
            yield tuple(_beside([row], widths)), 1
        elif room - (whole - widths[bends]) >= LEAST:
            yield from _bent(row, widths, bends, room - (whole - widths[bends]))
        else:
            yield from _folded(row, room, widths[0])


def _beside(rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> Iterator[Cell]:
    for number, row in enumerate(rows):
        last_row = number == len(rows) - 1
        last = max((at for at, cell in enumerate(row) if cell.text), default=0) if last_row else len(row)
        for at, cell in enumerate(row[: last + 1]):
            filled = cell.text if last_row and at == last else pad(cell.text, widths[at])
            yield Cell(filled, cell.tone)
            if not (last_row and at == last):
                yield Cell(" " * (APART if at == len(row) - 1 else GAP))


def _bent(row: Sequence[Cell], widths: Sequence[int], bends: int, room: int) -> Iterator[tuple[Line, int]]:
    """The cell that is too wide goes on below itself."""
    first, *more = wrap(row[bends].text, room, 3, columns)
    narrowed = [room if at == bends else each for at, each in enumerate(widths)]
    yield tuple(_beside([[*row[:bends], Cell(first, row[bends].tone), *row[bends + 1 :]]], narrowed)), 1
    before = " " * (sum(widths[:bends]) + GAP * bends)
    for text in more:
        yield (Cell(before), Cell(text, row[bends].tone)), 0


def _folded(row: Sequence[Cell], room: int, first: int) -> Iterator[tuple[Line, int]]:
    """One cell after another, going on below, a little to the right."""
    cells = [
        Cell(pad(row[0].text, min(first, room - GAP)), row[0].tone),
        *(cell for cell in row[1:] if cell.text),
    ]
    for at, (line, _starts) in enumerate(_flowed(cells, room - GAP, "", " " * GAP)):
        yield (line, 1) if at == 0 else ((Cell(" " * GAP), *line), 0)

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
MOST = 3  # lines of what is said beside a label, before something is left out
LEAST = 20  # columns that a text which is wrapped needs at least

Line: TypeAlias = tuple[Cell, ...]


class _Row(NamedTuple):
    """Lines that stay together, and how many things they tell of."""

    lines: list[Line]
    things: int


class _Block(NamedTuple):
    """What stands beside a label: lines that stay, or rows of which the last ones may be left out."""

    label: str
    lines: list[Line]
    rows: list[_Row]
    command: str = ""


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

    Each is at most `width` columns wide. They are 40 at most, on a narrow terminal some more; lists that do not fit
    say how many more there are.
    """
    said = words(synopsis)
    room = min(width, WIDEST)
    heading = list(_heading(said, room))
    labels = max(columns(part.label) for part in said.parts) + GAP if room >= NARROW else GAP
    blocks = [_block(part, room - labels) for part in said.parts]
    stacked = labels == GAP
    fixed = len(heading) + sum(stacked + len(each.lines) for each in blocks)
    kept = shown([[len(row.lines) for row in each.rows] for each in blocks], LINES - fixed, more=1)
    found = heading
    for block, count in zip(blocks, kept, strict=True):
        fitted = _fitted(block, count, room - labels)
        if stacked:
            found.append((Cell(block.label, "grey"),))
        for at, line in enumerate(fitted):
            label = block.label if at == 0 and not stacked else ""
            found.append(_trimmed((Cell(pad(label, labels), "grey"), *line)))
    return found


def _trimmed(line: Line) -> Line:
    """The line without the room that is left at its end."""
    last = max(at for at, cell in enumerate(line) if cell.text.strip() or at == 0)
    return (*line[:last], Cell(line[last].text.rstrip(), line[last].tone))


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
            rows = [_Row([line], count) for line, count in _flowed(pieces, room, ",", " ")]
            if len(rows) > MOST:  # such as a patient who is shared with twenty centres
                return _Block(label, [], rows)
            return _Block(label, [line for row in rows for line in row.lines], [])
        case Run(label, pieces, command):
            rows = [_Row([line], count) for line, count in _flowed(pieces, room, "", " · ")]
            return _Block(label, [], rows, command)
        case Listing(label=label, rows=(), nothing=nothing):
            return _Block(label, [(Cell(nothing, "grey"),)], [])
        case Listing(label=label, leads=leads, rows=rows, command=command):
            return _Block(label, [], list(_laid([_led(row, leads) for row in rows], room)), command)


def _fitted(block: _Block, kept: int, room: int) -> list[Line]:
    """The lines that are kept, and how many things are not, with the command that shows them where it fits."""
    found = [*block.lines, *(line for row in block.rows[:kept] for line in row.lines)]
    more = sum(row.things for row in block.rows[kept:])
    if not more:
        return found
    text = f"… {ngettext('{count} more', '{count} more', more)}"
    if not block.command or columns(f"{text}: {block.command}") > room:
        return [*found, (Cell(text, "grey"),)]
    return [*found, (Cell(f"{text}: ", "grey"), Cell(block.command, "accent"))]


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


def _laid(rows: Sequence[Sequence[Cell]], room: int) -> Iterator[_Row]:
    """Rows with their cells below one another: some on a line, or one, or one over some lines."""
    filled = [at for at in range(len(rows[0])) if any(row[at].text for row in rows)]
    widths = [max(columns(row[at].text) for row in rows) for at in filled]
    cells = [[row[at] for at in filled] for row in rows]
    whole = sum(widths) + GAP * (len(widths) - 1)
    bends = max(range(len(widths)), key=lambda at: widths[at])
    spare = room - (whole - widths[bends])
    if whole <= room:
        side_by_side = (room + APART) // (whole + APART)
        for at in range(0, len(cells), side_by_side):
            together = cells[at : at + side_by_side]
            yield _Row([tuple(_beside(together, widths))], len(together))
    elif spare >= LEAST:
        yield from (_Row(list(_bent(row, widths, bends, spare)), 1) for row in cells)
    else:
        yield from (_Row(list(_folded(row, room, widths[0])), 1) for row in cells)


def _beside(rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> Iterator[Cell]:
    for number, row in enumerate(rows):
        if number:
            yield Cell(" " * APART)
        for at, cell in enumerate(row):
            yield Cell(pad(cell.text, widths[at]), cell.tone)
            if at < len(row) - 1:
                yield Cell(" " * GAP)


def _bent(row: Sequence[Cell], widths: Sequence[int], bends: int, room: int) -> Iterator[Line]:
    """The cell that is too wide goes on below itself."""
    first, *more = wrap(row[bends].text, room, 3, columns)
    narrowed = [room if at == bends else each for at, each in enumerate(widths)]
    yield tuple(_beside([[*row[:bends], Cell(first, row[bends].tone), *row[bends + 1 :]]], narrowed))
    before = " " * (sum(widths[:bends]) + GAP * bends)
    yield from ((Cell(before), Cell(text, row[bends].tone)) for text in more)


def _folded(row: Sequence[Cell], room: int, first: int) -> Iterator[Line]:
    """One cell after another, going on below, a little to the right."""
    cells = [
        Cell(pad(row[0].text, min(first, room - GAP)), row[0].tone),
        *(each for each in row[1:] if each.text),
    ]
    for at, (line, _count) in enumerate(_flowed(cells, room - GAP, "", " " * GAP)):
        yield line if at == 0 else (Cell(" " * GAP), *line)

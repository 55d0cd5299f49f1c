"""A batch file in two: the patients without faults in one file, all else in another; both load as they are."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from msreg.errors import Conflict, Usage
from msreg.formats.atomic import finished_file
from msreg.formats.cells import Cell, Source, Table, Unreadable
from msreg.formats.sheets import LISTS, SheetOut
from msreg.forms.cleaning import clean
from msreg.forms.columns import MARKS
from msreg.services.batch_origin import PROVENANCE
from msreg.services.batch_result import Loaded
from msreg.services.beside import dated_as, known_sheets, named
from msreg.vocabulary import N_

VALID, REFUSED = "valid", "refused"
_NO_VALUE = "#N/A"


def targets(path: Path) -> tuple[Path, Path]:
    """The names of the two files, beside the one that is split."""
    return named(path, VALID), named(path, REFUSED)


def check_targets(path: Path, *, overwrite: bool) -> None:
    """Raises `Conflict` when one of the two files exists and may not be overwritten, `Usage` without a file."""
    if not path.exists():
        raise Usage(
            N_("Only a file or folder can be split."),
            hint=N_("Save it first, and name the file."),
            field="split",
        )
    for target in targets(path):
        if not overwrite and (target.exists() or target.is_symlink()):
            raise Conflict(
                N_("{file} is there already."), hint=N_("Replace it with --replace."), file=target.name
            )


def split(done: Loaded, source: Source, path: Path, *, overwrite: bool = False) -> tuple[Path, Path]:
    """Write NAME.valid and NAME.refused beside `path`, in its own format, and give their names.

    Both have all sheets of the file with their headers, and the cells as they were read. What tells how old
    the file is stands in both. Raises `Conflict` when one of them exists and may not be overwritten.
    """
    check_targets(path, overwrite=overwrite)
    valid, refused = targets(path)
    for target, sound in ((refused, False), (valid, True)):
        _write(source, _sheets(source.tables, done, sound=sound), target, overwrite=overwrite)
        dated_as(path, target)
    return valid, refused


def _write(source: Source, sheets: list[SheetOut], target: Path, *, overwrite: bool) -> None:
    from msreg.formats.csv_out import write_folder, write_table

    if source.format == "xlsx":
        from msreg.formats.xlsx_out import write_workbook

        write_workbook(target, sheets, overwrite=overwrite)
    elif source.format == "jsonl":
        from msreg.formats.jsonl_out import write_file

        write_file(target, sheets, overwrite=overwrite)
    elif source.format == "csv-folder":
        write_folder(target, sheets, overwrite=overwrite)
    elif source.format == "csv-zip":
        with finished_file(target, overwrite=overwrite) as made:
            folder = write_folder(made.parent / "tables", sheets)
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                for each in sorted(folder.iterdir()):
                    archive.write(each, each.name)
    else:
        [sheet] = sheets
        write_table(target, sheet, overwrite=overwrite)


def _sheets(tables: Sequence[Table], done: Loaded, *, sound: bool) -> list[SheetOut]:
    read = {id(table): sheet.key for sheet, table in known_sheets(tables)}
    sheets: list[SheetOut] = []
    for table in tables:
        if (key := read.get(id(table))) is not None:
            sheets.append(_sheet(table, partial(done.sound, key), sound=sound))
        elif clean(table.sheet).casefold() in (*PROVENANCE, LISTS):
            sheets.append(_sheet(table, lambda _row: sound, sound=sound))
    return sheets


def _sheet(table: Table, is_sound: Callable[[int], bool], *, sound: bool) -> SheetOut:
    """The rows of a table that are kept, without the columns of a marked copy."""
    wide = max((len(cells) for _, cells in table.rows), default=0)
    header = [*table.header, *[""] * (wide - len(table.header))]
    columns = [at for at, name in enumerate(header) if name.strip().casefold() not in MARKS]

    def rows() -> Iterator[list[Cell]]:
        for number, cells in table.rows:
            if is_sound(number) is sound:
                yield [_raw(cells[at]) if at < len(cells) else None for at in columns]

    return SheetOut(table.sheet, [header[at] for at in columns], rows())


def _raw(cell: Cell) -> Cell:
    """A cell as it was read. A formula without a result stays something that is no answer."""
    return _NO_VALUE if isinstance(cell, Unreadable) and not cell.text else cell

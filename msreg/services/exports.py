"""The registry into files: typed rows sheet by sheet, with a codebook and where it all came from (X1, X2).

Who leaves the registry is in the log before the first row is read, and the rows are those of whom the log
names. What is written can be loaded again unchanged, but for what was pseudonymised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from msreg.errors import Conflict, NotFound, Usage
from msreg.formats.registry import Writer, writer
from msreg.formats.sheets import SheetOut
from msreg.services.export_cells import Style
from msreg.services.export_columns import Chosen, chosen, with_patients
from msreg.services.export_disguise import own_columns, traits_told, without_identity
from msreg.services.export_going import Going
from msreg.services.export_rows import Own, Rows
from msreg.services.export_told import around, facts
from msreg.services.patients import Asked, conditions
from msreg.services.pseudonymise import Disguise, disguise
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import leaving
from msreg.store.queries.overview import count_all, each_id
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

__all__ = ["STREAM", "Exported", "Step", "Style", "export"]

Step = Callable[[int, int], None]
"""Called now and then with how many rows are written, and of how many."""

STREAM = Path("-")
NOWHERE = Going()
"""Nobody is named who gets it, and nothing is replaced."""
_EVERY = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """What left the registry: where to, how many patients, and the rows of each sheet."""

    path: Path
    """`-`: to a stream."""
    format: str
    patients: int
    rows: Mapping[str, int]
    seq: int
    """Number of the export's event in the log."""
    disguise: Disguise | None = None
    """What was done against recognition, in a pseudonymised export."""


def export(
    registry: Registry,
    *,
    by: Actor,
    format: str,
    out: Path | IO[bytes],
    asked: Asked,
    today: date,
    style: Style,
    columns: Sequence[str] = (),
    overwrite: bool = False,
    step: Step | None = None,
    going: Going = NOWHERE,
) -> Exported:
    """Write the patients of `asked` in one of the formats of `formats/registry.WRITERS`.

    Sheets: patients, courses, disease, medication, adverse events, PROMs, codebook, provenance; with `columns`
    those that have one of them. The file appears when it is finished, mode 0600; JSON lines may go to an open
    stream instead. Raises `Conflict` when it is there already and not `overwrite`, `Usage` for a column that
    there is not, or that does not leave with pseudonyms.
    """
    to_write = writer(format)
    style = Style(style.labels and not to_write.typed, style.language)
    leave = chosen(columns)
    if to_write.nested:
        leave = with_patients(leave)
    if going.pseudonymise is not None:
        leave = without_identity(leave, columns, going.pseudonymise)
    if isinstance(out, Path):
        _place_free(out, overwrite)
        to_write.check()
    elif not to_write.streams:
        raise Usage(N_("Only JSON lines can be written to standard output."), field="out")
    seq, patients = _logged(registry, by, asked, today, style, columns, format, out, going)
    with registry.light() as db, transaction(db, write=False):
        in_passing(db)
        counts = {each.sheet.key: leaving.count_of_event(db, each.sheet.record, seq) for each in leave}
        told = facts(
            registry, by=by, asked=asked, style=style, columns=columns, counts=counts, seq=seq, going=going
        )  # fmt: skip
        hidden: Disguise | None = None
        own: Mapping[str, Own] = {}
        if going.pseudonymise is not None:
            hidden = disguise(registry, db, seq, going.pseudonymise, tells=traits_told(leave))
            own, told = own_columns(hidden, leave, style), [*told, *hidden.facts()]
        stepped = _Stepped(step, sum(counts.values()))
        tables = [_table(db, each, seq, style, to_write, stepped, own) for each in leave]
        if to_write.centres and going.pseudonymise is None:
            tables.append(SheetOut("centres", ("code", "name"), db.rows(leaving.CENTRES)))
        sheets = around(tables, told, leave, style, keyed=to_write.keyed)
        if isinstance(out, Path):
            to_write.write(out, sheets, overwrite)
        else:
            from msreg.formats.jsonl_out import write_stream

            write_stream(out, sheets)
    return Exported(out if isinstance(out, Path) else STREAM, format, patients, counts, seq, hidden)


def _logged(
    registry: Registry, by: Actor, asked: Asked, today: date, style: Style, columns: Sequence[str],
    format: str, out: Path | IO[bytes], going: Going,
) -> tuple[int, int]:  # fmt: skip
    """Log who leaves; gives the number of the event and how many patients are in it."""
    with looking(registry, by=by, event="exports.run", right=Right.EXPORT) as look:
        in_passing(look.db)
        found = conditions(look.db, by, asked, today)
        patients = count_all(look.db, found)
        look.patients = each_id(look.db, found)
        look.action = Action.EXECUTE
        look.about = {
            "file": (out if isinstance(out, Path) else STREAM).name,
            "format": format,
            "labels": style.labels,
            "patients": patients,
            "filter": asked.told(),
            "columns": " ".join(columns),
            **going.told(),
        }
    return look.seq, patients


def _place_free(out: Path, overwrite: bool) -> None:
    """Tell what stands in the way before the log says that something left the registry."""
    if not out.parent.is_dir():
        raise NotFound(N_("There is no folder {folder}."), field="out", folder=str(out.parent))
    if out.exists() and not overwrite:
        raise Conflict(
            N_("{file} is there already."),
            hint=N_("Replace it with --overwrite."),
            field="out",
            file=str(out),
        )


class _Stepped:
    """Rows as they pass, counted for who waits."""

    def __init__(self, step: Step | None, total: int) -> None:
        self._step, self._total, self._done = step, total, 0

    def each(self, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        return rows if self._step is None else self._counted(rows, self._step)

    def _counted(self, rows: Iterable[Sequence[Any]], step: Step) -> Iterator[Sequence[Any]]:
        for row in rows:
            self._done += 1
            if not self._done % _EVERY:
                step(self._done, self._total)
            yield row


def _table(
    db: Database, part: Chosen, seq: int, style: Style, to_write: Writer, stepped: _Stepped,
    own: Mapping[str, Own],
) -> SheetOut:  # fmt: skip
    """Rows by registry number of the patient, oldest record first; read as they are written."""
    sheet, worded = part.sheet, style.labels and not to_write.keyed
    rows = Rows(sheet, part.columns, style, booleans=to_write.keyed, own=own)
    return SheetOut(
        sheet.label[style.language] if worded else sheet.key,
        [column.label[style.language] if worded else column.key for column in part.columns],
        stepped.each(rows.of(leaving.rows_of_event(db, sheet.record, seq, rows.selected))),
        rows.cells,
        part.columns,
        style.language,
    )

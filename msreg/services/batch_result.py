"""What a check or a load of a batch did, or would do: counted in rows, with old and new of each cell."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msreg.errors import Phrase
from msreg.services.differing import CellChange
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import Record, Rowed

_ORDER = tuple(Rowed)


@dataclass(frozen=True, slots=True)
class RowChange:
    """What the load does at one row: the patient by number, and of a known record the answers that change."""

    sheet: str
    row: int
    patient: str
    outcome: Rowed
    cells: tuple[CellChange, ...]


class RowOutcomes:
    """What happened to each row of a sheet, in a byte a row."""

    def __init__(self) -> None:
        self._codes = bytearray()

    def put(self, row: int, outcome: Rowed) -> None:
        """Note what happened to a row, by its number in the file."""
        self._codes.extend(b"\0" * (row + 1 - len(self._codes)))
        self._codes[row] = _ORDER.index(outcome) + 1

    def get(self, row: int) -> Rowed | None:
        """What happened to a row; None when there is no such row."""
        code = self._codes[row] if 0 <= row < len(self._codes) else 0
        return _ORDER[code - 1] if code else None

    def items(self) -> Iterator[tuple[int, Rowed]]:
        """Rows by number with what happened to them."""
        for row, code in enumerate(self._codes):
            if code:
                yield row, _ORDER[code - 1]

    def ranges(self) -> dict[str, list[tuple[int, int]]]:
        """For each outcome the rows that had it, as first and last row of each run of rows."""
        found: dict[str, list[tuple[int, int]]] = {}
        for row, outcome in self.items():
            runs = found.setdefault(outcome.value, [])
            if runs and runs[-1][1] == row - 1:
                runs[-1] = (runs[-1][0], row)
            else:
                runs.append((row, row))
        return found

    def counts(self) -> Counter[Rowed]:
        """How many rows had which outcome."""
        found = Counter({each: self._codes.count(at) for at, each in enumerate(_ORDER, start=1)})
        return +found

    def skip_all(self) -> None:
        """Nothing was loaded: every row that was not refused was skipped."""
        skipped = _ORDER.index(Rowed.SKIPPED) + 1
        to_skip = bytes(_ORDER.index(each) + 1 for each in (Rowed.ADDED, Rowed.CHANGED, Rowed.UNCHANGED))
        self._codes = self._codes.translate(bytes.maketrans(to_skip, bytes([skipped] * len(to_skip))))


@dataclass(slots=True)
class Loaded:
    """What a check or a load did, or would do. Sheets are named by their keys."""

    file: str | Phrase
    sha256: str
    format: str
    dry_run: bool
    partial: bool
    centres: list[str]
    patients: int
    sound_patients: int
    outcomes: Mapping[str, RowOutcomes]
    by_record: Mapping[Record, Counter[Rowed]]
    findings: list[PlacedFinding]
    refused: bool
    """True when faults stood in the way and nothing was loaded."""
    names: Mapping[str, str]
    """What each sheet is called in the file."""
    header_rows: Mapping[str, int]
    whose: Mapping[str, array[int]] = field(default_factory=dict)
    """For each sheet the patient of each row, by the number of the row; less than 0: of nobody."""
    faulty_patients: bytearray = field(default_factory=bytearray)
    conflicts: int = 0
    """Answers in the registry that are newer than the file and were kept."""
    changes: list[RowChange] = field(default_factory=list)
    batch: int | None = None
    """Number of the batch in the history, when it was loaded."""
    saved: datetime | None = None
    """The date of the file, where it has one."""
    seconds: float = 0.0

    @property
    def summary(self) -> dict[str, int]:
        """Rows by what happened to them (C11)."""
        total: Counter[Rowed] = sum(self.by_record.values(), Counter())
        return {each.value: total[each] for each in Rowed}

    @property
    def rows(self) -> Counter[Record]:
        """How many rows there are of each kind of record."""
        return Counter({record: sum(counts.values()) for record, counts in self.by_record.items()})

    @property
    def errors(self) -> list[PlacedFinding]:
        """The findings that stand in the way."""
        return [finding for finding in self.findings if finding.is_error]

    @property
    def in_part(self) -> bool:
        """True when something of the file was left out, though the rest was loaded."""
        return not self.refused and bool(
            self.conflicts or self.summary[Rowed.REFUSED] or self.summary[Rowed.SKIPPED]
        )

    def sound(self, sheet: str, row: int) -> bool:
        """Whether a row is of a patient without faults."""
        patients = self.whose.get(sheet)
        if patients is None or row >= len(patients) or (patient := patients[row]) < 0:
            return False
        return not self.faulty_patients[patient]

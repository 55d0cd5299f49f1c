"""One batch file on its way into the registry: read, judged, noted and saved, a piece at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from msreg.formats.cells import Source
from msreg.services.batch_conflicts import Age, keep_newer
from msreg.services.batch_index import Index, Piece, pieces
from msreg.services.batch_judging import judge_piece
from msreg.services.batch_merge import Merged, Merging, merge
from msreg.services.batch_removed import leave_out
from msreg.services.batch_result import Loaded, RowChange, RowOutcomes
from msreg.services.batch_rows import BatchRow, blank_words
from msreg.services.batch_sheets import Findings, Opened, notes
from msreg.services.differing import differences, outcome
from msreg.services.dossiers import Dossier, Entry
from msreg.services.naming import registry_number
from msreg.services.saving import save
from msreg.services.writing import Work
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Rowed

Step = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class How:
    """How a batch is loaded.

    `partial`: the patients without faults, though others have some. `overwrite`: answers that somebody
    entered by hand after the file was made are replaced too. `blank_clears`: a blank cell takes the answer
    away. `centre`: of rows that name none. `changes`: keep what changes at each row, for who wants to see it.
    """

    partial: bool = False
    overwrite: bool = False
    blank_clears: bool = False
    centre: str | None = None
    changes: bool = False


DEFAULT = How()


class Loading:
    """One file on its way into the registry, piece by piece, in one transaction."""

    def __init__(
        self, registry: Registry, work: Work, opened: Opened, index: Index, findings: Findings, how: How,
        today: date, saved: datetime | None, stored: list[str],
    ) -> None:  # fmt: skip
        self._made_up = registry.made_up
        self._work = work
        self._opened = opened
        self._index = index
        self._findings = findings
        self._how = how
        self._today = today
        told = opened.origin
        self._age = Age(told.log_row if told.registry == registry.uuid else None, told.exported, saved)
        self._stored = stored
        self._blocked = findings.errors > 0
        self._merging = Merging(work.db, work.by, index, findings.tell, blank_clears=how.blank_clears)
        self._outcomes = {part.header.sheet.key: RowOutcomes() for part in opened.parts}
        self._faulty = bytearray(len(index.keys))
        self._conflicts = 0
        self._changes: list[RowChange] = []

    def run(self, step: Step | None) -> None:
        """Read, judge and save, a piece at a time."""
        done = 0
        for piece in pieces(self._opened.parts, self._index, self._today, self._findings.tell):
            self._take(piece)
            done += sum(map(len, piece.rows.values()))
            if step is not None:
                step(done, self._index.total)
        for part in self._opened.parts:
            for finding in (*blank_words(part.header), *notes(part)):
                self._findings.tell(finding)

    def _take(self, piece: Piece) -> None:
        tell = self._findings.tell
        merged = merge(self._merging, piece)
        self._stored += [each.id for each in merged.dossiers.values() if each.id is not None]
        if not self._how.overwrite:
            for kept in (keep_newer, leave_out):
                self._conflicts += kept(self._work.db, merged.dossiers.values(), self._age, tell)
        judge_piece(merged, self._today, tell, made_up=self._made_up)
        for rows in piece.rows.values():
            for row in rows:
                if row.refused and row.patient >= 0:
                    self._faulty[row.patient] = True
        self._note(piece, merged)
        if self._blocked or (self._findings.errors and not self._how.partial):
            return  # nothing will be loaded
        sound = [each for patient, each in merged.dossiers.items() if not self._faulty[patient]]
        save(self._work, sound, writer=self._work.by.centre)

    def _note(self, piece: Piece, merged: Merged) -> None:
        """Note what happens to each row, before it does."""
        entries: dict[int, tuple[Dossier, Entry]] = {
            id(entry.place): (dossier, entry)
            for dossier in merged.dossiers.values()
            for entry in dossier.entries()
            if entry.place is not None
        }
        for rows in piece.rows.values():
            for row in rows:
                done = self._outcome(row, entries)
                self._outcomes[row.sheet.key].put(row.row, done)
                if self._how.changes and done in (Rowed.ADDED, Rowed.CHANGED):
                    dossier, entry = entries[id(row)]
                    # What is new about a new record is the row itself.
                    cells = tuple(differences(entry)) if done is Rowed.CHANGED else ()
                    self._changes.append(
                        RowChange(row.sheet.key, row.row, self._name(dossier, row), done, cells)
                    )

    def _outcome(self, row: BatchRow, entries: dict[int, tuple[Dossier, Entry]]) -> Rowed:
        if row.refused:
            return Rowed.REFUSED
        if row.patient < 0 or self._faulty[row.patient] or id(row) not in entries:
            return Rowed.SKIPPED
        return outcome(entries[id(row)][1])

    def _name(self, dossier: Dossier, row: BatchRow) -> str:
        """The registry number of a patient who has one, else centre and patient number."""
        number = dossier.patient.row.get("number")
        if number is not None:
            return registry_number(number)
        centre = row.parents.get("centre") or self._how.centre
        return f"{str(centre).upper()}:{self._index.keys[row.patient][1]}"

    def result(self, source: Source, *, dry_run: bool) -> Loaded:
        """What became of the file."""
        loaded_any = any(
            outcomes.counts().keys() & {Rowed.ADDED, Rowed.CHANGED, Rowed.UNCHANGED}
            for outcomes in self._outcomes.values()
        )
        refused = self._blocked or (
            self._findings.errors > 0 and not (self._how.partial and loaded_any)
        )  # fmt: skip
        if refused:
            for each in self._outcomes.values():
                each.skip_all()
            self._changes.clear()
        headers = [part.header for part in self._opened.parts]
        counts: dict[Record, Counter[Rowed]] = {record: Counter() for record in Record}
        for header in headers:
            counts[header.sheet.record] = self._outcomes[header.sheet.key].counts()
        # A centre that does not exist is not told here: whatever stands in its cell may be a patient's value.
        centres = sorted({code.upper() for code, known in self._index.centres.items() if known is not None})
        return Loaded(
            file=source.name,
            sha256=source.sha256,
            format=source.format,
            dry_run=dry_run,
            partial=self._how.partial,
            centres=centres,
            patients=len(self._index.keys),
            sound_patients=len(self._index.keys) - sum(self._faulty),
            outcomes=self._outcomes,
            by_record=counts,
            findings=self._findings.in_order(),
            refused=refused,
            names={header.sheet.key: header.name for header in headers},
            header_rows={header.sheet.key: header.row for header in headers},
            whose={header.sheet.key: whose for header, whose in zip(headers, self._index.whose, strict=True)},
            faulty_patients=self._faulty,
            conflicts=self._conflicts,
            changes=self._changes,
        )

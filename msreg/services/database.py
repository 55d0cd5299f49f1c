"""Care of the database: is what stands in it what the rules make of it, and is the file sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msreg.errors import Unavailable
from msreg.services import access, deriving
from msreg.services.case_derived import WrongCase, mend_cases, wrong_cases
from msreg.services.case_torn import TornFile, drop_orphans, torn_files
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.naming import registry_number
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.copies import check_database
from msreg.store.keyfile import read_key_json
from msreg.store.keys import load_keys
from msreg.store.queries import walking
from msreg.store.queries.dossiers import TABLES
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right

if TYPE_CHECKING:
    from msreg.config import Settings
    from msreg.store.migrate import Upgraded

Step = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A record whose derived columns are not what the rules make of its answers; names, no values."""

    patient: str
    record: Record
    record_id: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class Checked:
    """What `check_registry` found; `damage` is what the file says against itself."""

    patients: int = 0
    records: int = 0
    damage: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    fixed: int = 0
    files: list[TornFile] = field(default_factory=list)
    """Files of cases whose bytes are not all there, and bytes of none."""
    dropped: int = 0
    """Of how many files that are not there bytes were taken out."""
    cases: list[WrongCase] = field(default_factory=list)
    """Cases that are to be reminded of on another day than is noted with them."""
    cases_fixed: int = 0

    @property
    def ok(self) -> bool:
        """Whether all is well, by now."""
        mended = self.fixed == len(self.differences) and self.cases_fixed == len(self.cases)
        return not self.damage and mended and len(self.files) == self.dropped


def check_registry(registry: Registry, *, by: Actor, fix: bool = False, step: Step | None = None) -> Checked:
    """Look through pages, structure and references, then recompute what is derived of every record.

    `fix` writes the right values in place, each noted in the log; a damaged file is left alone.
    """
    right = Right.REGISTRY_ADMIN if fix else Right.AUDIT_VERIFY
    with looking(registry, by=by, event="db.check", right=right) as look:
        look.action = Action.EXECUTE
        look.about = {"fix": fix}
    found = Checked()
    with registry.light() as db:
        found.damage = check_database(db)
        if not found.damage:
            found.files = torn_files(db)
            if fix and any(each.case is None for each in found.files):
                found.dropped = drop_orphans(registry, by=by)
            found.cases = wrong_cases(db)
            if fix and found.cases:
                found.cases_fixed = mend_cases(registry, by=by)
        total = walking.patient_count(db)
        last = 0
        while not found.damage:
            with transaction(db, write=False):
                rows = walking.patients_after(db, last)
                dossiers = read_dossiers(db, rows)
            if not rows:
                break
            differing = list(_differing(dossiers, found))
            if differing and fix:
                _mend(registry, by=by, after=last, piece=len(rows))
                found.fixed += len(differing)
            found.differences += differing
            last = rows[-1]["number"]
            if step is not None:
                step(found.patients, total)
    return found


def upgrade_database(settings: Settings, *, environ: Mapping[str, str]) -> Upgraded:
    """Bring the database to the version of the program, after a checked copy of it.

    The registry is not opened as others open it: that refuses another version. Raises `Conflict` when the
    database is newer than the program, `NotAllowed` for who does not look after the registry.
    """
    keys, source = load_keys(settings)
    uuid = read_key_json(settings.keys_file).registry
    with Registry(settings, keys, source, uuid, made_up=False) as registry:
        with registry.light() as db:
            if db.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'operator'") is None:
                raise Unavailable(
                    N_("{path} is not a registry database."),
                    hint=N_("Restore the database from its last backup."),
                    path=str(settings.database_file),
                )
        by = access.whoami(registry, environ)
        access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event="db.upgrade")
        from msreg.store.migrate import upgrade

        done = upgrade(settings)
        if done.copy is not None:
            with writing(registry, by=by, event="db.upgrade", action=Action.EXECUTE) as work:
                work.about = {"before": done.before, "after": done.after}
    return done


def _differing(dossiers: list[Dossier], found: Checked) -> Iterator[Difference]:
    for dossier in dossiers:
        found.patients += 1
        for entry, wrong in _wrong(dossier, found):
            yield Difference(
                registry_number(dossier.patient.row["number"]), entry.record, str(entry.id), tuple(wrong)
            )


def _wrong(dossier: Dossier, found: Checked | None = None) -> Iterator[tuple[Entry, dict[str, Any]]]:
    """The entries whose derived columns are wrong, each with the right values as the database keeps them."""
    for entry in dossier.entries():
        if found is not None:
            found.records += 1
        is_patient = entry.record is Record.PATIENT
        right = deriving.of_patient(dossier) if is_patient else deriving.of_entry(entry)
        wrong = {
            column: kept for column, value in right.items() if (kept := _kept(value)) != entry.row[column]
        }
        if wrong:
            yield entry, wrong


def _mend(registry: Registry, *, by: Actor, after: int, piece: int) -> None:
    """Write the right values for the patients after a number. What is right is worked out once more inside
    the transaction: somebody may have changed a record since it was looked at."""
    with writing(registry, by=by, event="db.fix", action=Action.UPDATE) as work:
        for dossier in read_dossiers(work.db, walking.patients_after(work.db, after, piece)):
            for entry, right in _wrong(dossier):
                _put(work, dossier, entry, right)


def _put(work: Work, dossier: Dossier, entry: Entry, right: dict[str, Any]) -> None:
    table, row_id = TABLES[entry.record], str(entry.id)
    # `version` and `updated_at` stay: nobody changed an answer.
    walking.set_columns(work.db, table, row_id, list(right), list(right.values()))
    before = {column: entry.row[column] for column in right}
    work.touched(Action.UPDATE, table, row_id, patient_id=dossier.id, before=before, after=right)


def _kept(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value

"""Adding one record at once: from options, from a file, or from what a guided entry was given beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import NotAllowed, Usage
from msreg.forms.columns import forms_of
from msreg.forms.walking import is_required
from msreg.services import access
from msreg.services.answering import Values, judged, lacking, missing_options, refuse, typed
from msreg.services.confirming import confirm
from msreg.services.consent import require_consent
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.editing import Edited
from msreg.services.finding_records import PARENT, find_entry
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.services.saving import differences, save
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import dossiers as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a new record goes: its patient (new too, when the patient is what is added) and the entry itself."""

    dossier: Dossier
    entry: Entry


def add_record(
    registry: Registry,
    *,
    by: Actor,
    record: Record,
    patient: str | None = None,
    bsn: str | None = None,
    parent: Mapping[str, Any] | None = None,
    centre: str | None = None,
    answers: Mapping[str, Any],
    today: date,
    dry_run: bool = False,
    incomplete: bool = False,
    reason: str | None = None,
) -> Edited:
    """Add a record with all its answers, or a patient (to the centre of that code; the actor's own when None).

    `parent` tells the medication that a side effect belongs to. `incomplete`: required questions may stay
    open. Raises `Usage` that names the options which are missing, `NotAllowed` without consent, and `Refused`
    with rule and question for the first fault.
    """
    event = f"{record.value}.add"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    given = {**defaults(record), **typed(record, answers, today)}
    require_yes(record, given)
    missing = lacking(record, given)
    if incomplete:
        missing = [each for each in missing if is_needed(record, each.key, given)]
    if missing:
        raise missing_options(missing)
    with writing(registry, by=by, event=event, action=Action.CREATE, dry_run=dry_run, plain=True) as work:
        opened = open_new(work.db, by, record, patient, bsn, parent, centre, today)
        entry = opened.entry
        found = judged(work.db, opened.dossier, entry, given, today=today, made_up=registry.made_up)
        refuse(found, entry, given)
        doubts = [each for each in found.doubts if each.code != "FRM-009"]
        number, complete, left = _save(work, opened, doubts, reason)
    if dry_run:
        with looking(registry, by=by, event=event, right=Right.PATIENTS_WRITE) as look:
            look.about = {"dry_run": True}
            if record is not Record.PATIENT:
                look.patient_id = opened.dossier.id
                look.patients = [str(opened.dossier.id)]
    return Edited(number, differences(entry), doubts, left, complete, record, entry.values, added=True)


def _save(work: Work, opened: Opened, doubts: list[Any], reason: str | None) -> tuple[str, bool, int]:
    from msreg.models.ids import new_id

    entry, dossier = opened.entry, opened.dossier
    entry.id = new_id()
    save(work, [dossier], writer=work.by.centre)
    work.patient_id = dossier.id
    if reason is not None:
        confirm(work, entry, dossier.id, doubts, reason)
    after = queries.patients_by_ids(work.db, [str(dossier.id)])[0]
    return registry_number(after["number"]), bool(after["complete"]), after["open_questions"]


def open_new(
    db: Database,
    by: Actor,
    record: Record,
    patient: str | None,
    bsn: str | None,
    parent: Mapping[str, Any] | None,
    centre: str | None,
    today: date,
) -> Opened:
    """An empty record where it belongs, not saved yet."""
    if record is Record.PATIENT:
        new = Entry(record, {})
        return Opened(Dossier(new, centre_to_write(db, by, centre)), new)
    row = find_patient(db, by=by, name=patient, bsn=bsn)
    require_consent(row)
    dossier = read_dossiers(db, [row])[0]
    above = None
    if record is Record.ADVERSE_EVENT:
        named = {key.removeprefix(PARENT): value for key, value in (parent or {}).items()}
        above = find_entry(dossier, Record.MEDICATION, named, today)
    new = Entry(record, {}, parent=above)
    dossier.of(record).append(new)
    return Opened(dossier, new)


def centre_to_write(db: Database, by: Actor, code: str | None) -> str:
    """Id of the centre that a new patient belongs to.

    Raises `Usage` when none is named and the actor works for more than one, `NotFound` for one that is not
    there, `NotAllowed` for one that the actor does not work for or that no longer takes part.
    """
    may = centres_to_write(db, by)
    if code is None:
        if len(may) == 1:
            return next(iter(may))
        raise Usage(
            N_("Say which centre the patient belongs to: --centre CODE."),
            hint=N_("See them with: msreg centres list"),
            field="centre",
        )
    centre_id = access.require_centre(db, code).id
    if centre_id not in may:
        raise NotAllowed(
            N_("You may not register patients for the centre {code}."), field="centre", code=code
        )
    return centre_id


def centres_to_write(db: Database, by: Actor) -> dict[str, str]:
    """The centres that an actor may register patients for: code by id, in the order of the codes."""
    found = db.rows("SELECT id, code FROM centre WHERE active ORDER BY code")
    return {each: code for each, code in found if access.works_for(by, each)}


def own_centres(registry: Registry, *, by: Actor) -> dict[str, str]:
    """The centres that an actor may register patients for, to choose from before anything is written."""
    with registry.light() as db:
        return centres_to_write(db, by)


def own_centre(registry: Registry, *, by: Actor, code: str | None) -> str:
    """Id of the centre that a new patient will belong to, before anything is written.

    Raises as `centre_to_write` does.
    """
    with registry.light() as db:
        return centre_to_write(db, by, code)


def defaults(record: Record) -> Values:
    """The answers that the forms give beforehand."""
    return {
        item.key: item.default for form in forms_of(record) for item in form.items if item.default is not None
    }


def require_yes(record: Record, values: Mapping[str, Any]) -> None:
    """Without a "yes" to the first question nothing else is asked or stored (P1)."""
    if record is Record.PATIENT and values.get("consent") is False:
        raise NotAllowed(
            N_("Without signed consent nothing of this patient may be asked or stored."),
            hint=N_("Have the consent form signed first."),
            rule="PAT-001",
            field="consent",
        )


_NEEDED = {Record.PATIENT: frozenset(("consent", "family_name"))}


def is_needed(record: Record, key: str, values: Mapping[str, Any]) -> bool:
    """Whether a record cannot stand in the registry without this answer: it names it, or the table wants it.

    What names the record may be left out where the form does not require it: a referral needs no date.
    """
    if key in _NEEDED.get(record, ()):
        return True
    return any(key in form.identity and is_required(form, form[key], values) for form in forms_of(record))

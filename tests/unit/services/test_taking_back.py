"""`msreg undo`: one's own last change is taken back exactly, or the reason why not is told (SPEC C4, S5, P8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound
from msreg.services import access, ending, entering, erasing, withdrawing
from msreg.services.adding import add_record
from msreg.services.batch_result import Loaded
from msreg.services.database import check_registry
from msreg.services.editing import edit_record
from msreg.services.removing import remove_record
from msreg.services.shares import share, unshare
from msreg.services.taken_back import Did, TakenBack
from msreg.services.taking_back import take_back
from msreg.services.undoing import undo_batch
from msreg.store import verify
from msreg.store.actor import Actor
from msreg.store.queries.dossiers import TABLES
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Rows = dict[str, list[dict[str, Any]]]
Undo = Callable[..., TakenBack]
TODAY = date(2026, 11, 21)
DAY = date(2024, 5, 6)
DRUG = {"medicine": "L04AG08", "start_date": date(2022, 2, 2)}
PERSON = {
    "consent": True, "consent_date": "2020-01-02", "patient_number": "00001", "family_name": "Jansen",
    "birth_date": "1980-05-06", "sex": "female", "deceased": False, "treatment_ended": False,
    "diagnosis_date": "2019-03-04", "diagnosis_phenotype": "rrms",
}  # fmt: skip
COURSE = {"course_date": DAY, "edss_method": "assessed", "edss": "2.5", "mri_done": False}
PROM = {"answered_on": "2024-07-08", "mobility": "2", "self_care": "2", "usual_activities": "2",
        "pain_discomfort": "2", "anxiety_depression": "2", "health_score": "68"}  # fmt: skip
EFFECT = {"description": "koorts", "report_to_lareb": False}
MORE: dict[Record, dict[str, Any]] = {
    Record.COURSE: {"edss": "3"},
    Record.DISEASE: {"severity": "mild"},
    Record.MEDICATION: {"stop_date": "2023-01-01"},
    Record.ADVERSE_EVENT: {"severity": "mild"},
    Record.PROM: {"health_score": "70"},
}
"""One answer more or another one, of each kind of record."""


class By:
    """Somebody at work: the services that change something, by hand."""

    def __init__(self, registry: Registry, by: Actor) -> None:
        self.registry, self.by = registry, by
        self.at: dict[str, Any] = {"registry": registry, "by": by, "today": TODAY}

    def person(self, number: str = "00001", **other: Any) -> str:
        answers = PERSON | {"patient_number": number} | other
        centre = None if self.by.centre else "AMS01"
        done = add_record(**self.at, record=Record.PATIENT, answers=answers, centre=centre, incomplete=True)
        return done.number

    def add(self, patient: str, record: Record, parent: Any = None, **answers: Any) -> None:
        add_record(**self.at, record=record, patient=patient, parent=parent, answers=answers, incomplete=True)

    def edit(self, patient: str, record: Record, which: Any = None, clear: Any = (), **answers: Any) -> None:
        edit_record(
            **self.at, record=record, patient=patient, which=which or {}, answers=answers, clear=clear
        )

    def remove(self, patient: str, record: Record, **which: Any) -> None:
        remove_record(**self.at, record=record, patient=patient, which=which)

    def undo(self, **how: Any) -> TakenBack:
        return take_back(**self.at, **how)


@pytest.fixture
def me(registry: Registry, desk: Actor) -> By:
    return By(registry, desk)


@pytest.fixture
def other(registry: Registry, desk: Actor) -> By:
    return By(registry, replace(desk, user="somebody", name="somebody"))


@pytest.fixture
def centre(registry: Registry, desk: Actor) -> Callable[[str], By]:
    """A clinician of a centre."""

    def make(code: str) -> By:
        with registry.light() as db:
            known = access.centre_by_code(db, code)
        assert known is not None
        own = frozenset({known[0]})
        role = Role.CLINICIAN
        return By(registry, replace(desk, user=code.lower(), role=role, centres=own, centre=known[0]))

    return make


def rows(registry: Registry) -> Rows:
    """Every row of the tables of records but for when and how often it was changed; answers are read."""
    found: Rows = {}
    with registry.light() as db:
        for table in ("patient", "course", "disease_event", "medication", "adverse_event", "prom", "draft"):
            names = [each[1] for each in db.rows(f"PRAGMA table_info({table})")]
            read = [
                dict(zip(names, each, strict=True)) for each in db.rows(f"SELECT * FROM {table} ORDER BY id")
            ]
            for each in read:
                del each["updated_at"], each["version"], each["created_at"]
                each["answers"] = json.loads(each["answers"])
            found[table] = read
    return found


def event(registry: Registry, seq: int | None = None) -> dict[str, Any]:
    """An event of the log; the last one by default."""
    which = "(SELECT max(seq) FROM audit_event)" if seq is None else str(seq)
    with registry.light() as db:
        found = db.one(f"SELECT seq, body FROM audit_event WHERE seq = {which}")
    assert found is not None
    return {**json.loads(found[1]), "seq": found[0]}


def sound(registry: Registry, by: Actor) -> bool:
    """The log verifies, and every derived column is what the rules make of the answers."""
    with registry.light() as db:
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok
    return check_registry(registry, by=by).ok


def full(me: By) -> str:
    """A patient with one record of each kind."""
    patient = me.person()
    me.add(patient, Record.PROM, **PROM)
    me.add(patient, Record.COURSE, **COURSE)
    me.add(patient, Record.DISEASE, kind="relapse", date="2023-03-03", methylprednisolone=True)
    me.add(patient, Record.MEDICATION, **DRUG)
    me.add(patient, Record.ADVERSE_EVENT, parent=DRUG, **EFFECT)
    return patient


# -- it is as it was ----------------------------------------------------------------------------------------


def test_an_edit_is_taken_back_and_the_log_tells(registry: Registry, desk: Actor, me: By) -> None:
    """Changed, given and cleared answers; one new event that names the rows that it took back."""
    patient = full(me)
    kept = rows(registry)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4", mri_region="brain", clear=("mri_done",))
    seq = event(registry)["seq"]
    done = me.undo()
    assert rows(registry) == kept
    (record,) = done.records
    assert (record.patient, record.record, record.did) == (patient, Record.COURSE, Did.CHANGED)
    told = {each.key: (str(each.old), str(each.new)) for each in record.answers}
    assert told == {"edss": ("4", "2.5"), "mri_done": ("None", "False"), "mri_region": ("brain", "None")}
    logged = event(registry)
    assert (logged["event"], logged["action"], logged["items"]) == ("undo", "U", 1)
    assert (logged["about"]["undoes"], done.change.seqs, done.seq) == ([seq], (seq,), logged["seq"])
    assert sound(registry, desk)


def test_once_more_is_the_change_before_it_and_then_there_is_none(
    registry: Registry, desk: Actor, me: By
) -> None:
    """Each call goes one step back; what undo did is not undone, and an empty history says so (exit 3)."""
    with pytest.raises(NotFound) as told:
        me.undo()
    assert told.value.exit_code == 3
    kept = [rows(registry)]
    patient = me.person()
    for edss in ("3", "4", "5"):
        kept.append(rows(registry))
        if edss == "3":
            me.add(patient, Record.COURSE, **COURSE)
        else:
            me.edit(patient, Record.COURSE, {"course_date": DAY}, edss=edss)
    while kept:
        me.undo()
        assert rows(registry) == kept.pop()
        assert sound(registry, desk)
    with pytest.raises(NotFound):
        me.undo()


def test_a_change_after_an_undo_is_the_last_one(registry: Registry, me: By) -> None:
    patient = full(me)
    course = (patient, Record.COURSE, {"course_date": DAY})
    me.edit(*course, edss="3")
    me.undo()
    kept = rows(registry)
    me.edit(*course, edss="4")
    me.undo()
    assert rows(registry) == kept
    me.undo()  # of the side effect, the last but the two edits
    assert rows(registry)["adverse_event"] == []


@pytest.mark.parametrize("record", Record)
def test_what_was_added_is_deleted(record: Record, registry: Registry, desk: Actor, me: By) -> None:
    """A number that was given is not given again."""
    steps: list[tuple[Record, Rows]] = []
    patient = ""
    for each in Record:
        steps.append((each, rows(registry)))
        if each is Record.PATIENT:
            patient = me.person()
        elif each is Record.ADVERSE_EVENT:
            me.add(patient, each, parent=DRUG, **EFFECT)
        else:
            more = {Record.COURSE: COURSE, Record.DISEASE: {"kind": "referral"}, Record.MEDICATION: DRUG,
                    Record.PROM: PROM}  # fmt: skip
            me.add(patient, each, **more[each])
        if each is record:
            break
    done = me.undo()
    assert rows(registry) == steps[-1][1]
    assert [(each.record, each.did) for each in done.records] == [(record, Did.DELETED)]
    assert sound(registry, desk)
    if record is Record.PATIENT:
        assert me.person() == "MS-0000002"


@pytest.mark.parametrize(
    ("record", "which", "back"),
    [
        (Record.COURSE, {"course_date": DAY}, 1),
        (Record.DISEASE, {"kind": "relapse", "date": "2023-03-03"}, 1),
        (Record.MEDICATION, DRUG, 2),
        (Record.ADVERSE_EVENT, {"description": "koorts"}, 1),
        (Record.PROM, {"answered_on": "2024-07-08"}, 1),
    ],
)
def test_what_was_deleted_comes_back(
    record: Record, which: dict[str, Any], back: int, registry: Registry, desk: Actor, me: By
) -> None:
    """With its id, its answers, its centre, and a medication with its side effects; who read it before it went
    sees another version."""
    patient = full(me)
    table = TABLES[record]
    me.edit(patient, record, which, **MORE[record])
    with registry.light() as db:
        db.execute(f"UPDATE {table} SET centre_id = (SELECT id FROM centre WHERE code = 'UTR01')")
        version = db.one(f"SELECT version FROM {table}")
    kept = rows(registry)
    me.remove(patient, record, **which)
    assert rows(registry) != kept
    done = me.undo()
    assert rows(registry) == kept
    assert [each.did for each in done.records] == [Did.RETURNED] * back
    with registry.light() as db:
        now = db.one(f"SELECT version FROM {table}")
    assert now is not None
    assert version is not None
    assert now[0] > version[0]
    assert sound(registry, desk)


def test_deleted_brought_back_changed_deleted_and_brought_back(registry: Registry, me: By) -> None:
    patient = full(me)
    me.remove(patient, Record.MEDICATION, **DRUG)
    me.undo()
    me.edit(patient, Record.MEDICATION, DRUG, stop_date="2023-01-01")
    kept = rows(registry)
    me.remove(patient, Record.MEDICATION, **DRUG)
    me.undo()
    assert rows(registry) == kept
    me.undo()
    assert rows(registry)["medication"][0]["stop_date"] is None
    me.undo()
    assert rows(registry)["adverse_event"] == []


def test_p9_death_and_end_of_treatment(registry: Registry, desk: Actor, me: By) -> None:
    """Days that are worked out come back too."""
    patient = full(me)
    kept = rows(registry)
    about = {"registry": registry, "by": desk, "patient": patient, "today": TODAY}
    ending.decease(**about, on="2026-01-02", cause="ms")
    assert rows(registry)["patient"][0]["course_due_on"] is None
    me.undo()
    assert rows(registry) == kept
    ending.end(**about, on="2026-01-02", reason="abroad")
    me.undo()
    assert rows(registry) == kept


@pytest.mark.parametrize("seed", range(4))
def test_any_row_of_changes_is_taken_back_one_by_one(
    seed: int, registry: Registry, desk: Actor, me: By
) -> None:
    """Whatever was added, changed and deleted by one person in whatever order."""
    rng, patient = Random(seed), full(me)
    kept: list[Rows] = []
    for step in range(40):
        before = rows(registry)
        try:
            _anything(rng, me, patient, step)
        except MsregError:
            assert rows(registry) == before
            continue
        if rows(registry) != before:
            kept.append(before)
    assert len(kept) > 10
    while kept:
        me.undo()
        assert rows(registry) == kept.pop()
    assert sound(registry, desk)


def _anything(rng: Random, me: By, patient: str, step: int) -> None:
    day = DAY + timedelta(days=rng.randrange(4))
    match rng.randrange(8):
        case 0:
            me.add(patient, Record.COURSE, **COURSE | {"course_date": day})
        case 1:
            me.edit(patient, Record.COURSE, {"course_date": day}, edss=str(rng.randrange(1, 8)))
        case 2:
            me.remove(patient, Record.COURSE, course_date=day)
        case 3:
            me.edit(patient, Record.PATIENT, initials=f"{step}.")
        case 4:
            me.add(patient, Record.ADVERSE_EVENT, parent=DRUG, **EFFECT | {"description": f"x{step % 3}"})
        case 5:
            me.remove(patient, Record.MEDICATION, **DRUG)
        case 6:
            me.add(patient, Record.MEDICATION, **DRUG)
        case _:
            me.edit(patient, Record.MEDICATION, DRUG, stop_date=f"202{rng.randrange(3, 6)}-01-01")


# -- a guided entry is one change ---------------------------------------------------------------------------


def answered(me: By, begun: entering.Entering, answers: dict[str, Any]) -> None:
    for key, value in answers.items():
        done = entering.answer(
            me.registry, by=me.by, entering=begun, key=key, value=value, today=TODAY, reason="zo is het"
        )
        assert done.saved


@pytest.mark.parametrize("finished", [False, True])
def test_a_guided_entry_is_taken_back_as_one(finished: bool, registry: Registry, desk: Actor, me: By) -> None:
    """All its events; one that was broken off does not go on after that."""
    patient = me.person()
    kept = rows(registry)
    begun = entering.begin(registry, by=desk, record=Record.COURSE, patient=patient, today=TODAY)
    answered(
        me, begun, {"course_date": DAY, "edss_method": "assessed", "edss": Decimal(3), "mri_done": False}
    )
    if finished:
        entering.finish(registry, by=desk, entering=begun, today=TODAY)
    else:
        assert rows(registry)["draft"]
    done = me.undo()
    assert rows(registry) == kept
    assert len(done.change.seqs) >= 3
    assert [(each.record, each.did) for each in done.records] == [(Record.COURSE, Did.DELETED)]
    assert event(registry)["about"]["undoes"] == list(done.change.seqs)
    me.undo()
    assert rows(registry)["patient"] == []
    assert sound(registry, desk)


def test_a_guided_edit_is_taken_back_as_one_and_no_entry_before_it(
    registry: Registry, desk: Actor, me: By
) -> None:
    patient = full(me)
    kept = rows(registry)
    for edss in (3, 4):
        begun = entering.begin(
            registry, by=desk, record=Record.COURSE, patient=patient, which={"course_date": DAY}, today=TODAY
        )
        answered(me, begun, {"edss": Decimal(edss), "edss_method": "estimated", "fs_visual": None})
        if edss == 3:
            between = rows(registry)
    me.undo()
    assert rows(registry) == between
    me.undo()
    assert rows(registry) == kept


def test_an_entry_that_went_on_after_it_was_taken_back(registry: Registry, desk: Actor, me: By) -> None:
    """In another terminal: only what came after is taken back the second time."""
    patient = full(me)
    which = {"course_date": DAY}
    begun = entering.begin(registry, by=desk, record=Record.COURSE, patient=patient, which=which, today=TODAY)
    answered(me, begun, {"edss": Decimal(3)})
    me.undo()
    kept = rows(registry)
    answered(me, begun, {"edss_method": "estimated"})
    assert len(me.undo().change.seqs) == 1
    assert rows(registry) == kept
    me.undo()
    assert rows(registry)["adverse_event"] == []


# -- sharing ------------------------------------------------------------------------------------------------


def shares(registry: Registry) -> list[tuple[Any, ...]]:
    with registry.light() as db:
        return db.rows("SELECT until FROM share ORDER BY rowid")


def test_p8_sharing_is_ended_and_goes_on(registry: Registry, desk: Actor, me: By) -> None:
    """Undo of sharing ends it; undo of ending lets it go on as it was."""
    patient = full(me)
    about = {"registry": registry, "by": desk, "patient": patient, "centre_code": "UTR01", "today": TODAY}
    share(**about)
    done = me.undo()
    assert shares(registry) == [("2026-11-21",)]
    assert [(each.did, each.which) for each in done.records] == [(Did.UNSHARED, {"centre": "UTR01"})]
    share(**about)
    unshare(**about)
    done = me.undo()
    assert shares(registry) == [("2026-11-21",), (None,)]
    assert [each.did for each in done.records] == [Did.SHARED]
    assert sound(registry, desk)


def test_sharing_that_somebody_else_changed_since(registry: Registry, desk: Actor, me: By, other: By) -> None:
    """It ended, or began anew, or its centre no longer takes part."""
    patient = full(me)
    about = {"registry": registry, "patient": patient, "centre_code": "UTR01", "today": TODAY}
    share(**about, by=desk)
    unshare(**about, by=other.by)
    with pytest.raises(Conflict, match=f"sharing of {patient} with UTR01 changed after you"):
        me.undo()
    share(**about, by=other.by)
    unshare(**about, by=desk)
    share(**about, by=other.by)
    with pytest.raises(Conflict, match="changed after you"):
        me.undo()


def test_a_share_of_a_centre_that_left_does_not_go_on(registry: Registry, desk: Actor, me: By) -> None:
    patient = full(me)
    about = {"registry": registry, "by": desk, "patient": patient, "centre_code": "UTR01", "today": TODAY}
    share(**about)
    unshare(**about)
    with registry.light() as db:
        db.execute("UPDATE centre SET active = 0 WHERE code = 'UTR01'")
    with pytest.raises(Conflict, match="changed after you"):
        me.undo()
    assert shares(registry) == [("2026-11-21",)]


def test_only_the_registering_centre_takes_sharing_back(
    registry: Registry, desk: Actor, me: By, centre: Callable[[str], By]
) -> None:
    """Who shared for the office works for the other centre by now."""
    patient = full(me)
    share(registry, by=desk, patient=patient, centre_code="UTR01", today=TODAY)
    moved = By(registry, replace(centre("UTR01").by, user=desk.user))
    with pytest.raises(NotAllowed, match="Only the centre that registered"):
        moved.undo()
    assert shares(registry) == [(None,)]


def test_a_patient_who_was_shared_since_is_not_deleted(
    registry: Registry, desk: Actor, me: By, other: By
) -> None:
    patient = me.person()
    share(registry, by=other.by, patient=patient, centre_code="UTR01", today=TODAY)
    with pytest.raises(Conflict, match="shared with another centre since"):
        me.undo()
    assert len(rows(registry)["patient"]) == 1


# -- what stands in the way ---------------------------------------------------------------------------------


def refused(undo: Undo, registry: Registry, **how: Any) -> Conflict:
    """The refusal; nothing is changed, and nothing of it is in the log."""
    kept, last = rows(registry), event(registry)["seq"]
    with pytest.raises(Conflict) as told:
        undo(**how)
    assert told.value.hint
    assert rows(registry) == kept
    assert event(registry)["seq"] == last
    assert "Jansen" not in str(told.value)
    return told.value


def test_a_later_change_of_the_same_record(registry: Registry, me: By, other: By) -> None:
    """By somebody else, of another answer too. When that is taken back, it stands in the way no more."""
    patient = full(me)
    kept = rows(registry)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    other.edit(patient, Record.COURSE, {"course_date": DAY}, mri_done=True)
    seq = event(registry)["seq"]
    found = refused(me.undo, registry)
    assert str(found) == f"somebody changed the course of {patient} after you (row {seq} of the log)."
    assert found.exit_code == 8
    other.undo()
    me.undo()
    assert rows(registry) == kept


def test_a_later_change_of_another_record_is_no_hindrance(registry: Registry, me: By, other: By) -> None:
    patient = full(me)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    other.edit(patient, Record.PATIENT, initials="Q.")
    me.undo()
    assert rows(registry)["course"][0]["edss"] == 2.5
    assert rows(registry)["patient"][0]["initials"] == "Q."


def test_a_record_that_somebody_else_deleted(registry: Registry, me: By, other: By) -> None:
    patient = full(me)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    other.remove(patient, Record.COURSE, course_date=DAY)
    assert "somebody changed the course" in str(refused(me.undo, registry))


def test_a_side_effect_does_not_come_back_without_its_medication(
    registry: Registry, me: By, other: By
) -> None:
    patient = full(me)
    me.remove(patient, Record.ADVERSE_EVENT, description="koorts")
    other.remove(patient, Record.MEDICATION, **DRUG)
    assert "somebody changed the medication of" in str(refused(me.undo, registry))
    other.undo()
    me.undo()
    assert len(rows(registry)["adverse_event"]) == 1


def test_what_was_added_since_to_what_would_be_deleted(registry: Registry, me: By, other: By) -> None:
    patient = me.person()
    me.add(patient, Record.MEDICATION, **DRUG)
    other.add(patient, Record.ADVERSE_EVENT, parent=DRUG, **EFFECT)
    told = refused(me.undo, registry)
    assert str(told) == f"A side effect of {patient} was added since to what would be deleted."
    other.undo()
    me.undo()
    other.add(patient, Record.COURSE, **COURSE)
    assert "A course of" in str(refused(me.undo, registry))


def test_an_old_number_or_bsn_that_another_patient_has_by_now(registry: Registry, me: By, other: By) -> None:
    """P3, P4."""
    patient = me.person("00001", bsn="999990019")
    me.edit(patient, Record.PATIENT, patient_number="00002")
    me.edit(patient, Record.PATIENT, clear=("bsn",))
    other.person("00001")
    other.person("00003", bsn="999990019")
    told = refused(me.undo, registry)
    assert (told.field, "999990019" in str(told)) == ("bsn", False)
    other.undo()
    me.undo()
    assert refused(me.undo, registry).field == "patient_number"
    other.undo()
    me.undo()
    assert rows(registry)["patient"][0]["patient_number"] == "00001"


def test_a_rule_that_the_old_answers_would_break(registry: Registry, me: By, other: By) -> None:
    """G4: a medicine comes back into a period that another one has by now."""
    patient = full(me)
    me.remove(patient, Record.MEDICATION, **DRUG)
    other.add(patient, Record.MEDICATION, medicine="L04AG08", start_date="2023-01-01", stop_date="2024-01-01")
    told = refused(me.undo, registry)
    assert told.rule is not None
    assert told.rule.startswith("MED-")
    assert told.rule in str(told)
    assert told.rule in (told.hint_text() or "")
    other.undo()
    me.undo()
    assert len(rows(registry)["medication"]) == 1


def test_a_batch_is_taken_back_as_a_whole(
    registry: Registry, desk: Actor, me: By, lay: Callable[..., Loaded], row: Any
) -> None:
    """The last change by hand comes after the batch was taken back; a batch and its undo are passed over."""
    patient = me.person("00009")
    kept = rows(registry)
    me.edit(patient, Record.PATIENT, initials="Q.")
    between = rows(registry)
    lay(patients=[row["patient"]()])
    told = refused(me.undo, registry)
    assert (str(told), told.hint_text()) == (
        "Your last change is the batch B-000001, which is taken back as a whole.",
        "Take it back with: msreg imports undo B-000001",
    )
    undo_batch(registry, by=desk, batch="B-000001", today=TODAY)
    assert rows(registry) == between
    me.undo()
    assert rows(registry) == kept


def test_an_edit_that_was_undone_no_longer_keeps_a_batch(
    registry: Registry, desk: Actor, me: By, lay: Callable[..., Loaded], row: Any
) -> None:
    """B5: the hand's change and its undo cancel each other out."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    me.edit("MS-0000001", Record.COURSE, {"course_date": date(2021, 1, 1)}, edss="4")
    assert undo_batch(registry, by=desk, batch="1", today=TODAY, dry_run=True).refused
    me.undo()
    assert not undo_batch(registry, by=desk, batch="1", today=TODAY).refused
    assert rows(registry)["patient"] == []


def test_an_edit_that_was_undone_is_not_newer_than_a_file(
    registry: Registry, me: By, lay: Callable[..., Loaded], row: Any
) -> None:
    """B4: a file changes what a hand's answer would have kept, once that answer was taken back."""
    day = {"course_date": date(2021, 1, 1)}
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    me.edit("MS-0000001", Record.COURSE, day, edss="4")
    lay(courses=[row["course"](edss=6)], dry_run=True)
    me.undo()
    lay(courses=[row["course"](edss=6)])
    assert rows(registry)["course"][0]["edss"] == 6
    me.edit("MS-0000001", Record.COURSE, day, edss="4")
    lay(courses=[row["course"](edss=7)])
    assert rows(registry)["course"][0]["edss"] == 4


def test_demo_people_are_not_taken_back(people_registry: Registry, desk_of_people: Actor) -> None:
    with pytest.raises(Conflict, match="made-up people"):
        take_back(people_registry, by=desk_of_people, today=TODAY)


def test_changes_of_the_office_are_passed_over(registry: Registry, desk: Actor, me: By) -> None:
    """Centres and derived columns hold nothing of a patient's record."""
    from msreg.services.centres import edit_centre

    patient = full(me)
    kept = rows(registry)
    me.edit(patient, Record.PATIENT, initials="Q.")
    edit_centre(registry, by=desk, code="UTR01", name="Anders")
    with registry.light() as db:
        db.execute("UPDATE patient SET last_phenotype = 'spms'")
    check_registry(registry, by=desk, fix=True)
    me.undo()
    assert rows(registry) == kept


# -- who may ------------------------------------------------------------------------------------------------


def test_a_role_without_the_right_is_refused(registry: Registry, desk: Actor) -> None:
    with pytest.raises(NotAllowed):
        take_back(registry, by=replace(desk, role=Role.READER), today=TODAY)
    assert (event(registry)["event"], event(registry)["outcome"]) == ("undo", "4")


def test_everybody_takes_back_what_is_their_own(registry: Registry, me: By, other: By) -> None:
    patient = full(me)
    other.edit(patient, Record.PATIENT, initials="Q.")
    me.undo()
    assert rows(registry)["adverse_event"] == []
    other.undo()
    with pytest.raises(NotFound):
        other.undo()


def test_a_patient_who_is_no_longer_shared_is_out_of_reach(
    registry: Registry, desk: Actor, me: By, centre: Callable[[str], By]
) -> None:
    """P8: exit 5, told in the log; what the centre wrote stays."""
    patient = full(me)
    about = {"registry": registry, "by": desk, "patient": patient, "centre_code": "UTR01", "today": TODAY}
    share(**about)
    guest = centre("UTR01")
    guest.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    unshare(**about)
    kept = rows(registry)
    with pytest.raises(NotAllowed, match="no longer see"):
        guest.undo()
    assert (event(registry)["event"], event(registry)["outcome"]) == ("undo", "4")
    assert rows(registry) == kept
    share(**about)
    guest.undo()
    assert rows(registry)["course"][0]["edss"] == 2.5


def test_p10_nothing_is_written_after_consent_was_withdrawn(registry: Registry, me: By) -> None:
    patient = full(me)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    with registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-11-20'")
    with pytest.raises(NotAllowed, match="withdrew consent"):
        me.undo()


def test_p10_a_withdrawal_and_a_new_form_are_taken_back(registry: Registry, desk: Actor, me: By) -> None:
    """Undo is excepted from the rule for the withdrawal itself; days that are worked out come back."""
    patient = full(me)
    kept = rows(registry)
    about = {"registry": registry, "by": desk, "patient": patient, "today": TODAY}
    withdrawing.withdraw(**about, on=date(2026, 11, 20), reason="belde zelf")
    gone = rows(registry)
    assert gone["patient"][0]["withdrawn_on"] == "2026-11-20"
    withdrawing.consent(**about, on=TODAY)
    done = me.undo()
    assert rows(registry) == gone
    assert [each.key for each in done.records[0].answers] == ["consent_date", "withdrawn_on"]
    done = me.undo()
    assert rows(registry) == kept
    (told,) = done.records[0].answers
    assert (told.key, told.old, told.new) == ("withdrawn_on", date(2026, 11, 20), None)
    assert sound(registry, desk)
    me.undo()
    assert rows(registry)["adverse_event"] == []


def test_p10_an_erasure_cannot_be_taken_back(registry: Registry, desk: Actor, me: By, other: By) -> None:
    """By who erased, nor what anybody else had changed of the patient."""
    patient = full(me)
    other.edit(patient, Record.PATIENT, initials="Q.")
    erasing.erase(registry, by=desk, patient=patient, today=TODAY)
    for each, words in ((me, "erased a patient"), (other, "no longer in the registry")):
        assert words in str(refused(each.undo, registry))


# -- dry run, and what was shown ----------------------------------------------------------------------------


def test_c5_a_dry_run_tells_the_same_and_leaves_a_look(registry: Registry, me: By) -> None:
    patient = full(me)
    me.remove(patient, Record.MEDICATION, **DRUG)
    kept, last = rows(registry), event(registry)["seq"]
    trial = me.undo(dry_run=True)
    assert rows(registry) == kept
    logged = event(registry)
    assert (logged["seq"], logged["event"], logged["action"], logged["items"]) == (last + 1, "undo", "R", 1)
    done = me.undo()
    assert (trial.change, trial.records, trial.seq) == (done.change, done.records, None)


def test_only_what_was_shown_is_taken_back(registry: Registry, me: By) -> None:
    """Somebody changes another thing in a second terminal between the question and the answer."""
    patient = full(me)
    me.edit(patient, Record.COURSE, {"course_date": DAY}, edss="4")
    shown = me.undo(dry_run=True).change.seqs
    me.edit(patient, Record.PATIENT, initials="Q.")
    assert "something else in the meantime" in str(refused(me.undo, registry, only=shown))
    me.undo(only=me.undo(dry_run=True).change.seqs)
    me.undo(only=shown)
    assert rows(registry)["course"][0]["edss"] == 2.5

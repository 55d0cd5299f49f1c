"""Cases: reporting, finding, showing and changing one (SPEC N1, N3, N5, C8, S5; security S2, S3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.rules.case_windows import Included
from msreg.services.case_editing import edit_case
from msreg.services.case_opening import NewCase, new_case
from msreg.services.case_steps import withdraw
from msreg.services.cases import Case, show_case
from msreg.store.actor import Actor
from msreg.store.queries.saving import add
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, CaseState, CaseStep, Right, Role
from tests.cases import add_file, person, reported

NOBODY_OF_CASES = (Role.DATA_MANAGER, Role.CLINICIAN, Role.READER, Role.IMPORTER, Role.AUDITOR)


@pytest.fixture
def notifier(registry: Registry, desk: Actor) -> Actor:
    return person(registry, desk, Role.NOTIFIER)


@pytest.fixture
def of(registry: Registry, desk: Actor) -> Callable[..., Actor]:
    """Somebody: `of(Role.ENTRY_CLERK, "UTR01")`."""

    def make(role: Role, centre: str = "AMS01") -> Actor:
        return person(registry, desk, role, centre)

    return make


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
    return [json.loads(row[0]) for row in rows]


def items(registry: Registry) -> list[tuple[str, str, str]]:
    """Entity, id and action of the items of the last event."""
    with registry.light() as db:
        return [
            (row[0], row[1], row[2])
            for row in db.rows(
                "SELECT entity, entity_id, action FROM audit_item"
                " WHERE seq = (SELECT max(seq) FROM audit_event) ORDER BY n"
            )
        ]


def count(registry: Registry, table: str) -> int:
    with registry.light() as db:
        found = db.one(f"SELECT count(*) FROM {table}")
    assert found is not None
    return int(found[0])


# -- reporting ----------------------------------------------------------------------------------------


def test_n3_a_case_is_a_concept_with_a_theme_and_nothing_else(
    registry: Registry, notifier: Actor, today: date
) -> None:
    done = reported(registry, notifier, today)
    assert str(done.number) == "NC-2026-0001"
    assert (done.centre, done.reminder_on) == ("AMS01", today + timedelta(days=28))
    assert done.judged.included is Included.UNKNOWN
    case = show_case(registry, by=notifier, case="nc-2026-1")
    assert (case.id, case.state, case.since) == (done.id, CaseState.CONCEPT, today)
    assert (case.row["opened_on"], case.row["opened_by"]) == (today.isoformat(), notifier.user)
    assert case.values == {"theme": "peripartum_hysterectomy"}
    assert [(each.step, each.before, each.after) for each in case.steps] == [
        (CaseStep.CREATE, None, CaseState.CONCEPT)
    ]


def test_numbers_count_by_process_and_year(registry: Registry, desk: Actor) -> None:
    """NC and LZ each from 1; on 31 December still, on 1 January anew."""
    days = (date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))
    made = [str(reported(registry, desk, day).number) for day in days]
    assert made == ["NC-2026-0001", "NC-2026-0002", "NC-2027-0001", "NC-2027-0002"]
    late = [str(reported(registry, desk, day, "late_termination").number) for day in days[1:3]]
    assert late == ["LZ-2026-0001", "LZ-2027-0001"]


def test_a_number_is_not_given_again(registry: Registry, desk: Actor, today: date) -> None:
    first = reported(registry, desk, today)
    withdraw(registry, by=desk, case=str(first.number), today=today, remark="dubbel")
    assert reported(registry, desk, today).number.place == 2


def test_two_who_report_at_the_same_time_get_two_numbers(
    registry: Registry, desk: Actor, today: date
) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _n: reported(registry, desk, today).number, range(12)))
    assert sorted(each.place for each in made) == list(range(1, 13))


@pytest.mark.parametrize(
    "name", ["HYS", "hys", "peripartum_hysterectomy", "Peripartum hysterectomie", "hysterectomy"]
)
def test_a_theme_is_named_by_key_code_or_label(
    name: str, registry: Registry, desk: Actor, today: date
) -> None:
    assert reported(registry, desk, today, name).theme.key == "peripartum_hysterectomy"


@pytest.mark.parametrize(
    ("answers", "kind", "field", "rule"),
    [
        ({}, Usage, "theme", None),
        ({"theme": "appendicitis"}, Refused, "theme", "FRM-005"),
        ({"theme": "HYS", "event_date": "2026-11-22"}, Refused, "event_date", "FRM-006"),
        ({"theme": "HYS", "event_date": "31-02-2026"}, Refused, "event_date", "FRM-002"),
        ({"theme": "HYS", "patient_number": "1" * 21}, Refused, "patient_number", "FRM-008"),
        ({"theme": "LZA1", "gestation_weeks": "45"}, Refused, "gestation_weeks", "FRM-004"),
        (
            {"theme": "HYS", "pregnancy_start": "2026-03-02", "pregnancy_ended": "yes",
             "delivery_date": "2026-03-01"},
            Refused, "delivery_date", "CAS-001",
        ),
    ],
)  # fmt: skip
def test_wrong_answers_are_refused_and_leave_nothing(
    answers: dict[str, str], kind: type[MsregError], field: str, rule: str | None,
    registry: Registry, desk: Actor, today: date,
) -> None:  # fmt: skip
    with pytest.raises(kind) as told:
        new_case(registry, by=desk, answers=answers, centre="AMS01", today=today)
    assert (told.value.field, told.value.rule) == (field, rule)
    assert not any(str(value) in str(told.value) for value in answers.values() if len(str(value)) > 4)
    assert count(registry, "notification") == count(registry, "case_step") == 0


@pytest.mark.parametrize(
    ("day", "included"),
    [("2026-04-11", Included.YES), ("2026-04-12", Included.YES), ("2026-04-13", Included.NO)],
)
def test_n1_outside_its_theme_is_told_and_not_refused(
    day: str, included: Included, registry: Registry, desk: Actor, today: date
) -> None:
    """Day 42 after 1 March is 12 April."""
    done = reported(registry, desk, today, event_date=day, pregnancy_ended="yes", delivery_date="2026-03-01")
    assert done.judged.included is included


def test_an_answer_that_the_theme_does_not_ask_is_kept_and_told(
    registry: Registry, desk: Actor, today: date
) -> None:
    """K4."""
    done = reported(registry, desk, today, caesarean_date="2026-03-01")
    assert [(each.code, each.field) for each in done.doubts] == [("FRM-009", "caesarean_date")]
    assert show_case(registry, by=desk, case=str(done.number)).values["caesarean_date"] == date(2026, 3, 1)


def test_the_centre_is_ones_own(
    registry: Registry, desk: Actor, today: date, of: Callable[..., Actor]
) -> None:
    """S3: who works for one centre need not name it and names no other; the office names it."""
    utrecht = of(Role.NOTIFIER, "UTR01")
    assert reported(registry, utrecht, today).centre == "UTR01"
    theme = {"theme": "HYS"}
    assert new_case(registry, by=utrecht, answers=theme, centre="utr01", today=today).centre == "UTR01"
    for by, centre, kind in (
        (utrecht, "AMS01", NotAllowed),
        (utrecht, "ZZZ99", NotFound),
        (desk, "ZZZ99", NotFound),
        (desk, None, Usage),
    ):
        with pytest.raises(kind) as told:
            new_case(registry, by=by, answers=theme, centre=centre, today=today)
        assert told.value.field == "centre"
    with registry.light() as db:
        db.execute("UPDATE centre SET active = 0 WHERE code = 'UTR01'")
    for centre in (None, "UTR01"):
        with pytest.raises(NotAllowed):
            new_case(registry, by=utrecht, answers=theme, centre=centre, today=today)
    assert count(registry, "notification") == 2


@pytest.mark.parametrize("role", list(Role))
def test_n3_only_who_may_report_reports(
    role: Role, registry: Registry, today: date, of: Callable[..., Actor]
) -> None:
    """An entry clerk does not, nor does the coordinator."""
    by = of(role)
    if role in (Role.NOTIFIER, Role.DESK):
        for theme in ("HYS", "LZA1"):
            reported(registry, by, today, theme)
        return
    with pytest.raises(NotAllowed) as told:
        reported(registry, by, today)
    assert told.value.params["right"] == Right.CASES_CREATE.value
    assert count(registry, "notification") == 0
    assert (events(registry)[-1]["event"], events(registry)[-1]["outcome"]) == ("cases.new", "4")


@pytest.mark.parametrize(
    ("month", "process", "undone"),
    [
        ("2026-11", "nethoss", True),
        ("2026-10", "nethoss", False),
        ("2026-12", "nethoss", False),
        ("2026-11", "lza1", False),
    ],
)
def test_a_null_report_of_that_month_is_undone(
    month: str, process: str, undone: bool, registry: Registry, notifier: Actor, today: date
) -> None:
    with registry.light() as db:
        row = {"id": "1" * 32, "created_at": "2026-11-01 00:00:00", "updated_at": "2026-11-01 00:00:00",
               "version": 1, "centre_id": notifier.centre, "process": process, "month": month, "user": "x",
               "user_name": "x"}  # fmt: skip
        add(db, "null_report", [row])
    trial = new_case(registry, by=notifier, answers={"theme": "HYS"}, today=today, dry_run=True)
    done = reported(registry, notifier, today)
    assert trial.null_report_undone == done.null_report_undone == (month if undone else None)
    with registry.light() as db:
        assert db.one("SELECT undone_by FROM null_report") == (done.id if undone else None,)
    assert ("null_report" in [entity for entity, _id, _action in items(registry)]) is undone


def test_c5_a_dry_run_tells_the_number_and_writes_nothing(
    registry: Registry, desk: Actor, today: date
) -> None:
    trial = new_case(registry, by=desk, answers={"theme": "HYS"}, centre="AMS01", today=today, dry_run=True)
    assert (str(trial.number), trial.dry_run) == ("NC-2026-0001", True)
    assert count(registry, "notification") == count(registry, "case_step") == 0
    assert reported(registry, desk, today).number == trial.number


# -- finding and showing ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["NC-2026-0001", "nc-2026-1", " NC 2026 0001 ", "NC20260001"])
def test_a_case_is_named_by_its_number(name: str, registry: Registry, desk: Actor, today: date) -> None:
    reported(registry, desk, today)
    assert show_case(registry, by=desk, case=name).number.place == 1


@pytest.mark.parametrize("name", ["", "1", "MS-0000001", "XX-2026-0001", "NC-2026-0000", "12345"])
def test_what_is_no_number_is_a_usage_error(name: str, registry: Registry, desk: Actor) -> None:
    with pytest.raises(Usage):
        show_case(registry, by=desk, case=name)


def test_unknown_of_another_centre_and_late_are_told_alike(
    registry: Registry, desk: Actor, today: date, of: Callable[..., Actor]
) -> None:
    """S3: nobody learns that there is a case by asking for it; that somebody asked is in the log."""
    own = reported(registry, desk, today)
    late = reported(registry, desk, today, "late_termination")
    utrecht, clerk = of(Role.NOTIFIER, "UTR01"), of(Role.ENTRY_CLERK)
    told = []
    for by, name in ((utrecht, str(own.number)), (clerk, str(late.number)), (clerk, "NC-2026-0099")):
        with pytest.raises(NotFound) as fault:
            show_case(registry, by=by, case=name)
        told.append((fault.value.text(), fault.value.hint_text(), fault.value.field))
        last = events(registry)[-1]
        assert (last["event"], last["outcome"], last["about"]) == ("cases.show", "4", {"case": name})
    assert len(set(told)) == 1
    for by in (of(Role.NOTIFIER), of(Role.COORDINATOR), desk):
        assert show_case(registry, by=by, case=str(late.number)).id == late.id
    assert show_case(registry, by=clerk, case=str(own.number)).id == own.id


def test_what_is_typed_that_is_no_number_stays_out_of_the_log(registry: Registry, desk: Actor) -> None:
    with pytest.raises(Usage):
        show_case(registry, by=desk, case="Jansen")
    assert not any("Jansen" in str(each) for each in events(registry))


@pytest.mark.parametrize("role", NOBODY_OF_CASES)
def test_s2_who_has_nothing_to_do_with_cases_sees_none(
    role: Role, registry: Registry, desk: Actor, today: date, of: Callable[..., Actor]
) -> None:
    done = reported(registry, desk, today)
    with pytest.raises(NotAllowed):
        show_case(registry, by=of(role), case=str(done.number))


def test_s5_a_look_names_the_case(registry: Registry, notifier: Actor, today: date) -> None:
    done = reported(registry, notifier, today)
    show_case(registry, by=notifier, case=str(done.number))
    last = events(registry)[-1]
    assert (last["event"], last["action"], last["about"]) == (
        "cases.show", "R", {"case": "NC-2026-0001"},
    )  # fmt: skip
    assert items(registry) == [("notification", done.id, "R")]


def test_a_patient_number_does_not_go_to_the_committee(
    registry: Registry, notifier: Actor, today: date, of: Callable[..., Actor]
) -> None:
    """N3: it is for finding the record again in the hospital."""
    done = reported(registry, notifier, today, patient_number="12345")
    for role in (Role.NOTIFIER, Role.ENTRY_CLERK, Role.DESK):
        assert show_case(registry, by=of(role), case=str(done.number)).values["patient_number"] == "12345"
    for role in (Role.COORDINATOR, Role.JOB):
        assert "12345" not in repr(show_case(registry, by=of(role), case=str(done.number)))


def test_what_is_missing_follows_files_and_forms(registry: Registry, desk: Actor, today: date) -> None:
    done = reported(registry, desk, today, "maternal_death")

    def now() -> Case:
        return show_case(registry, by=desk, case=str(done.number))

    all_ = [each.key for each in now().lacking.documents]
    assert all_[:2] == ["pregnancy_card", "delivery_report"]
    add_file(registry, done.id, wanted="delivery_report")
    add_file(registry, done.id, wanted="pregnancy_card", held=True)
    assert [each.key for each in now().lacking.documents] == [x for x in all_ if x != "delivery_report"]
    (form,) = now().forms
    assert (form.form, form.begun, form.complete) == (CaseForm.CRF, False, False)
    assert [each.form for each in now().lacking.forms] == ["crf_maternal_death"]


def test_the_remarks_stand_newest_first(registry: Registry, desk: Actor, today: date) -> None:
    done = reported(registry, desk, today)
    withdraw(registry, by=desk, case=str(done.number), today=today, remark="  dubbel gemeld ")
    case = show_case(registry, by=desk, case=str(done.number))
    assert [(each.step, each.remark, each.user) for each in case.remarks] == [
        (CaseStep.WITHDRAW, "dubbel gemeld", desk.user)
    ]
    assert case.possible == ()


# -- changing -----------------------------------------------------------------------------------------


@pytest.fixture
def case(registry: Registry, notifier: Actor, today: date) -> NewCase:
    return reported(registry, notifier, today, event_date="2026-03-05")


def test_answers_change_and_the_log_has_old_and_new(
    registry: Registry, notifier: Actor, today: date, case: NewCase
) -> None:
    done = edit_case(
        registry, by=notifier, case=str(case.number), today=today,
        answers={"pregnancy_ended": "ja", "delivery_date": "01-03-2026", "event_date": "2026-03-06"},
    )  # fmt: skip
    assert [(each.key, each.old, each.new) for each in done.changes] == [
        ("event_date", date(2026, 3, 5), date(2026, 3, 6)),
        ("pregnancy_ended", None, True),
        ("delivery_date", None, date(2026, 3, 1)),
    ]
    assert (done.judged.included, done.version) == (Included.YES, 2)
    with registry.light() as db:
        row = db.one("SELECT before, after FROM audit_item WHERE entity = 'notification' AND action = 'U'")
    assert row is not None
    assert json.loads(row[0]) == {"event_date": "2026-03-05"}
    assert json.loads(row[1])["delivery_date"] == "2026-03-01"


def test_an_answer_is_taken_away(registry: Registry, notifier: Actor, today: date, case: NewCase) -> None:
    edit_case(registry, by=notifier, case=str(case.number), answers={}, clear=["event_date"], today=today)
    edit_case(registry, by=notifier, case=str(case.number), answers={}, empty=["delivery_date"], today=today)
    assert show_case(registry, by=notifier, case=str(case.number)).values == {
        "theme": "peripartum_hysterectomy"
    }


def test_nothing_changed_is_no_new_version(
    registry: Registry, notifier: Actor, today: date, case: NewCase
) -> None:
    done = edit_case(
        registry, by=notifier, case=str(case.number), answers={"event_date": "5-3-2026"}, today=today
    )
    assert (done.changes, done.version) == ([], 1)


@pytest.mark.parametrize(
    ("how", "kind", "field"),
    [
        ({"answers": {}}, Usage, None),
        ({"answers": {}, "clear": ["shoe_size"]}, Usage, "clear"),
        ({"answers": {}, "clear": ["theme"]}, Refused, "theme"),
        ({"answers": {"theme": "LZA1"}}, Conflict, "theme"),
        ({"answers": {"patient_number": ""}}, Usage, "patient_number"),
        ({"answers": {"event_date": "2026-11-22"}}, Refused, "event_date"),
        ({"answers": {"patient_number": "7"}, "version": 2}, Conflict, "version"),
        ({"answers": {"patient_number": "7"}, "version": 0}, Conflict, "version"),
    ],
)
def test_a_wrong_change_is_refused(
    how: dict[str, Any], kind: type[MsregError], field: str | None,
    registry: Registry, notifier: Actor, today: date, case: NewCase,
) -> None:  # fmt: skip
    with pytest.raises(kind) as told:
        edit_case(registry, by=notifier, case=str(case.number), today=today, **how)
    assert told.value.field == field
    assert show_case(registry, by=notifier, case=str(case.number)).row["version"] == 1


def test_another_theme_of_the_process_keeps_number_and_answers(
    registry: Registry, notifier: Actor, today: date, case: NewCase
) -> None:
    edit_case(registry, by=notifier, case=str(case.number), answers={"pregnancy_ended": "no"}, today=today)
    done = edit_case(registry, by=notifier, case=str(case.number), answers={"theme": "REL"}, today=today)
    assert (done.number, done.theme.key) == (case.number, "relaparotomy")
    assert [(each.code, each.field) for each in done.doubts] == [("FRM-009", "pregnancy_ended")]
    assert show_case(registry, by=notifier, case=str(case.number)).values["pregnancy_ended"] is False


def test_a_fault_that_was_there_does_not_stand_in_the_way(
    registry: Registry, notifier: Actor, today: date, case: NewCase
) -> None:
    with registry.light() as db:
        wrong = {"pregnancy_start": "2026-03-02", "pregnancy_ended": True, "delivery_date": "2026-03-01"}
        db.execute("UPDATE notification SET answers = ?", (json.dumps(wrong),))
    edit_case(registry, by=notifier, case=str(case.number), answers={"patient_number": "7"}, today=today)
    with pytest.raises(Refused) as told:
        edit_case(
            registry, by=notifier, case=str(case.number), answers={"delivery_date": "2026-02-28"}, today=today
        )
    assert told.value.rule == "CAS-001"


def test_who_comes_second_is_told(
    registry: Registry, notifier: Actor, today: date, case: NewCase, of: Callable[..., Actor]
) -> None:
    """Both looked at version 1: the second change is refused and changes nothing."""
    clerk = of(Role.ENTRY_CLERK)
    name = str(case.number)
    edit_case(registry, by=clerk, case=name, answers={"patient_number": "1"}, version=1, today=today)
    with pytest.raises(Conflict):
        edit_case(registry, by=notifier, case=name, answers={"patient_number": "2"}, version=1, today=today)
    assert show_case(registry, by=notifier, case=name).values["patient_number"] == "1"


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_a_case(
    role: Role, registry: Registry, today: date, case: NewCase, of: Callable[..., Actor]
) -> None:
    """N3: an entry clerk fills in what a notifier reported; the coordinator changes nothing."""
    by = of(role)
    how: dict[str, Any] = {"case": str(case.number), "answers": {"patient_number": "7"}, "today": today}
    if role in (Role.NOTIFIER, Role.ENTRY_CLERK, Role.DESK):
        assert edit_case(registry, by=by, **how).version == 2
        return
    with pytest.raises(NotAllowed):
        edit_case(registry, by=by, **how)


def test_a_case_of_another_centre_cannot_be_changed(
    registry: Registry, today: date, case: NewCase, of: Callable[..., Actor]
) -> None:
    with pytest.raises(NotFound):
        edit_case(
            registry, by=of(Role.NOTIFIER, "UTR01"), case=str(case.number), answers={"patient_number": "7"},
            today=today,
        )  # fmt: skip


def test_c5_a_dry_run_of_a_change(registry: Registry, notifier: Actor, today: date, case: NewCase) -> None:
    done = edit_case(
        registry,
        by=notifier,
        case=str(case.number),
        answers={"patient_number": "7"},
        today=today,
        dry_run=True,
    )
    assert [each.key for each in done.changes] == ["patient_number"]
    assert show_case(registry, by=notifier, case=str(case.number)).row["version"] == 1

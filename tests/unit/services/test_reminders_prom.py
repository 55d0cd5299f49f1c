"""Invitations to the questionnaire (SPEC Q1, decision 0042): when, once, and whether still right before sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from msreg.rules.duedates import months_after
from msreg.services.adding import add_record
from msreg.services.database import check_registry
from msreg.services.editing import edit_record
from msreg.services.ending import decease, end
from msreg.services.erasing import erase
from msreg.services.mail_kinds import Addressed
from msreg.services.mail_stopping import stop
from msreg.services.reminders import due, queue_due
from msreg.services.removing import remove_record
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose, MailKind, MailReason, Record
from tests.mails import check, outbox, repeating, sql

D = date
DAY = timedelta(days=1)
PROM = MailKind.PROM_INVITATION
P = "MS-0000001"
LAST = D(2026, 6, 30)
ASKED = D(2026, 8, 30)
"""Two months after it."""
LAPSES = D(2027, 7, 1)
"""The day on which the next course is due."""

Make = Callable[..., None]


@pytest.fixture
def patient(lay: Callable[..., Any], row: Any) -> Make:
    """One patient with these courses and lists."""

    def make(*courses: date, lists: tuple[date, ...] = (), **who: Any) -> None:
        sheets = {
            "patients": [row["patient"](**({"email": "a@example.org"} | who))],
            "courses": [row["course"](course_date=each) for each in courses],
            "proms": [row["prom"](answered_on=each) for each in lists],
        }
        done = lay(**{sheet: rows for sheet, rows in sheets.items() if rows})
        assert not done.refused, [(each.sheet, each.field, each.code) for each in done.errors]

    return make


@pytest.fixture
def slots(registry: Registry, desk: Actor) -> Callable[[date], list[date]]:
    """The days of the invitations that are due on a day."""

    def read(today: date) -> list[date]:
        found = due(registry, by=desk, today=today, kinds=[PROM])
        return [each.due_on for each in found if each.state is None]

    return read


@pytest.fixture
def run(registry: Registry, desk: Actor) -> Callable[[date], int]:
    def call(today: date) -> int:
        return queue_due(registry, by=desk, today=today, kinds=[PROM])[PROM]

    return call


def sound(registry: Registry, desk: Actor) -> None:
    """What stands with the patient is what the rules make of it."""
    assert check_registry(registry, by=desk).ok


@pytest.mark.parametrize(
    ("last", "asked"),
    [
        (LAST, ASKED),
        (D(2025, 12, 29), D(2026, 2, 28)),
        (D(2025, 12, 31), D(2026, 2, 28)),
        (D(2023, 12, 31), D(2024, 2, 29)),
        (D(2024, 2, 29), D(2024, 4, 29)),
        (D(2026, 1, 29), D(2026, 3, 29)),
        (D(2026, 8, 25), D(2026, 10, 25)),
    ],
)
def test_two_months_after_the_last_course(last: date, asked: date, patient: Make, slots: Any) -> None:
    """The day before, the day, the day after; the ends of months, 29 February, the days of the clocks."""
    patient(last)
    assert slots(asked - DAY) == []
    assert slots(asked) == slots(asked + DAY) == [asked]


def test_it_lapses_when_the_next_course_is_due(patient: Make, slots: Any) -> None:
    """The first run on an old registry does not write to everybody."""
    patient(LAST)
    assert slots(LAPSES - DAY) == [ASKED]
    assert slots(LAPSES) == slots(LAPSES + DAY) == slots(LAPSES + 3000 * DAY) == []


@pytest.mark.parametrize(
    "last", [D(2024, 2, 28), D(2024, 2, 29), D(2023, 12, 30), D(2024, 4, 30), D(2023, 8, 31)]
)
def test_the_index_is_read_from_late_enough_and_early_enough(last: date, patient: Make, slots: Any) -> None:
    """What is due to the last day before it lapses is never cut off."""
    patient(last)
    lapses = next(day for day in (months_after(last, 12) + n * DAY for n in range(-2, 4)) if not slots(day))
    assert slots(lapses - DAY)
    assert lapses in (months_after(last, 12), months_after(last, 12) + DAY, months_after(last, 12) + 2 * DAY)


def test_once_and_what_goes_out(patient: Make, run: Any, slots: Any, registry: Registry, desk: Actor) -> None:
    patient(D(2025, 1, 1), LAST)
    assert (run(ASKED - DAY), run(ASKED), run(ASKED), run(ASKED + DAY)) == (0, 1, 0, 0)
    (mail,) = outbox(registry)
    assert (mail["kind"], mail["period"], mail["due_on"], mail["state"]) == (
        "prom-invitation", "2026-08-30", "2026-08-30", "new",
    )  # fmt: skip
    assert mail["key"] == f"prom-invitation:{mail['patient_id']}:2026-08-30"
    assert mail["operator_id"] is mail["notification_id"] is None
    with registry.light() as db:
        asked = db.one("SELECT asked_for_on, ask_due_on, version FROM patient")
        course = db.one("SELECT asked_course_id FROM patient")
        newest = db.one("SELECT id FROM course WHERE course_date = ?", (LAST.isoformat(),))
    assert asked == ("2026-08-30", None, 1)
    assert course == newest
    sound(registry, desk)
    found = check(registry, mail, ASKED)
    assert isinstance(found, Addressed)
    assert (found.to, found.language, found.unsubscribe) == ("a@example.org", Language.NL, "stop_link")
    assert found.values == {"until": ASKED + 42 * DAY}
    assert [(each.name, each.purpose, each.until) for each in found.links] == [
        ("link", LinkPurpose.PROM, ASKED + 42 * DAY), ("stop_link", LinkPurpose.STOP, ASKED + 365 * DAY),
    ]  # fmt: skip
    assert "example.org" not in repr(found)


def test_what_waits_is_still_shown_and_is_not_due_twice(
    patient: Make, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(LAST)
    run(ASKED)
    (found,) = due(registry, by=desk, today=ASKED, kinds=[PROM])
    assert (found.state, found.who, found.centre, found.due_on) == ("new", P, "AMS01", ASKED)


def test_late_is_better_than_never(patient: Make, run: Any, registry: Registry) -> None:
    """Thirteen weeks nothing ran: it goes now, with its own day in the key."""
    patient(LAST)
    assert run(ASKED + 91 * DAY) == 1
    assert outbox(registry)[0]["period"] == ASKED.isoformat()


def test_r12_of_two_courses_in_the_downtime_only_the_newest_asks(
    patient: Make, run: Any, registry: Registry
) -> None:
    patient(D(2026, 3, 1), D(2026, 6, 1))
    assert run(D(2026, 8, 20)) == 1
    assert outbox(registry)[0]["period"] == "2026-08-01"


def test_a_list_on_paper_answers_it(patient: Make, slots: Any) -> None:
    patient(LAST, lists=(LAST,))
    assert slots(ASKED) == []


def test_a_list_from_before_the_course_does_not(patient: Make, slots: Any) -> None:
    patient(LAST, lists=(LAST - DAY,))
    assert slots(ASKED) == [ASKED]


def test_who_gets_an_address_later_is_asked_then(
    patient: Make, slots: Any, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(LAST, email=None)
    assert slots(ASKED + DAY) == []
    later = ASKED + 20 * DAY
    edit_record(
        registry, by=desk, record=Record.PATIENT, patient=P, answers={"email": "b@example.org"}, today=later
    )
    assert slots(later) == [ASKED]
    assert run(later) == 1
    sound(registry, desk)


def move_course(registry: Registry, desk: Actor, day: date, to: date, today: date) -> None:
    edit_record(
        registry, by=desk, record=Record.COURSE, patient=P, which={"course_date": day},
        answers={"course_date": to}, today=today,
    )  # fmt: skip


@pytest.mark.parametrize("to", [LAST - 10 * DAY, LAST + 10 * DAY])
def test_a_course_that_is_corrected_asks_no_second_time(
    to: date, patient: Make, slots: Any, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(LAST)
    run(ASKED)
    today = ASKED + 5 * DAY
    move_course(registry, desk, LAST, to, today)
    sound(registry, desk)
    (found,) = due(registry, by=desk, today=ASKED + 60 * DAY, kinds=[PROM])
    assert found.state == "new"
    assert isinstance(check(registry, outbox(registry)[0], today), Addressed)
    assert (run(ASKED + 60 * DAY), len(outbox(registry))) == (0, 1)


def test_a_course_that_is_deleted_and_entered_anew_asks_no_second_time(
    patient: Make, slots: Any, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(D(2025, 12, 1), LAST)
    run(ASKED)
    (mail,) = outbox(registry)
    today = ASKED + 5 * DAY
    remove_record(
        registry, by=desk, record=Record.COURSE, patient=P, which={"course_date": LAST}, today=today
    )
    sound(registry, desk)
    assert check(registry, mail, today) is MailReason.OVERTAKEN
    answers = {"course_date": LAST, "edss_method": "assessed", "edss": "2.5", "mri_done": False}
    add_record(
        registry, by=desk, record=Record.COURSE, patient=P, answers=answers, today=today, incomplete=True
    )
    sound(registry, desk)
    assert isinstance(check(registry, mail, today), Addressed)
    assert run(today) == run(today + 30 * DAY) == 0
    assert len(outbox(registry)) == 1


def test_a_newer_course_before_sending_takes_its_place(
    patient: Make, slots: Any, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(LAST)
    run(ASKED)
    (mail,) = outbox(registry)
    newer = ASKED + DAY
    answers = {"course_date": newer, "edss_method": "assessed", "edss": "2.5", "mri_done": False}
    add_record(
        registry, by=desk, record=Record.COURSE, patient=P, answers=answers, today=newer, incomplete=True
    )
    assert check(registry, mail, newer) is MailReason.OVERTAKEN
    again = months_after(newer, 2)
    assert (run(again - DAY), run(again)) == (0, 1)
    assert [each["period"] for each in outbox(registry)] == [ASKED.isoformat(), again.isoformat()]
    sound(registry, desk)


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (lambda r, by: withdraw(r, by=by, patient=P, on=ASKED, reason="verzoek", today=ASKED), MailReason.WITHDRAWN),
        (lambda r, by: decease(r, by=by, patient=P, on=ASKED, today=ASKED), MailReason.DECEASED),
        (lambda r, by: end(r, by=by, patient=P, on=ASKED, reason="lost", today=ASKED), MailReason.ENDED),
        (lambda r, by: stop(r, by=by, patient=P, today=ASKED), MailReason.STOPPED),
        (lambda r, by: erase(r, by=by, patient=P, today=ASKED), MailReason.ERASED),
        (lambda r, _: sql(r, "UPDATE patient SET email = NULL"), MailReason.NO_ADDRESS),
        (lambda r, _: sql(r, "UPDATE patient SET email = ''"), MailReason.NO_ADDRESS),
        (lambda r, _: sql(r, "UPDATE patient SET email = 'a@b'"), MailReason.BAD_ADDRESS),
        (lambda r, _: sql(r, "UPDATE patient SET email = 'a@example.org' || char(10) || 'Bcc: b@example.org'"),
         MailReason.BAD_ADDRESS),
    ],
    ids=["withdrawn", "deceased", "ended", "stopped", "erased", "no", "empty", "bad", "header"],
)  # fmt: skip
def test_what_happened_between_queue_and_sending(
    meanwhile: Any, reason: MailReason, patient: Make, run: Any, registry: Registry, desk: Actor
) -> None:
    patient(LAST)
    run(ASKED)
    (mail,) = outbox(registry)
    if reason is MailReason.ERASED:
        withdraw(registry, by=desk, patient=P, on=ASKED, reason="verzoek", today=ASKED)
    meanwhile(registry, desk)
    assert check(registry, mail, ASKED) is reason


def test_answered_before_sending(patient: Make, run: Any, registry: Registry, desk: Actor) -> None:
    patient(LAST)
    run(ASKED)
    answers = dict.fromkeys(
        ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression"), "1"
    )
    add_record(
        registry, by=desk, record=Record.PROM, patient=P,
        answers={**answers, "answered_on": ASKED, "health_score": 80}, today=ASKED,
    )  # fmt: skip
    assert check(registry, outbox(registry)[0], ASKED) is MailReason.ANSWERED


@pytest.mark.parametrize(("day", "goes"), [(LAPSES - DAY, True), (LAPSES, False), (LAPSES + DAY, False)])
def test_what_waited_for_too_long_does_not_go(
    day: date, goes: bool, patient: Make, run: Any, registry: Registry
) -> None:
    patient(LAST)
    run(ASKED)
    found = check(registry, outbox(registry)[0], day)
    assert isinstance(found, Addressed) if goes else found is MailReason.EXPIRED


def test_the_language_and_the_days_of_the_link(patient: Make, run: Any, registry: Registry) -> None:
    patient(LAST, language="en")
    run(ASKED)
    settings = replace(registry.settings, proms=replace(registry.settings.proms, link_days=7))
    found = check(registry, outbox(registry)[0], D(2026, 10, 25), settings)
    assert isinstance(found, Addressed)
    assert (found.language, found.values["until"]) == (Language.EN, D(2026, 11, 1))


# -- repeats (proms.every_months) -------------------------------------------------------------------------


def test_without_the_setting_once_a_course(patient: Make, run: Any) -> None:
    patient(LAST)
    assert [run(months_after(ASKED, n)) for n in range(10)] == [1] + 9 * [0]


@pytest.mark.parametrize("last", [D(2026, 6, 30), D(2025, 12, 31), D(2024, 6, 29), D(2026, 8, 31)])
@pytest.mark.parametrize("every", [1, 6, 12])
def test_repeats_are_counted_from_the_first_so_that_month_ends_do_not_wander(
    last: date, every: int, patient: Make, slots: Any, run: Any, registry: Registry, desk: Actor
) -> None:
    repeating(registry, every)
    patient(last)
    first = months_after(last, 2)
    run(first)
    for count in (1, 2, 3):
        slot = months_after(first, every * count)
        assert run(slot - DAY) == 0
        assert run(slot) == 1
        assert run(slot) == 0
    periods = [each["period"] for each in outbox(registry)]
    assert periods == [months_after(first, every * n).isoformat() for n in range(4)]
    sound(registry, desk)


def test_r12_after_a_silence_the_newest_repeat_goes_alone(
    patient: Make, run: Any, registry: Registry
) -> None:
    repeating(registry, 1)
    patient(LAST)
    run(ASKED)
    silence = ASKED + 91 * DAY
    assert (run(silence), run(silence)) == (1, 0)
    assert [each["period"] for each in outbox(registry)] == ["2026-08-30", "2026-10-30"]
    assert run(D(2026, 11, 29)) == 0
    assert run(D(2026, 11, 30)) == 1


def test_a_repeat_is_answered_by_a_list_of_its_own_time(
    patient: Make, run: Any, slots: Any, registry: Registry
) -> None:
    repeating(registry, 6)
    patient(LAST, lists=(D(2026, 9, 3),))
    sql(registry, "UPDATE patient SET asked_for_on = ?, ask_due_on = NULL", ASKED.isoformat())
    slot = D(2027, 2, 28)
    assert (slots(slot - DAY), slots(slot)) == ([], [slot])
    sql(registry, "UPDATE prom SET answered_on = ?", slot.isoformat())
    assert slots(slot) == []


def test_a_repeat_that_waits_is_overtaken_answered_or_past(
    patient: Make, run: Any, registry: Registry, desk: Actor
) -> None:
    repeating(registry, 2)
    patient(LAST, lists=(D(2026, 9, 3),))
    sql(registry, "UPDATE patient SET asked_for_on = ?, ask_due_on = NULL", ASKED.isoformat())
    run(D(2026, 10, 30))
    (mail,) = outbox(registry)
    assert isinstance(check(registry, mail, D(2026, 12, 29)), Addressed)
    assert check(registry, mail, D(2026, 12, 30)) is MailReason.EXPIRED
    run(D(2026, 12, 30))
    assert check(registry, mail, D(2026, 12, 30)) is MailReason.OVERTAKEN
    newest = outbox(registry)[1]
    assert isinstance(check(registry, newest, D(2026, 12, 30)), Addressed)
    sql(registry, "UPDATE prom SET answered_on = '2026-12-30'")
    assert check(registry, newest, D(2026, 12, 30)) is MailReason.ANSWERED


def test_a_newer_course_ends_the_series_and_begins_its_own(
    patient: Make, run: Any, slots: Any, registry: Registry, desk: Actor
) -> None:
    repeating(registry, 2)
    patient(LAST)
    run(ASKED)
    newer = D(2026, 10, 20)
    answers = {"course_date": newer, "edss_method": "assessed", "edss": "2.5", "mri_done": False}
    add_record(
        registry, by=desk, record=Record.COURSE, patient=P, answers=answers, today=newer, incomplete=True
    )
    assert slots(D(2026, 11, 5)) == [], "the repeat of 30 October is not asked beside the new course"
    assert (slots(D(2026, 12, 19)), slots(D(2026, 12, 20))) == ([], [D(2026, 12, 20)])


def test_the_setting_that_comes_later_repeats_for_who_was_asked_lately(
    patient: Make, slots: Any, registry: Registry
) -> None:
    patient(D(2025, 6, 30))
    sql(registry, "UPDATE patient SET asked_for_on = '2025-08-30', ask_due_on = NULL")
    repeating(registry, 6)
    assert slots(D(2026, 11, 21)) == [D(2026, 8, 30)]
    assert slots(D(2027, 3, 1)) == [], "who was asked over a year and a half ago is not written to any more"

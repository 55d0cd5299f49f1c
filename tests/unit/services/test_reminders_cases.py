"""Mails to colleagues (SPEC N2, N8, decision 0042): the monthly question, the reminder of a case, the digest, the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from msreg.errors import Usage
from msreg.mail.kinds import mail_kind
from msreg.models.ids import new_id
from msreg.rules.case_reminders import next_on
from msreg.services import case_steps
from msreg.services.database import check_registry
from msreg.services.mail_kinds import KINDS, Addressed, Due
from msreg.services.mail_month import asked_month, last_day
from msreg.services.null_reports import report_nothing, take_back_nothing
from msreg.services.outbox import queue
from msreg.services.reminders import due, queue_due
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseState, Language, LinkPurpose, MailKind, MailReason
from tests.cases import add_file, reported
from tests.mails import add_user, check, outbox, set_centre, sql

D = date
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONTH, CASE, DIGEST = MailKind.CASE_MONTH, MailKind.CASE_REMINDER, MailKind.COURSE_DIGEST
FIRST = D(2026, 12, 1)

Find = Callable[..., list[Due]]


@pytest.fixture
def find(registry: Registry, desk: Actor) -> Find:
    """What is due on a day and is not in the outbox."""

    def read(kind: MailKind, today: date) -> list[Due]:
        return [each for each in due(registry, by=desk, today=today, kinds=[kind]) if each.state is None]

    return read


@pytest.fixture
def run(registry: Registry, desk: Actor) -> Callable[[MailKind, date], int]:
    def call(kind: MailKind, today: date) -> int:
        return queue_due(registry, by=desk, today=today, kinds=[kind])[kind]

    return call


# -- the monthly question ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "until"),
    [
        (D(2026, 11, 30), "2026-10", D(2026, 12, 31)),
        (D(2026, 12, 1), "2026-11", D(2027, 1, 31)),
        (D(2026, 12, 31), "2026-11", D(2027, 1, 31)),
        (D(2027, 1, 1), "2026-12", D(2027, 2, 28)),
        (D(2028, 1, 1), "2027-12", D(2028, 2, 29)),
        (D(2026, 3, 29), "2026-02", D(2026, 4, 30)),
        (D(2026, 10, 25), "2026-09", D(2026, 11, 30)),
    ],
)
def test_n2_the_month_before_is_asked_about(
    day: date, month: str, until: date, find: Find, run: Any, registry: Registry
) -> None:
    """A run that comes late in the month asks the same, and never about a month before."""
    user = add_user(registry, "melder", at=datetime(2025, 1, 1, tzinfo=UTC))
    assert asked_month(day) == month
    (found,) = find(MONTH, day)
    assert (found.key, found.period, found.due_on, found.who, found.centre) == (
        f"case-month:{user}:{month}", month, day.replace(day=1), "melder", "AMS01",
    )  # fmt: skip
    assert (run(MONTH, day), run(MONTH, day), find(MONTH, day)) == (1, 0, [])
    sent = check(registry, outbox(registry)[0], day)
    assert isinstance(sent, Addressed)
    assert sent.values == {
        "month": D.fromisoformat(f"{month}-01"), "centre": "Ziekenhuis De Amstelhof", "until": until,
    }  # fmt: skip
    assert [(each.name, each.purpose, each.until) for each in sent.links] == [
        ("no_link", LinkPurpose.NO, until), ("yes_link", LinkPurpose.YES, until),
    ]  # fmt: skip


def test_r12_after_months_of_silence_only_the_newest(run: Any, registry: Registry) -> None:
    add_user(registry, "melder")
    run(MONTH, D(2026, 9, 1))
    assert run(MONTH, D(2026, 12, 6)) == 1
    assert [each["period"] for each in outbox(registry)] == ["2026-08", "2026-11"]


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), 0),
        (datetime(2026, 12, 1, 12, tzinfo=UTC), 0),
    ],
)
def test_who_came_after_the_month_is_asked_about_the_next_one(
    at: datetime, asked: int, find: Find, registry: Registry
) -> None:
    """The first of December begins at eleven in the evening by the clock of the log."""
    add_user(registry, "melder", at=at)
    assert len(find(MONTH, D(2026, 12, 15))) == asked
    assert len(find(MONTH, D(2027, 1, 1))) == 1


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ({}, 1), ({"email": None}, 0), ({"email": ""}, 0), ({"role": "entry_clerk"}, 0), ({"role": "clinician"}, 0),
    ],
)  # fmt: skip
def test_only_notifiers_with_an_address(
    who: dict[str, Any], asked: int, find: Find, registry: Registry
) -> None:
    add_user(registry, "melder", **who)
    assert len(find(MONTH, FIRST)) == asked


def test_every_notifier_of_every_centre_that_takes_part(find: Find, registry: Registry) -> None:
    for user, centre in (("a", "AMS01"), ("b", "AMS01"), ("c", "UTR01")):
        add_user(registry, user, centre=centre)
    assert [each.who for each in find(MONTH, FIRST)] == ["a", "b", "c"]
    set_centre(registry, "AMS01", active=0)
    assert [each.who for each in find(MONTH, FIRST)] == ["c"]


def test_a_centre_that_answered_is_not_asked(
    find: Find, registry: Registry, desk: Actor, today: date
) -> None:
    """A null report, or a case of the month that was not withdrawn; of another month or process is no answer."""
    add_user(registry, "melder")
    report_nothing(registry, by=desk, month="2026-11", centre="AMS01", today=today)
    assert find(MONTH, FIRST) == []
    take_back_nothing(registry, by=desk, month="2026-11", centre="AMS01")
    report_nothing(registry, by=desk, month="2026-10", centre="AMS01", today=today)
    reported(registry, desk, today, theme="late_termination")
    assert len(find(MONTH, FIRST)) == 1
    case = reported(registry, desk, today)
    assert find(MONTH, FIRST) == []
    case_steps.withdraw(registry, by=desk, case=str(case.number), today=today, remark="geen casus")
    assert len(find(MONTH, FIRST)) == 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE operator SET email = NULL WHERE os_user = 'melder'", MailReason.NO_ADDRESS),
        ("UPDATE operator SET email = 'a b@example.org' WHERE os_user = 'melder'", MailReason.BAD_ADDRESS),
        ("UPDATE operator SET role = 'reader' WHERE os_user = 'melder'", MailReason.NOT_TAKING_PART),
        ("DELETE FROM operator WHERE os_user = 'melder'", MailReason.NOT_TAKING_PART),
        ("UPDATE centre SET active = 0", MailReason.NOT_TAKING_PART),
        ("UPDATE operator SET centre_id = (SELECT id FROM centre WHERE code = 'UTR01') WHERE os_user = 'melder'",
         MailReason.NOT_TAKING_PART),
    ],
)  # fmt: skip
def test_what_happened_before_the_question_went(
    statement: str, reason: MailReason, run: Any, registry: Registry
) -> None:
    add_user(registry, "melder", language="en")
    run(MONTH, FIRST)
    (mail,) = outbox(registry)
    found = check(registry, mail, FIRST)
    assert isinstance(found, Addressed)
    assert found.language is Language.EN
    sql(registry, statement)
    assert check(registry, mail, FIRST) is reason


def test_a_question_that_was_answered_or_is_old_does_not_go(
    run: Any, registry: Registry, desk: Actor
) -> None:
    add_user(registry, "melder")
    run(MONTH, FIRST)
    (mail,) = outbox(registry)
    assert isinstance(check(registry, mail, D(2026, 12, 31)), Addressed)
    assert check(registry, mail, D(2027, 1, 1)) is MailReason.OVERTAKEN
    report_nothing(registry, by=desk, month="2026-11", centre="AMS01", today=FIRST)
    assert check(registry, mail, FIRST) is MailReason.ANSWERED


@pytest.mark.parametrize(
    ("month", "day"), [("2026-02", 28), ("2028-02", 29), ("2026-12", 31), ("2026-04", 30)]
)
def test_the_last_day_of_a_month(month: str, day: int) -> None:
    assert last_day(month) == D.fromisoformat(f"{month}-{day}")


# -- the code ------------------------------------------------------------------------------------------------


def test_a_code_goes_to_its_notifier_on_its_day(registry: Registry) -> None:
    user = add_user(registry, "melder")
    with registry.light() as db:
        centre = db.one("SELECT centre_id FROM operator WHERE id = ?", (user,))
    assert centre is not None
    mail = {"kind": "code", "operator_id": user, "centre_id": centre[0], "due_on": "2026-12-01"}
    found = check(registry, mail, FIRST)
    assert isinstance(found, Addressed)
    assert found.values == {"minutes": 10}
    assert [(each.name, each.purpose) for each in found.links] == [("code", LinkPurpose.CODE)]
    assert check(registry, mail, FIRST + DAY) is MailReason.EXPIRED
    assert check(registry, {**mail, "operator_id": "x"}, FIRST) is MailReason.NOT_TAKING_PART
    assert not KINDS[MailKind.CODE].waits


def test_every_kind_gives_what_its_template_takes(
    registry: Registry, desk: Actor, lay: Any, row: Any
) -> None:
    """Values and names of links are those of the example in the template."""
    user = add_user(registry, "melder")
    today = FIRST
    set_centre(registry, "AMS01", email="centrum@example.org")
    lay(
        patients=[row["patient"](email="a@example.org"), row["patient"]("00002", email="b@example.org")],
        courses=[
            row["course"](course_date=D(2025, 9, 28)),
            row["course"]("00002", course_date=D(2026, 9, 21)),
        ],
    )
    reported(registry, desk, D(2026, 10, 1))
    sql(registry, "UPDATE patient SET mail_stopped_on = '2026-11-01', invite_due_on = NULL WHERE number = 1")
    assert sum(queue_due(registry, by=desk, today=today).values()) == 4
    with registry.light() as db:
        patient = db.one("SELECT id FROM patient WHERE number = 1")
        centre = db.one("SELECT centre_id FROM operator WHERE id = ?", (user,))
    assert patient is not None
    assert centre is not None
    more = [
        {"kind": "mail-stopped", "patient_id": patient[0]},
        {"kind": "code", "operator_id": user, "centre_id": centre[0], "due_on": today.isoformat()},
    ]
    seen = set()
    for mail in [*outbox(registry), *more]:
        found = check(registry, mail, today)
        assert isinstance(found, Addressed), mail["kind"]
        names = {*found.values, *(each.name for each in found.links)}
        assert names == set(mail_kind(mail["kind"].replace("-", "_")).example), mail["kind"]
        seen.add(mail["kind"])
    assert seen == set(MailKind)


# -- reminders of cases --------------------------------------------------------------------------------------


SINCE = D(2026, 1, 10)


@pytest.fixture
def case(registry: Registry, desk: Actor) -> str:
    """The id of a case that waits since `SINCE`, at a centre with a notifier."""
    add_user(registry, "melder")
    return reported(registry, desk, SINCE).id


@pytest.mark.parametrize(("weeks", "before"), [(4, 0), (8, 4), (12, 8)])
def test_n8_on_the_day_and_not_the_day_before(
    weeks: int, before: int, case: str, find: Find, registry: Registry
) -> None:
    sql(registry, "UPDATE notification SET reminded_weeks = ?", before)
    day = SINCE + weeks * WEEK
    assert find(CASE, day - DAY) == []
    for today in (day, day + DAY):
        (found,) = find(CASE, today)
        assert (found.key, found.period, found.due_on, found.who) == (
            f"case-reminder:{case}:2026-01-10:w{weeks}", f"w{weeks}", day, "NC-2026-0001",
        )  # fmt: skip


@pytest.mark.parametrize("clock", [D(2026, 3, 29), D(2026, 10, 25)])
def test_days_on_which_the_clock_changes_are_days(
    clock: date, find: Find, registry: Registry, desk: Actor
) -> None:
    reported(registry, desk, clock - 4 * WEEK)
    assert (len(find(CASE, clock - DAY)), len(find(CASE, clock))) == (0, 1)


def test_n8_each_once_and_no_more_after_the_third(
    case: str, run: Any, registry: Registry, desk: Actor
) -> None:
    total = sum(run(CASE, SINCE + n * DAY) for n in range(0, 200, 1) if n % 7 in (0, 1))
    assert total == 3
    assert [each["period"] for each in sorted(outbox(registry), key=lambda row: row["due_on"])] == [
        "w4",
        "w8",
        "w12",
    ]
    with registry.light() as db:
        assert db.one("SELECT reminded_weeks, reminder_due_on, version FROM notification") == (12, None, 1)
    assert check_registry(registry, by=desk).ok


def test_r12_after_thirteen_weeks_one_and_none_of_those_skipped(
    case: str, run: Any, find: Find, registry: Registry
) -> None:
    silence = SINCE + 13 * WEEK
    assert (run(CASE, silence), run(CASE, silence), run(CASE, silence + 100 * DAY)) == (1, 0, 0)
    (mail,) = outbox(registry)
    assert mail["period"] == "w12"


def test_after_eight_weeks_the_second_and_then_the_third(
    case: str, run: Any, registry: Registry, desk: Actor
) -> None:
    run(CASE, SINCE + 60 * DAY)
    with registry.light() as db:
        assert db.one("SELECT reminded_weeks, reminder_due_on FROM notification") == (8, "2026-04-04")
    assert check_registry(registry, by=desk).ok
    assert (run(CASE, SINCE + 83 * DAY), run(CASE, SINCE + 84 * DAY)) == (0, 1)


def test_none_after_the_state_changes_and_a_new_round_after_a_return(
    case: str, run: Any, registry: Registry, desk: Actor
) -> None:
    run(CASE, SINCE + 4 * WEEK)
    (first,) = outbox(registry)
    add_file(registry, case)
    later = SINCE + 30 * DAY
    case_steps.submit(
        registry, by=desk, case="NC-2026-0001", today=later, confirmed=True, remark="buiten thema"
    )
    assert check(registry, first, later) is MailReason.OVERTAKEN
    assert run(CASE, SINCE + 100 * DAY) == 0
    returned = SINCE + 40 * DAY
    case_steps.give_back(registry, by=desk, case="NC-2026-0001", today=returned, remark="verslag")
    assert check(registry, first, returned) is MailReason.OVERTAKEN
    assert (run(CASE, returned + 27 * DAY), run(CASE, returned + 28 * DAY)) == (0, 1)
    second = next(each for each in outbox(registry) if each["key"] != first["key"])
    assert second["key"] == f"case-reminder:{case}:{returned}:w4"
    assert isinstance(check(registry, second, returned + 28 * DAY), Addressed)
    assert check_registry(registry, by=desk).ok


def test_a_reminder_that_waited_until_the_next_one_does_not_go(
    case: str, run: Any, registry: Registry
) -> None:
    run(CASE, SINCE + 4 * WEEK)
    (first,) = outbox(registry)
    assert isinstance(check(registry, first, SINCE + 8 * WEEK), Addressed)
    run(CASE, SINCE + 8 * WEEK)
    assert check(registry, first, SINCE + 8 * WEEK) is MailReason.OVERTAKEN


def test_it_names_the_case_and_not_the_theme(case: str, run: Any, registry: Registry) -> None:
    run(CASE, SINCE + 13 * WEEK)
    found = check(registry, outbox(registry)[0], SINCE + 13 * WEEK)
    assert isinstance(found, Addressed)
    assert found.values == {
        "case": "NC-2026-0001", "weeks": 12, "last": True, "centre": "Ziekenhuis De Amstelhof",
    }  # fmt: skip


def test_it_goes_to_who_reported_it_and_else_to_the_oldest_notifier(
    case: str, run: Any, registry: Registry, desk: Actor
) -> None:
    """The registry office reported it, so somebody of the centre is reminded; who reports is first."""
    run(CASE, SINCE + 4 * WEEK)
    (mail,) = outbox(registry)

    def to() -> object:
        found = check(registry, mail, SINCE + 4 * WEEK)
        return found.to.partition("@")[0] if isinstance(found, Addressed) else found

    assert to() == "melder"
    add_user(registry, "ouder", at=datetime(2020, 1, 1, tzinfo=UTC))
    add_user(registry, "elders", centre="UTR01", at=datetime(2019, 1, 1, tzinfo=UTC))
    add_user(registry, "invoer", role="entry_clerk", at=datetime(2019, 1, 1, tzinfo=UTC))
    assert to() == "ouder"
    sql(registry, "UPDATE notification SET opened_by = 'melder'")
    assert to() == "melder"
    sql(registry, "UPDATE notification SET opened_by = 'elders'")
    assert to() == "ouder"
    sql(registry, "UPDATE operator SET email = NULL WHERE os_user = 'ouder'")
    assert to() == "melder"
    sql(registry, "UPDATE operator SET email = 'x' WHERE os_user = 'melder'")
    assert to() is MailReason.BAD_ADDRESS
    sql(registry, "UPDATE operator SET role = 'reader' WHERE os_user = 'melder'")
    assert to() is MailReason.NO_ADDRESS


def test_a_case_of_a_centre_that_left_is_not_reminded_of(
    case: str, run: Any, find: Find, registry: Registry
) -> None:
    run(CASE, SINCE + 4 * WEEK)
    set_centre(registry, "AMS01", active=0)
    assert check(registry, outbox(registry)[0], SINCE + 4 * WEEK) is MailReason.NOT_TAKING_PART
    assert find(CASE, SINCE + 8 * WEEK) == []


@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ("reminder_due_on = '1999-01-01'", ("reminder_due_on",)),
        ("reminder_due_on = NULL", ("reminder_due_on",)),
        ("reminded_weeks = 4", ("reminded_weeks",)),
        ("reminded_weeks = 8, reminder_due_on = NULL", ("reminded_weeks", "reminder_due_on")),
    ],
)
def test_the_check_of_the_database_compares_the_days_of_reminders(
    columns: str, wrong: tuple[str, ...], case: str, registry: Registry, desk: Actor
) -> None:
    assert check_registry(registry, by=desk).ok
    sql(registry, f"UPDATE notification SET {columns}")
    found = check_registry(registry, by=desk)
    assert [(str(each.case), each.columns) for each in found.cases] == [("NC-2026-0001", wrong)]
    assert not found.ok
    mended = check_registry(registry, by=desk, fix=True)
    assert (mended.ok, mended.cases_fixed) == (True, 1)
    with registry.light() as db:
        assert db.one("SELECT reminder_due_on, reminded_weeks, version FROM notification") == (
            "2026-02-07",
            0,
            1,
        )
    assert check_registry(registry, by=desk).cases == []


def test_the_next_reminder_after_those_that_went() -> None:
    days = {0: SINCE + 4 * WEEK, 4: SINCE + 8 * WEEK, 8: SINCE + 12 * WEEK, 12: None}
    for state in CaseState:
        for weeks, day in days.items():
            waits = state in (CaseState.CONCEPT, CaseState.INCOMPLETE)
            assert next_on(state, SINCE, weeks) == (day if waits else None)


# -- the digest ----------------------------------------------------------------------------------------------


@pytest.fixture
def centre(registry: Registry, lay: Any, row: Any) -> None:
    """Two patients of AMS01 whose last course was on 2025-11-30, so that the next one is due on 2026-12-01."""
    set_centre(registry, "AMS01", email="centrum@example.org")
    set_centre(registry, "UTR01", email="ander@example.org")
    lay(
        patients=[row["patient"](), row["patient"]("00002")],
        courses=[row["course"](number, course_date=D(2025, 11, 30)) for number in ("00001", "00002")],
    )


@pytest.mark.usefixtures("centre")
def test_a_centre_is_told_once_a_month_how_many(find: Find, run: Any, registry: Registry) -> None:
    assert find(DIGEST, D(2026, 11, 30)) == []
    (found,) = find(DIGEST, FIRST)
    assert (found.who, found.period, found.due_on, found.key) == (
        "AMS01", "2026-12", FIRST, f"course-digest:{found.centre_id}:2026-12",
    )  # fmt: skip
    assert found.patient_id is None
    assert (run(DIGEST, FIRST), run(DIGEST, FIRST), run(DIGEST, D(2026, 12, 31))) == (1, 0, 0)
    assert run(DIGEST, D(2027, 1, 4)) == 1
    assert [each["period"] for each in outbox(registry)] == ["2026-12", "2027-01"]
    told = check(registry, outbox(registry)[0], FIRST)
    assert isinstance(told, Addressed)
    assert (told.to, told.values, told.links) == (
        "centrum@example.org", {"count": 2, "centre": "Ziekenhuis De Amstelhof"}, (),
    )  # fmt: skip


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE centre SET active = 0", MailReason.NOT_TAKING_PART),
        ("UPDATE centre SET email = NULL", MailReason.NO_ADDRESS),
        ("UPDATE centre SET email = 'centrum'", MailReason.BAD_ADDRESS),
        ("UPDATE patient SET course_due_on = NULL", MailReason.NOTHING_DUE),
    ],
)
def test_what_happened_before_the_digest_went(
    statement: str, reason: MailReason, run: Any, find: Find, registry: Registry
) -> None:
    run(DIGEST, FIRST)
    (mail,) = outbox(registry)
    sql(registry, statement)
    assert check(registry, mail, FIRST) is reason
    assert len(find(DIGEST, D(2027, 1, 1))) == (reason is MailReason.BAD_ADDRESS)


@pytest.mark.usefixtures("centre")
def test_an_old_digest_does_not_go(run: Any, registry: Registry) -> None:
    run(DIGEST, FIRST)
    assert check(registry, outbox(registry)[0], D(2027, 1, 1)) is MailReason.OVERTAKEN


# -- asked for by hand ---------------------------------------------------------------------------------------


def test_a_confirmation_goes_to_who_still_wants_no_mail(
    registry: Registry, desk: Actor, today: date, lay: Any, row: Any
) -> None:
    lay(patients=[row["patient"](email="a@example.org", language="en")])
    sql(registry, "UPDATE patient SET mail_stopped_on = ?", today.isoformat())
    with registry.light() as db:
        found = db.one("SELECT id FROM patient")
    assert found is not None
    mail = Due(
        MailKind.MAIL_STOPPED,
        f"mail-stopped:{found[0]}:{today}",
        today,
        str(today),
        "",
        "",
        patient_id=found[0],
    )
    with writing(registry, by=desk, event="test", action=Action.CREATE, plain=True) as work:
        assert (queue(work, [mail]), queue(work, [mail])) == (1, 0)
    (row_,) = outbox(registry)
    told = check(registry, row_, today)
    assert isinstance(told, Addressed)
    assert (told.language, told.values, told.links) == (Language.EN, {}, ())
    for statement, reason in (
        ("UPDATE patient SET email = NULL", MailReason.NO_ADDRESS),
        ("UPDATE patient SET mail_stopped_on = NULL", MailReason.OVERTAKEN),
        ("UPDATE patient SET withdrawn_on = '2026-11-21'", MailReason.WITHDRAWN),
        ("UPDATE patient SET deceased = 1", MailReason.DECEASED),
    ):
        sql(registry, statement)
        assert check(registry, row_, today) is reason
    assert check(registry, {**row_, "patient_id": new_id()}, today) is MailReason.ERASED
    (shown,) = due(registry, by=desk, today=today)
    assert (shown.kind, shown.state) == (MailKind.MAIL_STOPPED, "new")


@pytest.mark.parametrize("kind", [MailKind.MAIL_STOPPED, MailKind.CODE])
def test_no_day_makes_these_due(kind: MailKind, registry: Registry, desk: Actor, today: date) -> None:
    with pytest.raises(Usage, match="never due by a date"):
        queue_due(registry, by=desk, today=today, kinds=[kind])

"""The questionnaire behind a link: opened, kept half-way, handed in once (SPEC Q2; security R11–R13, attack 12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from msreg import clock
from msreg.errors import Conflict
from msreg.rules.eq5d import DIMENSIONS
from msreg.services.adding import add_record
from msreg.services.database import check_registry
from msreg.services.ending import decease, end
from msreg.services.erasing import erase
from msreg.services.links import Closed, end_of, new_token, revoke
from msreg.services.questionnaires import (
    ASKED,
    Page,
    forget_lapsed,
    hand_in,
    open_questionnaire,
    save_answers,
)
from msreg.services.removing import remove_record
from msreg.services.taking_back import take_back
from msreg.services.undoing import undo_batch
from msreg.services.withdrawing import consent, withdraw
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose, Record
from tests.mail_links import at_once, changed, dump, mailed, token_of
from tests.unit.services.test_links import SHAPES

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
P = "MS-0000001"
WHOLE = {**dict(zip(DIMENSIONS, "21232", strict=True)), "health_score": "75"}


@pytest.fixture
def today() -> date:
    """Links know the real clock."""
    return clock.today()


@pytest.fixture
def patient(lay: Callable[..., Any], row: Any, stored: Stored) -> Row:
    """A patient who is to be invited, in Dutch."""
    lay(
        patients=[row["patient"](email="a@example.org", language="nl")],
        courses=[row["course"](course_date=date(2026, 6, 1))],
    )
    (found,) = stored("patient")
    return found


@pytest.fixture
def mail(registry: Registry, patient: Row) -> str:
    return mailed(registry, patient_id=patient["id"], centre_id=patient["centre_id"])


@pytest.fixture
def token(registry: Registry, mail: str) -> str:
    return token_of(registry, mail)


def events(registry: Registry, after: int = 0) -> list[Row]:
    with registry.light() as db:
        return [
            json.loads(each[0])
            for each in db.rows("SELECT body FROM audit_event WHERE seq > ? ORDER BY seq", (after,))
        ]


# -- opening ----------------------------------------------------------------------------------------------


def test_a_page_has_the_six_questions_in_the_language_of_the_patient(
    registry: Registry, token: str, today: date
) -> None:
    page = open_questionnaire(registry, token=token, today=today)
    assert (page.closed, page.language, page.until) == (None, Language.NL, today + timedelta(days=1))
    assert tuple(item.key for item in page.questions) == ASKED == (*DIMENSIONS, "health_score")
    assert (page.answers, page.faults, page.handed_in) == ({}, {}, False)


@pytest.mark.usefixtures("patient")
def test_the_words_of_the_office_are_on_the_page(
    registry: Registry, token: str, today: date, tmp_path: Path
) -> None:
    texts = {
        key: {"label": f"Over {key}", **{str(n): f"{key} {n}" for n in range(1, 6)}} for key in DIMENSIONS
    }
    lines = ["[nl.health_score]", 'label = "Hoe goed"']
    for key, words in texts.items():
        lines += [f"[nl.{key}]", *(f'{name} = "{text}"' for name, text in words.items())]
    file = tmp_path / "wording.toml"
    file.write_text("\n".join(lines))
    registry.settings = replace(registry.settings, proms_wording=file)
    page = open_questionnaire(registry, token=token, today=today)
    assert page.questions[0].label["nl"] == "Over mobility"
    assert page.questions[0].choices[4].label["nl"] == "mobility 5"


@pytest.mark.parametrize(
    ("language", "shown"), [("en", Language.EN), ("nl", Language.NL), (None, Language.NL)]
)
def test_the_page_speaks_the_language_of_the_mail(
    language: str | None, shown: Language, registry: Registry, token: str, today: date
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET language = ?", (language,))
    assert open_questionnaire(registry, token=token, today=today).language is shown


def test_opening_writes_nothing_but_the_log(
    registry: Registry, patient: Row, token: str, today: date
) -> None:
    """R11, attack 12: a scanner that fetches the link changes no table, also not whether it was used."""
    save_answers(registry, token=token, answers={"mobility": "3"}, today=today)
    before, seen = dump(registry), len(events(registry))
    for _ in range(3):
        assert open_questionnaire(registry, token=token, today=today).answers == {"mobility": "3"}
    assert changed(before, dump(registry)) == set()
    (first, *_others) = told = events(registry, seen)
    assert len(told) == 3
    assert (first["event"], first["user"], first["role"]) == ("questionnaire.open", "link:patient", "patient")
    assert (first["patient_id"], first["centre"], first["tty"]) == (patient["id"], None, "web")
    assert (first["action"], first["outcome"], first["about"]) == ("R", "0", {"closed": None})


@pytest.mark.parametrize("way", [open_questionnaire, save_answers, hand_in])
def test_a_token_that_is_none_leaves_no_trace_at_all(
    way: Callable[..., Page], registry: Registry, mail: str, today: date
) -> None:
    more: Row = {} if way is open_questionnaire else {"answers": WHOLE}
    others = [token_of(registry, mail, each) for each in (LinkPurpose.STOP, LinkPurpose.YES, LinkPurpose.NO)]
    before, seen = dump(registry), len(events(registry))
    for shape in (*SHAPES, *others, new_token()):
        page = way(registry, token=shape, today=today, **more)
        assert page == Page(Closed.UNKNOWN, Language.NL)
    assert (changed(before, dump(registry)), len(events(registry))) == (set(), seen)


# -- what closes it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [open_questionnaire, save_answers, hand_in])
@pytest.mark.parametrize(
    ("after", "closed"),
    [
        (-timedelta(microseconds=1), None), (timedelta(0), Closed.EXPIRED), (timedelta(days=1), Closed.EXPIRED),
    ],
)  # fmt: skip
def test_a_link_is_over_at_midnight_after_its_last_day(
    way: Callable[..., Page], after: timedelta, closed: Closed | None, registry: Registry, mail: str, today: date
) -> None:  # fmt: skip
    token = token_of(registry, mail, until=today)
    moment = end_of(today) + after
    registry.clock = lambda: moment
    more: Row = {} if way is open_questionnaire else {"answers": {"mobility": "2"}}
    before = dump(registry)
    page = way(registry, token=token, today=today, **more)
    assert page.closed is closed
    writes = closed is None and way is not open_questionnaire
    assert changed(before, dump(registry)) == ({"questionnaire"} if writes else set())


def close(how: str, registry: Registry, desk: Actor, mail: str, today: date) -> None:
    at: Row = {"by": desk, "patient": P, "today": today}
    match how:
        case "withdrawn":
            withdraw(registry, on=today, **at)
        case "deceased":
            decease(registry, on=today, **at)
        case "ended":
            end(registry, on=today, reason="abroad", **at)
        case "erased":
            erase(registry, **at)
        case "revoked":
            with registry.light() as db, transaction(db):
                revoke(db, [mail], registry.clock())


@pytest.mark.parametrize(
    ("how", "closed"),
    [("withdrawn", Closed.ENDED), ("deceased", Closed.ENDED), ("ended", Closed.ENDED),
     ("erased", Closed.UNKNOWN), ("revoked", Closed.REVOKED)],
)  # fmt: skip
def test_what_the_registry_says_now_closes_it_at_once(
    how: str, closed: Closed, registry: Registry, desk: Actor, mail: str, token: str, today: date
) -> None:
    save_answers(registry, token=token, answers={"mobility": "4"}, today=today)
    close(how, registry, desk, mail, today)
    before = dump(registry)
    assert open_questionnaire(registry, token=token, today=today) == Page(closed, Language.NL)
    assert save_answers(registry, token=token, answers=WHOLE, today=today).closed is closed
    page = hand_in(registry, token=token, answers=WHOLE, today=today)
    assert (page.closed, page.handed_in, page.answers) == (closed, False, {})
    assert changed(before, dump(registry)) == set()
    if how == "erased":
        assert dump(registry)["questionnaire"] == dump(registry)["mail_link"] == []


def test_new_consent_opens_it_again(registry: Registry, desk: Actor, token: str, today: date) -> None:
    """The link itself was not closed: what counts is what the registry says when it is opened."""
    withdraw(registry, by=desk, patient=P, on=today, today=today)
    consent(registry, by=desk, patient=P, on=today, today=today)
    assert open_questionnaire(registry, token=token, today=today).closed is None


def test_who_stopped_the_mails_may_still_fill_in_the_list_that_lies_there(
    registry: Registry, patient: Row, token: str, today: date
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET mail_stopped_on = ? WHERE id = ?", (today.isoformat(), patient["id"]))
    assert hand_in(registry, token=token, answers=WHOLE, today=today).handed_in


# -- keeping ----------------------------------------------------------------------------------------------


def test_answers_are_kept_to_go_on_with(
    registry: Registry, patient: Row, mail: str, token: str, today: date, stored: Stored
) -> None:
    page = save_answers(registry, token=token, answers={"mobility": "2", "health_score": " 80 "}, today=today)
    assert page.answers == {"mobility": "2", "health_score": "80"}
    page = save_answers(registry, token=token, answers={"self_care": "1", "mobility": "3"}, today=today)
    assert (page.closed, page.faults) == (None, {})
    assert page.answers == {"mobility": "3", "self_care": "1", "health_score": "80"}
    (kept,) = stored("questionnaire")
    assert json.loads(kept["answers"]) == {"mobility": "3", "self_care": "1", "health_score": 80}
    assert (kept["outbox_id"], kept["patient_id"], kept["version"]) == (mail, patient["id"], 2)
    assert (kept["answered_on"], kept["prom_id"], stored("prom")) == (None, None, [])
    again = token_of(registry, mail)  # the same mail sent once more
    assert open_questionnaire(registry, token=again, today=today).answers == page.answers


def test_an_empty_answer_takes_it_away_and_other_keys_are_nothing(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    save_answers(registry, token=token, answers=WHOLE, today=today)
    page = save_answers(
        registry, token=token, today=today,
        answers={"health_score": "", "mobility": " ", "answered_on": "1999-01-01", "mode": "paper", "centre": "UTR01"},
    )  # fmt: skip
    assert page.faults == {}
    assert set(json.loads(stored("questionnaire")[0]["answers"])) == set(DIMENSIONS) - {"mobility"}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("mobility", "6"), ("mobility", "0"), ("mobility", "1;2"), ("pain_discomfort", "x" * 10_000), ("mobility", "1\x00"),
     ("health_score", "-1"), ("health_score", "101"), ("health_score", "7.5"), ("health_score", "9" * 5_000),
     ("health_score", "nan"), ("health_score", "1e2000000"), ("health_score", "\u202e75"), ("self_care", "<b>1</b>")],
)  # fmt: skip
def test_a_fault_is_told_with_its_question_and_the_others_are_kept(
    key: str, wrong: str, registry: Registry, token: str, today: date
) -> None:
    other = "usual_activities"
    for way in (save_answers, hand_in):
        page = way(registry, token=token, answers={**WHOLE, key: wrong}, today=today)
        assert (page.closed, page.handed_in, set(page.faults)) == (None, False, {key})
        assert wrong not in str(page.faults[key])
        assert key not in page.answers
        assert page.answers[other] == WHOLE[other]


@pytest.mark.parametrize(("key", "edge"), [("health_score", "0"), ("health_score", "100"), ("mobility", "1"), ("mobility", "5")])  # fmt: skip
def test_the_ends_of_the_scales_are_answers(
    key: str, edge: str, registry: Registry, token: str, today: date
) -> None:
    assert hand_in(registry, token=token, answers={**WHOLE, key: edge}, today=today).handed_in


def test_what_is_kept_half_way_is_not_in_the_log(registry: Registry, token: str, today: date) -> None:
    save_answers(registry, token=token, answers=WHOLE, today=today)
    with registry.light() as db:
        found = db.one("SELECT before, after, entity FROM audit_item ORDER BY seq DESC LIMIT 1")
    assert found is not None
    assert (found[0], json.loads(found[1]), found[2]) == (None, {"answers": 6}, "questionnaire")


# -- handing in -------------------------------------------------------------------------------------------


def test_handing_in_makes_the_list_that_the_desk_would_have_typed_in(
    registry: Registry, desk: Actor, patient: Row, token: str, today: date, stored: Stored
) -> None:
    page = hand_in(registry, token=token, answers=WHOLE, today=today)
    assert (page.closed, page.handed_in, page.answers, page.faults) == (Closed.ANSWERED, True, {}, {})
    (handed,) = stored("prom")
    (asked,) = stored("questionnaire")
    assert (asked["answered_on"], asked["prom_id"], asked["answers"]) == (
        today.isoformat(),
        handed["id"],
        "{}",
    )
    (link,) = stored("mail_link")
    assert link["used_at"] is not None
    typed = today - timedelta(days=1)
    add_record(
        registry, by=desk, record=Record.PROM, patient=P, today=today,
        answers={**WHOLE, "answered_on": typed.isoformat(), "mode": "web"},
    )  # fmt: skip
    by_hand = next(each for each in stored("prom") if each["id"] != handed["id"])
    own = {"id", "created_at", "updated_at", "answered_on"}
    assert {k: v for k, v in handed.items() if k not in own} == {
        k: v for k, v in by_hand.items() if k not in own
    }
    assert (handed["answered_on"], handed["profile"], handed["value_set"]) == (
        today.isoformat(), "21232", "NL-Versteegh-2016-3dp"
    )  # fmt: skip
    assert (json.loads(handed["answers"]), handed["centre_id"]) == ({"mode": "web"}, patient["centre_id"])
    assert check_registry(registry, by=desk).ok


def test_the_log_tells_who_handed_in_what(registry: Registry, patient: Row, token: str, today: date) -> None:
    hand_in(registry, token=token, answers=WHOLE, today=today)
    last = events(registry)[-1]
    assert (last["event"], last["user"], last["patient_id"]) == ("questionnaire.hand-in", "link:patient", patient["id"])  # fmt: skip
    with registry.light() as db:
        items = db.rows(
            "SELECT entity, action, patient_id, after FROM audit_item"
            " WHERE seq = (SELECT max(seq) FROM audit_event) ORDER BY n"
        )
    assert [each[:3] for each in items] == [
        ("prom", "C", patient["id"]), ("questionnaire", "C", patient["id"])
    ]  # fmt: skip
    assert json.loads(items[0][3])["mobility"] == "2"


def test_answers_of_before_count_when_it_is_handed_in(registry: Registry, token: str, today: date) -> None:
    half = {key: WHOLE[key] for key in ASKED[:3]}
    page = save_answers(registry, token=token, answers=half, today=today)
    page = hand_in(registry, token=token, answers={"pain_discomfort": "3"}, today=today)
    assert (page.handed_in, set(page.faults)) == (False, {"anxiety_depression", "health_score"})
    assert set(page.answers) == {*half, "pain_discomfort"}
    rest = {key: WHOLE[key] for key in ASKED[4:]}
    assert hand_in(registry, token=token, answers=rest, today=today).handed_in


@pytest.mark.parametrize("lacking", ASKED)
def test_all_six_are_needed(
    lacking: str, registry: Registry, token: str, today: date, stored: Stored
) -> None:
    page = hand_in(registry, token=token, answers={**WHOLE, lacking: ""}, today=today)
    assert (page.closed, set(page.faults), page.handed_in, stored("prom")) == (None, {lacking}, False, [])


def test_twice_is_once(registry: Registry, mail: str, token: str, today: date, stored: Stored) -> None:
    assert hand_in(registry, token=token, answers=WHOLE, today=today).handed_in
    before = dump(registry)
    for other in (token, token_of(registry, mail)):
        before = dump(registry)
        page = hand_in(registry, token=other, answers={**WHOLE, "mobility": "5"}, today=today)
        assert (page.closed, page.handed_in) == (Closed.ANSWERED, False)
        assert save_answers(registry, token=other, answers=WHOLE, today=today).closed is Closed.ANSWERED
        assert open_questionnaire(registry, token=other, today=today).closed is Closed.ANSWERED
        assert changed(before, dump(registry)) == set()
    assert len(stored("prom")) == 1


def test_many_at_the_same_moment_are_once(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    """A double click, two tabs: one list, and the others are told that it is handed in."""
    pages = at_once(registry, 8, lambda own: hand_in(own, token=token, answers=WHOLE, today=today))
    assert sorted(page.handed_in for page in pages) == [False] * 7 + [True]
    assert {page.closed for page in pages} == {Closed.ANSWERED}
    assert (len(stored("prom")), len(stored("questionnaire"))) == (1, 1)


def test_tabs_that_save_at_the_same_moment_lose_nothing(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    todo = list(WHOLE.items())
    at_once(registry, 6, lambda own: save_answers(own, token=token, answers=dict([todo.pop()]), today=today))
    (kept,) = stored("questionnaire")
    assert json.loads(kept["answers"]) == {**WHOLE, "health_score": 75}


def test_a_list_of_the_same_day_is_told_kindly_and_the_answers_wait(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    """The desk typed a list of today in: no crash, no second list, and tomorrow the link works again."""
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    typed: Row = {**WHOLE, "answered_on": today.isoformat()}
    add_record(registry, by=desk, record=Record.PROM, patient=P, answers=typed, today=today)
    for way in (save_answers, hand_in):
        assert way(registry, token=token, answers=WHOLE, today=today).closed is Closed.SAME_DAY
    assert open_questionnaire(registry, token=token, today=today).closed is Closed.SAME_DAY
    assert len(stored("prom")) == 1
    tomorrow = today + timedelta(days=1)
    assert open_questionnaire(registry, token=token, today=tomorrow).answers == {"mobility": "2"}
    assert hand_in(registry, token=token, answers=WHOLE, today=tomorrow).handed_in


def test_two_invitations_are_two_questionnaires(
    registry: Registry, patient: Row, token: str, today: date
) -> None:
    other = token_of(registry, mailed(registry, patient_id=patient["id"], period="2026-11-21"))
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    assert open_questionnaire(registry, token=other, today=today).answers == {}
    assert hand_in(registry, token=other, answers=WHOLE, today=today).handed_in
    assert open_questionnaire(registry, token=token, today=today + timedelta(days=1)).closed is None


# -- afterwards -------------------------------------------------------------------------------------------


def test_the_desk_deletes_the_list_and_takes_that_back_and_the_link_stays_closed(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    hand_in(registry, token=token, answers=WHOLE, today=today)
    (before,) = stored("prom")
    remove_record(registry, by=desk, record=Record.PROM, patient=P, which={"answered_on": today}, today=today)
    assert stored("prom") == []
    assert hand_in(registry, token=token, answers=WHOLE, today=today).closed is Closed.ANSWERED
    assert stored("prom") == []
    take_back(registry, by=desk, today=today)
    (after,) = stored("prom")
    assert (after["id"], after["profile"], after["answered_on"]) == (
        before["id"],
        "21232",
        before["answered_on"],
    )


def test_what_a_patient_handed_in_is_no_change_of_somebody_of_the_desk(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    """`msreg undo` takes one's own last change back: that of the desk, and the list stays."""
    answers = {"answered_on": "2026-07-01", **WHOLE}
    add_record(registry, by=desk, record=Record.PROM, patient=P, answers=answers, today=today)
    hand_in(registry, token=token, answers=WHOLE, today=today)
    take_back(registry, by=desk, today=today)
    (left,) = stored("prom")
    assert left["answered_on"] == today.isoformat()


def test_a_batch_is_not_taken_back_over_a_list_that_was_handed_in(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    hand_in(registry, token=token, answers=WHOLE, today=today)
    assert undo_batch(registry, by=desk, batch="B-000001", today=today).refused
    assert len(stored("patient")) == len(stored("prom")) == 1


def test_a_patient_who_is_taken_back_takes_a_begun_questionnaire_along(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    assert not undo_batch(registry, by=desk, batch="B-000001", today=today).refused
    assert stored("patient") == stored("questionnaire") == stored("mail_link") == []
    assert open_questionnaire(registry, token=token, today=today).closed is Closed.UNKNOWN


@pytest.mark.parametrize(("after", "gone"), [(-timedelta(microseconds=1), 0), (timedelta(0), 1)])
def test_answers_that_were_never_handed_in_go_when_the_last_link_is_over(
    after: timedelta,
    gone: int,
    registry: Registry,
    desk: Actor,
    patient: Row,
    mail: str,
    today: date,
    stored: Stored,
) -> None:
    """They were the patient's own; what was handed in stays noted as such."""
    first = token_of(registry, mail, until=today - timedelta(days=1))
    token_of(registry, mail, until=today + timedelta(days=5))
    token = token_of(registry, mail, until=today + timedelta(days=7))
    done = token_of(registry, mailed(registry, patient_id=patient["id"]), until=today)
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    hand_in(registry, token=done, answers=WHOLE, today=today)
    assert save_answers(registry, token=first, answers=WHOLE, today=today).closed is Closed.EXPIRED
    moment = end_of(today + timedelta(days=7)) + after
    registry.clock = lambda: moment
    seen = len(events(registry))
    assert forget_lapsed(registry, by=desk) == gone
    assert len(stored("questionnaire")) == 2 - gone
    assert len(events(registry)) == seen + gone
    assert forget_lapsed(registry, by=desk) == 0


def test_answers_behind_a_revoked_link_go_too(
    registry: Registry, desk: Actor, mail: str, token: str, today: date, stored: Stored
) -> None:
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    close("revoked", registry, desk, mail, today)
    assert (forget_lapsed(registry, by=desk), stored("questionnaire")) == (1, [])


def test_erasing_takes_everything_along(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    save_answers(registry, token=token, answers={"mobility": "2"}, today=today)
    (asked,) = stored("questionnaire")
    erase(registry, by=desk, patient=P, today=today)
    assert stored("questionnaire") == stored("mail_link") == []
    with registry.light() as db:
        left = db.rows("SELECT action, before, after FROM audit_item WHERE entity_id = ?", (asked["id"],))
    assert left == [("C", None, None), ("D", None, None)]


def test_without_its_event_nothing_is_handed_in(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    with registry.light() as db:
        db.execute("CREATE TRIGGER no_log BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END")
    before = dump(registry)
    with pytest.raises(Exception, match=r".") as told:
        hand_in(registry, token=token, answers=WHOLE, today=today)
    assert changed(before, dump(registry)) == set()
    assert token not in str(told.value)


def test_somebody_who_edits_the_patient_meanwhile_sees_a_conflict_and_loses_nothing(
    registry: Registry, desk: Actor, token: str, today: date, patient: Row
) -> None:
    hand_in(registry, token=token, answers=WHOLE, today=today)
    from msreg.services.editing import edit_record

    with pytest.raises(Conflict):
        edit_record(
            registry, by=desk, record=Record.PATIENT, patient=P, answers={"initials": "K."}, today=today,
            version=patient["version"],
        )  # fmt: skip

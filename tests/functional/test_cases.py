"""`msreg cases` as three roles use it: screens, JSON, exit codes and questions (SPEC N3-N9, C2-C5, C12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.rules.case_states import STATE_WORDS
from msreg.services.case_steps import give_back, submit
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Role
from tests.cases import add_file, reported
from tests.keyboard import ENTER, Seat

Quick = Callable[..., Any]
SitDown = Callable[..., Actor]
DAY = ("--today", "2026-11-21")
OUTSIDE = {"event_date": "2026-04-13", "pregnancy_ended": "yes", "delivery_date": "2026-03-01"}


@pytest.fixture
def case(registry: Registry, desk: Actor, today: date) -> str:
    """A maternal death of AMS01, returned once: two files, of which one names somebody; the form not begun."""
    new = reported(registry, desk, today, "maternal_death", event_date="2026-03-05", patient_number="12345")
    add_file(registry, new.id, wanted="delivery_report", name="partus.txt")
    submit(registry, by=desk, case=str(new.number), today=today)
    give_back(registry, by=desk, case=str(new.number), today=today, remark="De ontslagbrief ontbreekt.")
    return str(new.number)


# -- the whole way, by three roles --------------------------------------------------------------------


def test_from_report_to_approval_by_three_roles(
    quick: Quick, sit_down: SitDown, registry: Registry, tmp_path: Path
) -> None:
    """N3-N7: notifier, entry clerk and coordinator; every step is in the log."""
    letter = tmp_path / "verslag.txt"
    letter.write_text("Ingreep zonder complicaties.\n")

    def done(*words: object) -> Any:
        found = quick("cases", *words, "--json", *DAY)
        assert found.code == 0, found.err
        return json.loads(found.out)

    sit_down(Role.NOTIFIER, "AMS01")
    case = done("new", "--theme", "HYS", "--patient-number", "77")["case"]
    sit_down(Role.ENTRY_CLERK, "AMS01")
    done("edit", case, "--event-date", "05-03-2026", "--pregnancy-ended", "nee")
    done("upload", case, letter)
    assert done("submit", case)["after"] == "submitted"
    sit_down(Role.COORDINATOR)
    done("return", case, "--remark", "De ontslagbrief ontbreekt.", "--yes")
    assert "patient_number" not in done("show", case)
    sit_down(Role.NOTIFIER, "AMS01")
    assert done("show", case)["steps"][-1]["remark"] == "De ontslagbrief ontbreekt."
    letter.write_text("Ontslagen in goede toestand.\n")
    done("upload", case, letter)
    done("submit", case)
    sit_down(Role.COORDINATOR)
    assert done("approve", case, "--yes")["after"] == "approved"
    assert done("show", case)["possible"] == []
    steps = [each["step"] for each in done("history", case) if each["step"]]
    assert steps == ["approve", "submit", "return", "submit", "create"]
    roles = [each["role"] for each in done("show", case)["steps"]]
    assert roles == ["notifier", "entry_clerk", "coordinator", "notifier", "coordinator"]
    with registry.light() as db:
        logged = [
            row[0]
            for row in db.rows(
                "SELECT json_extract(body, '$.event') FROM audit_event"
                " WHERE json_extract(body, '$.action') <> 'R' AND json_extract(body, '$.about.case') = ?"
                " ORDER BY seq",
                (case,),
            )
        ]
    assert logged == [
        "cases.new", "cases.edit", "cases.upload", "cases.submit", "cases.return", "cases.upload",
        "cases.submit", "cases.approve",
    ]  # fmt: skip


# -- screens ------------------------------------------------------------------------------------------


SCREENS = (
    "show {case}",
    "list --missing",
    "history {case}",
    "due --today 2027-02-20",
    "submit {case} --dry-run",
)


@pytest.mark.parametrize(
    ("line", "lang", "columns"),
    [
        *((line, lang, 80) for line in SCREENS for lang in ("nl", "en")),
        *((line, "nl", 40) for line in SCREENS[:2]),
    ],
)
def test_every_screen_fits_the_terminal(
    line: str, lang: str, columns: int, terminal: Callable[..., Any], case: str
) -> None:
    seen = terminal("cases", *line.format(case=case).split(), columns=columns, MSREG_LANG=lang)
    assert seen.code == 0, seen.lines
    assert any(case in shown for shown in seen.lines)
    words = seen.raw.replace("\r\n", "\n")
    assert max(len(shown) for shown in seen.lines) <= columns
    assert "{" not in words


def test_show_has_state_first_then_the_newest_remark(
    terminal: Callable[..., Any], case: str, registry: Registry, desk: Actor, today: date
) -> None:
    submit(registry, by=desk, case=case, today=today, remark="Aangevuld.")
    give_back(registry, by=desk, case=case, today=today, remark="Nu het pathologierapport nog.")
    lines = terminal("cases", "show", case, MSREG_LANG="en").lines

    def at(text: str) -> int:
        return next(number for number, line in enumerate(lines) if text in line)

    order = ["incomplete, since", "Latest remark", "Nu het pathologierapport nog.", "Aangevuld.",
             "De ontslagbrief ontbreekt.", "Answers", "Documents that the committee", "Files", "msreg cases submit"]  # fmt: skip
    assert [at(each) for each in order] == sorted(at(each) for each in order)
    assert "✓ delivery report (file 1)" in lines[at("delivery report")]
    assert "(missing)" in lines[at("operation report")]
    assert "(missing)" not in lines[at("autopsy report")]
    assert "msreg cases withdraw" in lines[at("msreg cases withdraw")]


def test_the_coordinator_sees_what_a_coordinator_may_do(
    terminal: Callable[..., Any], case: str, registry: Registry, desk: Actor, today: date, sit_down: SitDown
) -> None:
    submit(registry, by=desk, case=case, today=today)
    sit_down(Role.COORDINATOR)
    text = "\n".join(terminal("cases", "show", case, MSREG_LANG="en").lines)
    assert "msreg cases approve" in text
    assert "msreg cases return" in text
    for other in ("cases submit", "cases upload", "cases edit", "cases withdraw", "12345", "Patient number"):
        assert other not in text
    listed = "\n".join(terminal("cases", "list", MSREG_LANG="en").lines)
    assert case in listed
    assert "12345" not in listed


def test_c3_c12_what_is_piped_names_questions_and_no_answers(quick: Quick, case: str) -> None:
    bare = quick("cases", "history", case)
    assert "ontslagbrief" not in bare.out
    assert "12345" not in bare.out
    assert "12345" not in quick("cases", "edit", case, "--patient-number", "98765").out
    full = quick("cases", "history", case, "--values")
    assert "De ontslagbrief ontbreekt." in full.out
    assert "98765" in full.out
    assert "\x1b" not in full.out


def test_a_remark_cannot_steer_the_terminal(
    terminal: Callable[..., Any], registry: Registry, desk: Actor, case: str, today: date
) -> None:
    submit(registry, by=desk, case=case, today=today)
    give_back(registry, by=desk, case=case, today=today, remark="rood \x1b[31m en \x07 lawaai")
    for verb in ("show", "history"):
        raw = terminal("cases", verb, case, NO_COLOR="1").raw
        assert "\x1b[31m" not in raw
        assert "\x07" not in raw


# -- JSON ---------------------------------------------------------------------------------------------


def test_what_show_gives_may_be_read_back(quick: Quick, case: str, tmp_path: Path) -> None:
    """Its own answers change nothing; with an older version it is a conflict (exit 8)."""
    told = json.loads(quick("cases", "show", case, "--json").out)
    assert (told["case"], told["theme"], told["state"]) == (case, "maternal_death", "incomplete")
    assert told["included"]["verdict"] == "unknown"
    assert told["missing"]["documents"][0] == "pregnancy_card"
    assert told["documents"][0]["wanted"] == "delivery_report"
    assert told["possible"] == ["submit", "withdraw"]
    file = tmp_path / "case.json"
    file.write_text(json.dumps(told))
    same = quick("cases", "edit", case, "--from", file, "--json")
    assert (same.code, json.loads(same.out)["changes"]) == (0, [])
    quick("cases", "edit", case, "--patient-number", "1")
    file.write_text(json.dumps(told | {"patient_number": "2"}))
    late = quick("cases", "edit", case, "--from", file)
    assert (late.code, late.out) == (8, "")
    assert "cases history" in late.err


def test_lists_are_arrays_of_objects(quick: Quick, case: str) -> None:
    """C11."""
    (listed,) = json.loads(quick("cases", "list", "--json").out)
    assert {"case", "centre", "theme", "state", "since", "missing", "documents"} <= set(listed)
    (due,) = json.loads(quick("cases", "due", "--json", "--today", "2027-02-20").out)
    assert (due["due"], due["coming"]) == ({"weeks": 12, "on": "2027-02-13"}, None)
    lines = quick("cases", "history", case, "--jsonl").out.splitlines()
    assert [json.loads(each)["step"] for each in lines] == ["return", "submit", "create"]


@pytest.mark.usefixtures("registry")
def test_a_new_case_is_reported_from_a_file(quick: Quick, tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    file.write_text(
        json.dumps(
            {"theme": "late_termination", "gestation_weeks": 24, "not_viable": True, "centre": "UTR01"}
        )
    )
    done = quick("cases", "new", "--from", file, "--json", *DAY)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["case"], told["centre"], told["included"]["verdict"]) == ("LZ-2026-0001", "UTR01", "yes")
    assert told["reminder_due_on"] == "2026-12-19"
    typed = quick("cases", "new", "--from", "-", "--json", *DAY, stdin='{"theme": "REL", "centre": "AMS01"}')
    assert json.loads(typed.out)["case"] == "NC-2026-0001"


# -- wrong words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("new --centre AMS01", 2, "theme"),
        ("new --theme HYS", 2, "centre"),
        ("new --theme x --centre AMS01", 6, "theme"),
        ("new --theme HYS --centre ZZZ99", 3, "centre"),
        ("new --theme HYS --centre AMS01 --event-date 2030-01-01", 6, "event_date"),
        ("show NC-2026-0099", 3, "case"),
        ("show 42", 2, "case"),
        ("edit {case}", 2, None),
        ("edit {case} --theme LZA1", 8, "theme"),
        ("edit {case} --patient-number 1 --if-version 1", 8, "version"),
        ("edit {case} --clear theme", 6, "theme"),
        ("approve {case} --yes", 8, "state"),
        ("return {case} --remark x --yes", 8, "state"),
        ("withdraw {case}", 2, "remark"),
        ("withdraw {case} --remark x", 2, "yes"),
        ("withdraw {case} --remark x --yes --if-version 1", 8, "version"),
        ("submit {case} --if-version 1", 8, "version"),
        ("list --state gone", 2, "state"),
        ("list --theme appendix", 3, "theme"),
        ("list --centre ZZZ99", 3, "centre"),
        ("list --process x", 2, "process"),
        ("history NC-2026-0099", 3, "case"),
    ],
)  # fmt: skip
def test_c4_wrong_words_are_one_sentence_and_an_exit_code(
    line: str, code: int, field: str | None, quick: Quick, case: str,
    error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    words = line.format(case=case).split()
    for lang in ("nl", "en"):
        told = quick("cases", *words, "--lang", lang)
        assert (told.code, told.out) == (code, ""), told.err
        assert told.err.strip()
    found = error_of(quick("cases", *words, "--json").err)
    assert found["field"] == field
    assert found["message"]


def test_without_a_terminal_nobody_is_asked(
    quick: Quick, registry: Registry, desk: Actor, today: date
) -> None:
    """C2, C5: a reason and a yes come from options."""
    outside = reported(registry, desk, today, **OUTSIDE)
    add_file(registry, outside.id)
    name = str(outside.number)
    refused = quick("cases", "submit", name, "--lang", "en")
    assert (refused.code, "--remark" in refused.err) == (2, True)
    assert quick("cases", "submit", name, "--yes").code == 2
    assert quick("cases", "submit", name, "--remark", "Toch wel.").code == 0
    assert quick("cases", "approve", name).code == 2
    assert quick("cases", "approve", name, "--yes").code == 0


def test_a_dry_run_tells_what_stands_in_the_way(
    quick: Quick, registry: Registry, desk: Actor, today: date
) -> None:
    outside = reported(registry, desk, today, **OUTSIDE)
    add_file(registry, outside.id, traces={"bsn": 1, "date": 2}, name="brief.txt")
    told = quick("cases", "submit", str(outside.number), "--dry-run", "--lang", "en")
    assert told.code == 0
    for text in (
        "would be submitted",
        "after day 42",
        "--remark TEXT",
        "brief.txt: 1 BSN, 2 dates",
        "operation report",
    ):
        assert text in told.out
    data = json.loads(quick("cases", "submit", str(outside.number), "--dry-run", "--json").out)
    assert (data["dry_run"], data["traces"]) == (True, {"brief.txt": {"bsn": 1, "date": 2}})


def test_a_form_that_is_no_upload_does_not_count(
    quick: Quick, registry: Registry, desk: Actor, today: date
) -> None:
    new = reported(registry, desk, today, "maternal_death")
    add_file(registry, new.id, form=CaseForm.CRF)
    assert quick("cases", "submit", str(new.number)).code == 6


def test_the_history_names_documents_by_number(
    quick: Quick, registry: Registry, tmp_path: Path, desk: Actor, today: date
) -> None:
    """Their names may tell who somebody is."""
    new = reported(registry, desk, today)
    file = tmp_path / "Jansen.txt"
    file.write_text("Verslag.\n")
    assert (
        quick("cases", "upload", str(new.number), file, "--as", "delivery_report", "--lang", "en").code == 0
    )
    assert quick("cases", "remove", str(new.number), 1, "--yes").code == 0
    text = quick("cases", "history", str(new.number), "--values", "--lang", "en").out
    assert "document of a case 1 added  delivery report" in text
    assert "document of a case 1 deleted" in text
    assert "Jansen" not in text


def test_the_log_names_cases_in_words(quick: Quick, case: str) -> None:
    quick("cases", "show", case)
    (newest, *_rest) = json.loads(quick("audit", "list", "--case", case, "--json").out)
    assert (newest["event"], newest["case"]) == ("cases.show", case)
    shown = quick("audit", "show", newest["seq"], "--lang", "en").out
    assert f"case {case}" in shown
    assert quick("audit", "list", "--case", case, "--patient", "MS-0000001").code == 2


# -- questions on a terminal --------------------------------------------------------------------------


@pytest.fixture
def seats(registry: Registry, tmp_path: Path) -> Callable[..., Seat]:
    def sit(*words: object, lang: str = "en") -> Seat:
        return Seat(tmp_path, "cases", *words, *DAY, lang=lang)

    return sit


def state_of(quick: Quick, case: str) -> str:
    return str(json.loads(quick("cases", "show", case, "--json").out)["state"])


def test_withdrawing_asks_for_a_remark_and_a_yes(seats: Callable[..., Seat], quick: Quick, case: str) -> None:
    left = seats("withdraw", case)
    left.until("Remark").type("Dubbel gemeld.", ENTER).until("Nothing of it changes any more").type("n")
    assert left.wait() == 130
    assert state_of(quick, case) == "incomplete"
    gone = seats("withdraw", case)
    gone.until("Remark").type("Dubbel gemeld.", ENTER).until("Nothing of it changes any more").type("y")
    assert gone.wait() == 0
    assert state_of(quick, case) == "withdrawn"
    assert json.loads(quick("cases", "show", case, "--json").out)["steps"][-1]["remark"] == "Dubbel gemeld."


def test_submitting_asks_when_files_may_name_somebody(
    seats: Callable[..., Seat], quick: Quick, registry: Registry, desk: Actor, today: date
) -> None:
    new = reported(registry, desk, today)
    name = str(new.number)
    add_file(registry, new.id, name="brief.txt", says="BSN 999990019")
    no = seats("submit", name)
    no.until("brief.txt: 1 BSN", "all the same?").type("n")
    assert no.wait() == 130
    assert state_of(quick, name) == "concept"
    yes = seats("submit", name)
    yes.until("all the same?").type("y")
    assert yes.wait() == 0
    assert yes.told().count("brief.txt") == 1  # told with the question, and not once more
    assert state_of(quick, name) == "submitted"


def test_submitting_outside_the_theme_asks_why(
    seats: Callable[..., Seat], quick: Quick, registry: Registry, desk: Actor, today: date
) -> None:
    new = reported(registry, desk, today, **OUTSIDE)
    add_file(registry, new.id)
    seat = seats("submit", str(new.number))
    seat.until("after day 42", "Why it is a case of this theme after all").type("Begonnen op dag 42.", ENTER)
    assert seat.wait() == 0
    steps = json.loads(quick("cases", "show", str(new.number), "--json").out)["steps"]
    assert steps[-1]["remark"] == "Begonnen op dag 42."


def test_every_state_has_words() -> None:
    assert len(set(STATE_WORDS.values())) == len(STATE_WORDS)

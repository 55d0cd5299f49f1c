"""Adding, changing, stopping and deleting without a question asked: options, files, standard input (SPEC C2-C5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
WHO = {
    "consent": "yes", "consent-date": "2020-01-02", "patient-number": "00001", "family-name": "Bakker",
    "birth-date": "1980-05-06", "sex": "f", "diagnosis-date": "2019-03-04", "diagnosis-phenotype": "rrms",
}  # fmt: skip
COURSE = {"course-date": "2026-11-20", "edss-method": "assessed", "edss": "2,5", "mri-done": "yes",
          "mri-date": "19-11-2026", "mri-region": "hersenen", "mri-gadolinium": "no", "mri-new-t2": "0"}  # fmt: skip
DRUG = {"medicine": "ocrevus", "start-date": "2020-06-01", "deviating-interval": "no"}
EVENT = {"description": "rash", "report-to-lareb": "no"}
PROM = {"answered-on": "19-11-2026", "mobility": "2", "self-care": "geen last", "usual-activities": "3",
        "pain-discomfort": "4", "anxiety-depression": "extreem", "health-score": "68", "mode": "papier"}  # fmt: skip
P = "MS-0000001"


def options(answers: dict[str, str]) -> list[str]:
    return [word for key, value in answers.items() for word in (f"--{key}", value)]


@pytest.fixture
def add(quick: Run, registry: Registry) -> Run:
    """The program, on a registry with one patient who has one of each."""

    def ok(*words: str, stdin: str = "") -> None:
        done = quick(*words, *TODAY, stdin=stdin)
        assert (done.code, done.err) == (0, ""), words

    ok("patients", "add", "--centre", "AMS01", *options(WHO), "--bsn", "-", stdin="9999.90.019\n")
    ok("courses", "add", P, *options(COURSE))
    ok(
        "disease",
        "relapse",
        "add",
        P,
        "--date",
        "2026-08-14",
        "--methylprednisolone",
        "no",
        "--symptoms",
        "visus;gevoel",
    )
    ok("disease", "phenotype", "add", P, "--date", "2026-09-01", "--phenotype", "spms")
    ok("disease", "referral", "add", P, "--referred-by", "huisarts")
    ok("medications", "add", P, *options(DRUG))
    ok("events", "add", P, *options(EVENT))
    ok("proms", "add", P, *options(PROM))
    return quick


def shown(quick: Run, *words: str) -> Any:
    done = quick(*words, "--json", *TODAY)
    assert done.code == 0, done.err
    return json.loads(done.out)


def every(quick: Run) -> list[Any]:
    """All that the registry tells of the patient."""
    return [shown(quick, *words, P) for words in (
        ("patients", "show"), ("courses", "list"), ("disease", "show"), ("medications", "list"), ("events", "list"),
        ("proms", "show"),
    )]  # fmt: skip


def test_one_of_each_is_there(add: Run) -> None:
    patient, courses, _disease, drugs, events, proms = every(add)
    assert (patient["family_name"], patient["complete"], patient["language"]) == ("Bakker", True, "nl")
    assert [(each["edss"], each["mri_region"], each["complete"]) for each in courses] == [
        ("2.5", "brain", True)
    ]
    assert [(each["medicine"], each["stop_date"]) for each in drugs] == [("L04AG08", None)]
    assert [(each["description"], each["medicine"]) for each in events] == [("rash", "L04AG08")]
    assert [(each["answered_on"], each["profile"], each["mode"]) for each in proms] == [
        ("2026-11-19", "21345", "paper")
    ]


BACK = {
    "patient": (("patients", "show", P), ("patients", "edit", P)),
    "course": (("courses", "show", P, "2026-11-20"), ("courses", "edit", P, "2026-11-20")),
    "medication": (("medications", "list", P), ("medications", "edit", P, "L04AG08", "2020-06-01")),
    "event": (("events", "list", P), ("events", "edit", P, "L04AG08", "2020-06-01", "rash")),
    "prom": (("proms", "show", P), ("proms", "edit", P, "2026-11-19")),
}


@pytest.mark.parametrize("record", BACK)
@pytest.mark.parametrize("piped", [True, False])
def test_what_show_tells_is_read_back_by_edit_and_changes_nothing(
    record: str, piped: bool, add: Run, tmp_path: Path
) -> None:
    """The BSN comes masked, hidden answers as nothing, the state as no answer: none of them is a change."""
    show, edit = BACK[record]
    told = shown(add, *show)
    text = json.dumps(told[0] if isinstance(told, list) else told)
    (tmp_path / "a.json").write_text(text)
    before = every(add)
    source = ("-", text) if piped else ("a.json", "")
    done = add(*edit, "--from", source[0], "--json", *TODAY, stdin=source[1])
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["changes"] == []
    assert every(add) == before


def test_a_file_made_before_somebody_elses_change_is_a_conflict(add: Run) -> None:
    told = shown(add, "courses", "show", P, "2026-11-20")
    assert add("courses", "edit", P, "2026-11-20", "--edss", "3", *TODAY).code == 0
    done = add(
        "courses", "edit", P, "2026-11-20", "--from", "-", *TODAY, stdin=json.dumps(told | {"edss": "4"})
    )
    assert (done.code, done.out) == (8, "")
    assert "edss" in done.err
    assert shown(add, "courses", "show", P, "2026-11-20")["edss"] == "3"


def test_a_new_patient_is_told_by_number(quick: Run, registry: Registry) -> None:
    """In a dry run as what would be; what was added is the patient, and not something of a patient."""
    words = ("patients", "add", "--centre", "AMS01", *options(WHO), *TODAY)
    would = quick(*words, "--dry-run")
    assert would.out.splitlines()[0] == f"The patient would be registered as {P}."
    assert would.out.splitlines()[-1] == "Nothing was written."
    assert quick(*words).out.splitlines()[0] == f"The patient is registered as {P}."
    course = quick("courses", "add", P, *options(COURSE), *TODAY)
    assert course.out.splitlines()[0].startswith("Added: ")


@pytest.mark.parametrize("null", [True, False])
def test_null_in_a_file_takes_an_answer_away_and_clear_does_too(null: bool, add: Run) -> None:
    words = ("courses", "edit", P, "2026-11-20", *TODAY)
    if null:
        done = add(*words, "--from", "-", stdin='{"edss": null, "mri_new_t2": "1"}')
    else:
        done = add(*words, "--clear", "edss", "--mri-new-t2", "1")
    assert done.code == 0, done.err
    course = shown(add, "courses", "show", P, "2026-11-20")
    assert (course["edss"], course["mri_new_t2"], course["open"]) == (None, "1", ["edss"])


def test_an_option_is_stronger_than_the_file(add: Run) -> None:
    done = add(
        "courses", "edit", P, "2026-11-20", "--from", "-", "--edss", "3", *TODAY, stdin='{"edss": "4"}'
    )
    assert done.code == 0
    assert shown(add, "courses", "show", P, "2026-11-20")["edss"] == "3"


WRONG = [
    ('[{"edss": 3}]', 6), ('{"edss": 3, "edss": 4}', 6), ('{"edsss": 3}', 2), ("no json", 6),
    ('{"family_name": "x"}', 2), ("{}", 2), ('{"edss": [3]}', 6), (" " * 1_000_001, 6),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), WRONG, ids=range(len(WRONG)))
def test_a_file_that_is_wrong_is_one_sentence_and_changes_nothing(
    content: str, code: int, add: Run, error_of: Callable[[str], dict[str, Any]]
) -> None:
    before = every(add)
    done = add("courses", "edit", P, "2026-11-20", "--from", "-", "--json", *TODAY, stdin=content)
    assert (done.code, done.out) == (code, "")
    assert error_of(done.err)["message"].count("\n") == 0
    assert every(add) == before


def test_c2_what_is_missing_is_named_in_one_sentence(
    add: Run, error_of: Callable[[str], dict[str, Any]]
) -> None:
    done = add("courses", "add", P, "--course-date", "2026-11-21", "--json", *TODAY)
    assert done.code == 2
    assert error_of(done.err)["message"] == "These options are missing: --edss-method, --mri-done."
    done = add("medications", "stop", P, "--stop-date", "2026-11-21", *TODAY)
    assert (done.code, done.out) == (2, "")
    assert "--safety-issue, --stop-reasons" in done.err
    done = add("courses", "add", P, "--course-date", "2026-11-21", "--incomplete", *TODAY)
    assert done.code == 0
    assert shown(add, "courses", "show", P, "2026-11-21")["open"] == ["edss_method", "mri_done"]


def test_s6_a_bsn_is_no_option(add: Run) -> None:
    for words in (("patients", "edit", P), ("patients", "add", "--centre", "AMS01", *options(WHO))):
        done = add(*words, "--bsn", "999990032", *TODAY)
        assert (done.code, done.out) == (2, "")
        assert "999990032" not in done.err
        assert "--bsn -" in done.err
    assert add("patients", "edit", P, "--bsn", "-", *TODAY, stdin="999990032\n").code == 0
    assert shown(add, "patients", "show", P)["bsn"] == "••••••032"
    assert add("patients", "edit", "-", "--bsn", "-", *TODAY, stdin="999990032\n999990019\n").code == 0
    assert shown(add, "patients", "show", P)["bsn"] == "••••••019"
    done = add("patients", "edit", P, "--bsn", "-", *TODAY, stdin="123456789\n")
    assert done.code == 6
    assert "123456789" not in done.err


def test_p1_without_consent(add: Run, registry: Registry) -> None:
    answers = WHO | {"consent": "no", "family-name": "Zkzkzk", "patient-number": "00002"}
    done = add("patients", "add", "--centre", "AMS01", *options(answers), *TODAY)
    assert (done.code, done.out) == (5, "")
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM patient") == (1,)
        assert "Zkzkzk" not in repr(db.rows("SELECT after, before FROM audit_item"))
        assert "Zkzkzk" not in repr(db.rows("SELECT body FROM audit_event"))


@pytest.mark.parametrize("verb", ["add", "edit", "delete"])
def test_c5_a_dry_run_tells_what_would_be_and_does_nothing(verb: str, add: Run) -> None:
    words = {
        "add": ("courses", "add", P, *options(COURSE | {"course-date": "2026-11-21"})),
        "edit": ("courses", "edit", P, "2026-11-20", "--edss", "3"),
        "delete": ("courses", "delete", P, "2026-11-20", "--yes"),
    }[verb]
    before = every(add)
    trial = add(*words, "--dry-run", "--json", *TODAY)
    assert trial.code == 0, trial.err
    assert every(add) == before
    done = add(*words, "--json", *TODAY)
    told = [json.loads(each.out) for each in (trial, done)]
    assert [each.pop("dry_run") for each in told] == [True, False]
    assert told[0] == told[1]


def test_c5_deleting_asks_and_nobody_can_be_asked(add: Run) -> None:
    before = every(add)
    for words in (("courses", "delete", P, "2026-11-20"), ("disease", "referral", "delete", P),
                  ("medications", "delete", P, "L04AG08", "2020-06-01")):  # fmt: skip
        done = add(*words, *TODAY)
        assert (done.code, done.out) == (2, "")
        assert "--yes" in done.err
    assert every(add) == before
    done = add("medications", "delete", P, "L04AG08", "2020-06-01", "--yes", "--json", *TODAY)
    assert json.loads(done.out)["side_effects"] == 1
    assert shown(add, "events", "list", P) == []


def test_g5_stopping_by_options(add: Run) -> None:
    stop = {"stop-date": "2026-11-20", "safety-issue": "yes", "stop-reasons": "bijwerkingen;anders"}
    assert add("medications", "stop", P, *options(stop), *TODAY).code == 0
    (drug,) = shown(add, "medications", "list", P)
    assert (drug["stop_date"], drug["stop_reasons"]) == ("2026-11-20", ["adverse_event", "other"])
    assert add("medications", "stop", P, *options(stop), *TODAY).code == 3


def test_c12_what_is_piped_names_questions_and_no_values(add: Run) -> None:
    done = add("courses", "edit", P, "2026-11-20", "--edss", "3", *TODAY)
    assert done.code == 0
    assert "EDSS score" in done.out
    assert "2.5" not in done.out


def test_s3_a_reader_is_refused(add: Run, sit_down: Callable[..., Actor]) -> None:
    sit_down(Role.READER, "AMS01")
    for words in (("patients", "add", *options(WHO)), ("courses", "edit", P, "2026-11-20", "--edss", "3"),
                  ("courses", "delete", P, "2026-11-20", "--yes")):  # fmt: skip
        done = add(*words, *TODAY)
        assert (done.code, done.out) == (5, "")


def test_drafts_without_a_terminal(add: Run) -> None:
    assert shown(add, "drafts", "list") == []
    assert add("drafts", "discard", "--yes").code == 3
    done = add("drafts", "resume")
    assert (done.code, done.out) == (2, "")
    assert "terminal" in done.err

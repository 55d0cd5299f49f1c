"""A first patient typed at a real terminal, from `patients add` to `synopsis`; and the same one by other ways."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from msreg.vocabulary import Record
from tests.conftest import Launch
from tests.entries import (
    CENTRE,
    COURSE,
    LANGUAGES,
    MEDICATION,
    PATIENT,
    RELAPSE,
    SYSTEMS,
    TODAY,
    Step,
    label,
    stored,
)  # fmt: skip
from tests.functional.conftest import write_workbook
from tests.keyboard import BACK, ENTER, WIPE, Seat, Size

WORDS = {
    "centre": ("Centrum", "Centre"),
    "systems": ("Functionele systemen", "Functional systems"),
    "fill": ("i", "f"),
    "right": ("Klopt dit?", "Is this right?"),
    "reason": ("Reden", "Reason"),
    "registered": ("De patiënt is geregistreerd als MS-0000001.", "The patient is registered as MS-0000001."),
    "help": ("Is er sinds het vorige beloop een MRI gemaakt?", "Was an MRI made since the course before?"),
    "now": ("ocrelizumab sinds 01-02-2024", "ocrelizumab since 2024-02-01"),
    "later": ("ligt in de toekomst", "lies in the future"),
}
REASON = "walks badly after a fall"
RECORDS = {
    Record.COURSE: (("courses", "add"), (*COURSE, *SYSTEMS)),
    Record.DISEASE: (("disease", "relapse", "add"), RELAPSE),
    Record.MEDICATION: (("medications", "add"), MEDICATION),
}
SHEETS = {Record.COURSE: "courses", Record.DISEASE: "disease", Record.MEDICATION: "medication"}


def fresh(template: Path, place: Path) -> Path:
    """A registry of its own, with two centres and no patients."""
    return Path(shutil.copytree(template, place))


def typed(seat: Seat, record: Record, steps: Sequence[Step], lang: str) -> None:
    for step in steps:
        seat.answer(label(record, step.key, lang), step.keys(lang))


@pytest.fixture(scope="module", params=LANGUAGES)
def by_hand(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The language, and a registry with the patient, typed at a terminal in it."""
    lang: str = request.param
    folder = fresh(template, tmp_path_factory.mktemp("hand") / "copy")
    say = {key: words[LANGUAGES.index(lang)] for key, words in WORDS.items()}

    def sit(*words: str) -> Seat:
        return Seat(folder, *words, "--today", TODAY, lang=lang, size=Size(80, 40), anew=True)

    seat = sit("patients", "add")
    typed(seat, Record.PATIENT, PATIENT[:1], lang)
    seat.answer(say["centre"], "utr" + ENTER)
    typed(seat, Record.PATIENT, PATIENT[1:], lang)
    assert seat.wait() == 0
    assert say["registered"] in seat.told()

    seat = sit("courses", "add", "1")
    date, method, score, mri, *rest = COURSE
    seat.answer(label(Record.COURSE, date.key, lang), "22-11-2026" + ENTER).until(say["later"])
    seat.answer(label(Record.COURSE, date.key, lang), WIPE + date.keys(lang))
    typed(seat, Record.COURSE, [method], lang)
    seat.answer(label(Record.COURSE, score.key, lang), "4" + ENTER)
    seat.answer(label(Record.COURSE, mri.key, lang), BACK)  # a typing error, seen too late
    seat.answer(label(Record.COURSE, score.key, lang), WIPE + score.keys(lang))
    seat.answer(label(Record.COURSE, mri.key, lang), "?").until(say["help"])
    typed(seat, Record.COURSE, [mri, *rest], lang)
    seat.answer(say["systems"], say["fill"] + ENTER)
    typed(seat, Record.COURSE, SYSTEMS, lang)
    seat.answer(say["right"], ("j" if lang == "nl" else "y") + ENTER)
    seat.answer(say["reason"], REASON + ENTER)
    assert seat.wait() == 0

    for record in (Record.DISEASE, Record.MEDICATION):
        words, steps = RECORDS[record]
        seat = sit(*words, "1")
        typed(seat, record, steps, lang)
        assert seat.wait() == 0
    return lang, folder


def test_the_synopsis_shows_what_was_typed(by_hand: tuple[str, Path]) -> None:
    """O2 after P1, K1, K2, D3, G1: one page of the patient, in the language that was typed in."""
    lang, folder = by_hand
    seat = Seat(folder, "synopsis", "MS-0000001", "--today", TODAY, lang=lang)
    assert seat.wait() == 0
    shown = seat.told()
    score = "EDSS 3,5" if lang == "nl" else "EDSS 3.5"
    assert "van den Bakker, A.B." in shown
    assert score in shown
    assert WORDS["now"][LANGUAGES.index(lang)] in shown
    assert "999990019" not in seat.raw  # C8


def test_nothing_is_left_unfinished(by_hand: tuple[str, Path], launch: Launch) -> None:
    """An entry that came to its end leaves no draft, and the patient is complete (P6)."""
    _lang, folder = by_hand
    assert json.loads(launch(folder, "drafts", "list", "--json").out) == []
    (row,) = json.loads(launch(folder, "patients", "list", "--json", "--today", TODAY).out)
    assert (row["registry_number"], row["complete"]) == ("MS-0000001", True)


def test_the_reason_is_kept(by_hand: tuple[str, Path], launch: Launch) -> None:
    """A doubt that was confirmed stands in the history with its reason; the chain of the log is whole."""
    _lang, folder = by_hand
    history = launch(folder, "patients", "history", "MS-0000001", "--json", "--values").out
    assert REASON in history
    assert launch(folder, "audit", "verify").code == 0


def by_options(folder: Path, lang: str, launch: Launch) -> None:
    patient = stored(PATIENT, lang)
    options = _options({**patient, "bsn": "-"})
    done = [launch(folder, "patients", "add", "--centre", CENTRE, "--today", TODAY, *options,
                   stdin=f"{patient['bsn']}\n")]  # fmt: skip
    for words, steps in RECORDS.values():
        options = _options(stored(steps, lang))
        done.append(launch(folder, *words, "1", "--today", TODAY, "--reason", REASON, *options))
    assert [each.code for each in done] == [0, 0, 0, 0], done


def _options(answers: Mapping[str, Any]) -> list[str]:
    said = {True: "yes", False: "no"}
    return [
        word
        for key, value in answers.items()
        for word in (f"--{key.replace('_', '-')}", said[value] if isinstance(value, bool) else str(value))
    ]


def by_json(folder: Path, lang: str, launch: Launch) -> None:
    def told(name: str, answers: Mapping[str, Any]) -> Path:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(answers), encoding="utf-8")
        return path

    source = told("patient", {"centre": CENTRE, **stored(PATIENT, lang)})
    done = [launch(folder, "patients", "add", "--today", TODAY, "--from", source)]
    for record, (words, steps) in RECORDS.items():
        source = told(record.value, stored(steps, lang))
        done.append(launch(folder, *words, "1", "--today", TODAY, "--reason", REASON, "--from", source))
    assert [each.code for each in done] == [0, 0, 0, 0], done


def by_batch(folder: Path, lang: str, launch: Launch) -> None:
    named = {"centre": CENTRE, "patient_number": "00123"}
    sheets = {"patients": [{"centre": CENTRE, **stored(PATIENT, lang)}]}
    for record, (_words, steps) in RECORDS.items():
        kind = {"kind": "relapse"} if record is Record.DISEASE else {}
        sheets[SHEETS[record]] = [{**named, **kind, **stored(steps, lang)}]
    done = launch(
        folder, "imports", "run", write_workbook(folder / "a.xlsx", sheets), "--yes", "--today", TODAY
    )
    assert done.code == 0, done


@pytest.fixture(scope="module")
def given_out(by_hand: tuple[str, Path], launch: Launch) -> dict[str, dict[str, str]]:
    """What the registry with the typed patient gives out, by format and file."""
    return exported(by_hand[1], launch)


def exported(folder: Path, launch: Launch) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for kind, name in (("jsonl", "all.jsonl"), ("csv", "all")):
        out = folder / name
        done = launch(folder, "exports", kind, "--out", out, "--today", TODAY)
        assert done.code == 0, done
        files = [out] if out.is_file() else sorted(out.iterdir())
        found[kind] = {
            each.name: each.read_text(encoding="utf-8") for each in files if each.stem != "provenance"
        }
    # When it was given out, and at which row of the log, differs: a row of its own.
    first, rest = found["jsonl"]["all.jsonl"].split("\n", 1)
    assert json.loads(first)["sheet"] == "provenance"
    found["jsonl"]["all.jsonl"] = rest
    return found


@pytest.mark.parametrize("way", [by_options, by_json, by_batch])
def test_every_way_gives_the_same_patient(
    by_hand: tuple[str, Path], given_out: dict[str, dict[str, str]], way: Callable[[Path, str, Launch], None],
    template: Path, tmp_path: Path, launch: Launch,
) -> None:  # fmt: skip
    """Typed, by options, as JSON or in a batch file: what the registry gives out of it is the same (C2, B1)."""
    other = fresh(template, tmp_path / "other")
    way(other, by_hand[0], launch)
    assert exported(other, launch) == given_out


def test_what_is_given_out_has_every_answer(
    by_hand: tuple[str, Path], given_out: dict[str, dict[str, str]]
) -> None:
    """The comparison above compares something: each question that was answered is there with its answer."""
    lang, _folder = by_hand
    rows = [json.loads(line) for line in given_out["jsonl"]["all.jsonl"].splitlines()]
    for steps in (PATIENT, *(steps for _words, steps in RECORDS.values())):
        answers = stored(steps, lang)
        assert any(_holds(row, answers) for row in rows), steps[0].key


def _holds(row: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    given = {key: ", ".join(value) if isinstance(value, list) else value for key, value in row.items()}
    return all(key in given and str(given[key]) == str(value) for key, value in answers.items())

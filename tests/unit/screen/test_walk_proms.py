"""A list of the EQ-5D-5L typed over by guided entry: own labels, or the office's words (SPEC Q2, Q3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Interrupted, Usage
from msreg.rules.eq5d import DIMENSIONS, LEVELS
from msreg.screen.edge import Edge, use
from msreg.screen.guided import guide
from msreg.screen.language import activate
from msreg.screen.prompter import Question, Scripted
from msreg.services import drafts
from msreg.services.adding import add_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language, Record

P = "MS-0000001"
WHO = {
    "consent": "yes", "consent_date": "2020-01-02", "patient_number": "00001", "family_name": "Bakker",
    "birth_date": "1980-05-06", "sex": "female", "diagnosis_date": "2019-03-04", "diagnosis_phenotype": "rrms",
}  # fmt: skip
ANSWERS = ["20-11-2026", "2", "1", "3", "4", "5", "68", "paper"]
Ask = Callable[..., Scripted]


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    yield
    activate(Language.EN)
    use(Edge())


@pytest.fixture
def ask(registry: Registry, desk: Actor, today: date) -> Ask:
    """Ask for a list in a language, with the settings of an office that has a file or none."""
    add_record(registry, by=desk, record=Record.PATIENT, centre="AMS01", answers=WHO, today=today)

    def call(replies: list[Any], lang: Language = Language.EN, wording: Path | None = None) -> Scripted:
        settings = replace(registry.settings, proms_wording=wording)
        use(Edge(lang=lang, terminal=True, interactive=True, width=80, loaded=settings))
        activate(lang)
        script = Scripted(replies)
        guide(registry, by=desk, today=today, record=Record.PROM, patient=P, ask=script)
        return script

    return call


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Made-up words in English, in the layout of docs/how-to/proms.md."""
    lines = []
    for key in DIMENSIONS:
        lines += [f"[en.{key}]", f'label = "OFFICE {key}"', *(f'{at} = "OFFICE level {at}"' for at in LEVELS)]
    path = tmp_path / "words.toml"
    path.write_text("\n".join([*lines, "[en.health_score]", 'label = "OFFICE score"']), encoding="utf-8")
    return path


def of(script: Scripted, name: str) -> Question:
    return next(each for each in script.asked if each.name == name)


def stored(registry: Registry) -> list[Any]:
    with registry.light() as db:
        return [
            tuple(row) for row in db.rows("SELECT answered_on, profile, index_value, health_score FROM prom")
        ]


def test_the_questions_come_in_the_order_of_the_profile(ask: Ask, registry: Registry) -> None:
    script = ask(ANSWERS)
    options = ["answered_on", *DIMENSIONS, "health_score", "mode"]
    assert [each.name for each in script.asked] == [f"--{key.replace('_', '-')}" for key in options]
    assert of(script, "--mobility").label == "Walking"
    assert [each.value for each in of(script, "--mobility").options if each.value] == list(LEVELS)
    assert stored(registry) == [("2026-11-20", "21345", 0.05, 68)]


def test_the_words_of_the_office_are_asked_and_the_codes_kept(
    ask: Ask, words: Path, registry: Registry
) -> None:
    script = ask(ANSWERS, wording=words)
    question = of(script, "--mobility")
    assert question.label == "OFFICE mobility"
    titles = " ".join(each.title for each in question.options)
    assert all(f"OFFICE level {level}" in titles for level in LEVELS)
    assert of(script, "--health-score").label == "OFFICE score"
    assert stored(registry) == [("2026-11-20", "21345", 0.05, 68)]


def test_a_long_answer_goes_on_below_itself(
    ask: Ask, words: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Broken between words, in eighty columns."""
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("OFFICE level 2", "a long text of a level " * 3 + "2"), encoding="utf-8")
    ask(ANSWERS, wording=words)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    at = next(at for at, line in enumerate(lines) if "OFFICE mobility" in line and " a long" in line)
    assert max(map(len, lines)) <= 80
    assert lines[at].endswith(" a")
    assert lines[at + 1] == " " * 36 + "level a long text of a level 2"


def test_a_language_that_the_file_lacks_is_asked_in_the_labels_of_msreg(ask: Ask, words: Path) -> None:
    script = ask(ANSWERS, Language.NL, words)
    assert of(script, "--mobility").label == "Lopen"


def test_a_file_with_a_hole_stops_before_the_first_question(
    ask: Ask, words: Path, registry: Registry, desk: Actor
) -> None:
    """And nothing half done is left behind."""
    words.write_text(
        words.read_text(encoding="utf-8").replace('5 = "OFFICE level 5"', "", 1), encoding="utf-8"
    )
    with pytest.raises(Usage, match=r"The wording file words\.toml: en\.mobility\.5 is missing\."):
        ask(ANSWERS, wording=words)
    assert (stored(registry), drafts.drafts_of(registry, by=desk)) == ([], [])


def test_a_score_out_of_range_is_refused_at_its_question(ask: Ask, registry: Registry) -> None:
    script = ask([*ANSWERS[:6], "101", "-1", "100", None])
    assert [name for name, _why in script.refused] == ["--health-score"] * 2
    assert stored(registry)[0][3] == 100


def test_what_was_answered_is_kept_when_somebody_stops(ask: Ask, registry: Registry, desk: Actor) -> None:
    with pytest.raises(Interrupted):
        ask([*ANSWERS[:3], KeyboardInterrupt])
    (draft,) = drafts.drafts_of(registry, by=desk)
    assert draft.record is Record.PROM
    assert stored(registry) == [("2026-11-20", None, None, None)]

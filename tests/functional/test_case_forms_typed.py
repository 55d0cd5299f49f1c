"""The forms of a case typed at a real terminal, in Dutch and English: kept answer by answer, and their PDF (SPEC N6)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.forms.load import load
from msreg.forms.themes import case_form
from msreg.vocabulary import CaseForm
from tests.case_answers import CRF, NC, SWANSEA
from tests.conftest import Launch
from tests.entries import LANGUAGES, NO, NOTHING, TODAY, YES, Step
from tests.keyboard import BACK, ENTER, STOP, WIPE, Seat, Size

BIRTH = (
    Step("death_date", ("20-11-2026", "20 nov 2026"), "2026-11-20"),
    Step("death_place", ("z", "h"), "hospital"),
    Step("age", "34", 34),
    Step("gravidity", "3", 3),
    Step("parity", "2", 2),
    Step("bmi", ("31,4", "31.4"), "31.4"),
    Step("relevant_history", "hypertensie", "hypertensie"),
    Step("pregnancy_end", ("bev", "bi"), "birth"),
    Step("gestation_weeks", "34", 34),
    Step("delivery_mode", ("sec", "cae"), "caesarean"),
    Step("delivery_date", ("18.11.2026", "18/11/2026"), "2026-11-18"),
    Step("child_outcome", ("in", "al"), "alive"),
    Step("multiple", NO, False),
    Step("cause_class", "direct", "direct"),
    Step("cause_text", "eclampsie", "eclampsie"),
    Step("autopsy", ("gew", "ref"), "refused"),
    Step("events", "Opname met hoofdpijn.", "Opname met hoofdpijn."),
    Step("improvable", YES, True),
    Step("improvable_text", "eerder verwijzen", "eerder verwijzen"),
)
UNKNOWN = ("onbekend", "unknown")
LIVER = (
    Step("vomiting", YES, "yes"),
    Step("abdominal_pain", YES, "yes"),
    Step("polydipsia_polyuria", ("nee", "no"), "no"),
    Step("encephalopathy", ("o", "u"), "unknown"),
    Step("bilirubin", "88", "88"),
    Step("glucose", ("3,2", "3.2"), "3.2"),
    Step("uric_acid", UNKNOWN, "unknown"),
    Step("leucocytes", ("14,5", "14.5"), "14.5"),
    Step("asat", "320", "320"),
    Step("alat", "401", "401"),
    Step("ammonia", UNKNOWN, "unknown"),
    Step("creatinine", "150", "150"),
    Step("pt", "14", "14"),
    Step("aptt", UNKNOWN, "unknown"),
    Step("ascites_bright_liver", ("nee", "no"), "no"),
    Step("steatosis", ("o", "u"), "unknown"),
    Step("other_explanation", NOTHING, None),
)
SAID = {
    "centre": ("Centrum", "Centre"),
    "score": ("6", "11"),
}


class Desk:
    """A registry of its own, and the language that is typed in."""

    def __init__(self, folder: Path, lang: str, launch: Launch) -> None:
        self.folder, self.lang, self.launch = folder, lang, launch

    def sit(self, *words: str) -> Seat:
        return Seat(self.folder, *words, "--today", TODAY, lang=self.lang, size=Size(80, 40))

    def run(self, *words: str | Path, **more: Any) -> Any:
        return self.launch(self.folder, *words, "--today", TODAY, MSREG_LANG=self.lang, **more)

    def typed(self, seat: Seat, form: CaseForm, steps: Sequence[Step]) -> None:
        for step in steps:
            seat.answer(self.label(form, step.key), step.keys(self.lang))

    def label(self, form: CaseForm, key: str) -> str:
        return load(form)[key].label[self.lang]

    def say(self, key: str) -> str:
        return SAID[key][LANGUAGES.index(self.lang)]

    def answers(self, verb: str) -> dict[str, Any]:
        shown = self.run("cases", verb, NC, "--json")
        assert shown.code == 0, shown
        return dict(json.loads(shown.out))


@pytest.fixture(params=LANGUAGES)
def desk(request: pytest.FixtureRequest, template: Path, tmp_path: Path, launch: Launch) -> Desk:
    return Desk(Path(shutil.copytree(template, tmp_path / "copy")), request.param, launch)


def given(form: CaseForm) -> list[str]:
    answers = CRF if form is CaseForm.CRF else SWANSEA
    return [word for key, value in answers.items() for word in (f"--{key.replace('_', '-')}", value)]


def stored(steps: Sequence[Step]) -> dict[str, Any]:
    return {step.key: step.value for step in steps}


def document(desk: Desk) -> str:
    """The words of the only document of the case, which msreg made."""
    out = desk.folder / "form.pdf"
    (made,) = json.loads(desk.run("cases", "show", NC, "--json").out)["documents"]
    done = desk.run("cases", "download", NC, str(made["document"]), "--out", out, "--overwrite")
    assert done.code == 0, done
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(out.read_bytes())).pages).split()
    )


def test_a_maternal_death_from_its_report_to_its_document(desk: Desk) -> None:
    """N3, N6: reported, its CRF killed half-way, gone on with, mended with ctrl-b, and the PDF is there by itself."""
    words = case_form("maternal_death")
    seat = desk.sit("cases", "new")
    seat.answer(desk.label(CaseForm.CASE, "theme"), "mat" + ENTER)
    seat.answer(desk.label(CaseForm.CASE, "patient_number"), "Z12345" + ENTER)
    seat.answer(desk.say("centre"), "ams" + ENTER)
    for key, keys in (
        ("event_date", "20-11-2026"), ("pregnancy_start", ""),
        ("pregnancy_ended", YES[LANGUAGES.index(desk.lang)]), ("delivery_date", "18-11-2026"),
    ):  # fmt: skip
        seat.answer(words[key].label[desk.lang][:29] + "…", keys + ENTER)
    assert seat.wait() == 0
    assert seat.told().count(NC) >= 3
    assert f"msreg cases crf {NC}" in seat.told()

    seat = desk.sit("cases", "crf", NC)
    desk.typed(seat, CaseForm.CRF, BIRTH[:4])
    seat.asks(desk.label(CaseForm.CRF, "parity"))
    seat.kill()  # between two answers: the four before it are kept
    kept = desk.answers("crf")
    assert {key: kept[key] for key in stored(BIRTH[:4])} == stored(BIRTH[:4])
    assert kept["parity"] is None

    seat = desk.sit("cases", "crf", NC)
    seat.answer(desk.label(CaseForm.CRF, "parity"), "1" + ENTER)
    seat.answer(desk.label(CaseForm.CRF, "bmi"), BACK)
    seat.answer(desk.label(CaseForm.CRF, "parity"), WIPE + "2" + ENTER)
    help_ = load(CaseForm.CRF)["bmi"].help[desk.lang]
    seat.answer(desk.label(CaseForm.CRF, "bmi"), "?").until(help_)
    desk.typed(seat, CaseForm.CRF, BIRTH[5:7])
    seat.answer(desk.label(CaseForm.CRF, "pregnancy_end"), STOP)
    assert seat.wait() == 130
    assert f"msreg cases crf {NC}" in seat.told()
    assert seat.sane

    seat = desk.sit("cases", "crf", NC)
    desk.typed(seat, CaseForm.CRF, BIRTH[7:])
    assert seat.wait() == 0
    assert "PDF" in seat.told()
    told = desk.answers("crf")
    assert {key: told[key] for key in stored(BIRTH)} == stored(BIRTH)
    assert (told["complete"], told["open"]) == (True, [])
    said = document(desk)  # of the committee, in Dutch whoever typed it
    assert "CRF maternale sterfte" in said
    assert "Obductie geweigerd" in said
    assert "Wijze van bevallen sectio" in said
    assert "Z12345" not in said


def test_the_swansea_criteria_with_their_score(desk: Desk) -> None:
    """Each answer moves the score at the bottom; complete, the PDF tells it."""
    assert desk.run("cases", "new", "--theme", "AFLP", "--centre", "AMS01").code == 0
    seat = desk.sit("cases", "swansea", NC)
    desk.typed(seat, CaseForm.SWANSEA, LIVER[:3])
    seat.until(*(["2", "13"] if desk.lang == "nl" else ["score 2 to 13 of 14"]))
    desk.typed(seat, CaseForm.SWANSEA, LIVER[3:])
    assert seat.wait() == 0
    told = desk.answers("swansea")
    assert {key: told[key] for key in stored(LIVER)} == stored(LIVER)
    assert (told["score"]["low"], told["score"]["high"], told["score"]["fulfilled"]) == (6, 11, True)
    assert told["included"]["verdict"] == "yes"
    assert "Criteria waaraan is voldaan 6 tot 11 van 14" in document(desk)


def test_by_options_and_by_file_it_is_the_same_form(desk: Desk) -> None:
    """C2: what --json shows is read back by --from without a change, and null takes an answer away."""
    assert desk.run("cases", "new", "--theme", "maternal_death", "--centre", "AMS01").code == 0
    done = desk.run("cases", "crf", NC, *given(CaseForm.CRF), "--json")
    assert done.code == 0, done
    changed = json.loads(done.out)
    assert (len(changed["changes"]), changed["complete"]) == (len(CRF), True)
    path = desk.folder / "crf.json"
    told = desk.answers("crf")
    path.write_text(json.dumps(told), encoding="utf-8")
    same = desk.run("cases", "crf", NC, "--from", path, "--json")
    assert json.loads(same.out)["changes"] == []
    path.write_text(json.dumps({**told, "autopsy": None}), encoding="utf-8")
    less = json.loads(desk.run("cases", "crf", NC, "--from", path, "--json").out)
    assert (less["complete"], less["open"]) == (False, ["autopsy"])
    again = desk.run("cases", "crf", NC, "--from", path)  # made of an older version
    assert (again.code, again.out) == (8, "")


def test_a_form_as_a_file_in_the_language_of_the_call(desk: Desk) -> None:
    """--out: a PDF that only its owner reads; the log knows to whom it went; nothing is overwritten unasked."""
    desk.run("cases", "new", "--theme", "AFLP", "--centre", "AMS01")
    desk.run("cases", "swansea", NC, *given(CaseForm.SWANSEA))
    out = desk.folder / "own.pdf"
    words = ("cases", "swansea", NC, "--out", out, "--to", "expert", "--purpose", "second opinion")
    assert desk.run(*words).code == 0
    (page,) = PdfReader(out).pages
    assert {"nl": "Braken", "en": "Vomiting"}[desk.lang] in page.extract_text()
    assert out.stat().st_mode & 0o777 == 0o600
    assert desk.run(*words).code == 8
    assert desk.run(*words, "--overwrite").code == 0
    left = json.loads(desk.run("exports", "list", "--json").out)
    assert [(row["event"], row["recipient"], row["purpose"]) for row in left] == [
        ("cases.swansea", "expert", "second opinion")
    ] * 2


@pytest.fixture(scope="module")
def liver(template: Path, tmp_path_factory: pytest.TempPathFactory, launch: Launch) -> Path:
    """A registry with one case, of acute fatty liver."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("liver") / "copy"))
    words = ("cases", "new", "--theme", "AFLP", "--centre", "AMS01", "--today", TODAY)
    assert launch(folder, *words).code == 0
    return folder


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("crf", NC), 2),
        (("crf", NC, "--age", "30"), 6),
        (("crf", NC, "--show"), 6),
        (("swansea", NC), 2),
        (("swansea", NC, "--glucose", "zoet"), 6),
        (("swansea", NC, "--glucose", "320"), 6),
        (("swansea", NC, "--clear", "age"), 2),
        (("swansea", NC, "--show", "--glucose", "3"), 2),
        (("swansea", NC, "--out", "x.txt"), 2),
        (("swansea", NC, "--to", "somebody"), 2),
        (("swansea", NC, "--from", "nowhere.json"), 3),
        (("swansea", "NC-2026-0099", "--show"), 3),
        (("swansea", "AFLP", "--show"), 2),
        (("new",), 2),
        (("edit", NC), 2),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else str(each),
)
def test_wrong_words_are_one_sentence(liver: Path, launch: Launch, words: tuple[str, ...], code: int) -> None:
    """C4: nothing on standard output, one sentence and perhaps a hint on standard error, and the right exit code."""
    done = launch(liver, "cases", *words, "--today", TODAY)
    assert (done.code, done.out) == (code, ""), done
    assert 1 <= len(done.err.strip().splitlines()) <= 2, done.err

"""The questionnaire behind a personal link (SPEC Q2, Q3): shown, kept, handed in once, in two languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from msreg.forms.value_sets import named
from msreg.rules.eq5d import DIMENSIONS, LEVELS, value
from tests.web_links import GOOD, TODAY, invited, patients
from tests.web_site import Site, serving


@pytest.fixture(scope="module")
def people_to_ask(site: Site) -> list[str]:
    return patients(site.registry, 18)


@pytest.fixture
def patient(people_to_ask: list[str]) -> str:
    """A patient whom no other test has."""
    return people_to_ask.pop()


@pytest.fixture
def link(site: Site, patient: str) -> str:
    return invited(site.registry, patient)["prom"]


def lists(site: Site, patient: str) -> list[tuple[object, ...]]:
    return site.rows(
        "SELECT answered_on, profile, index_value, health_score FROM prom WHERE patient_id = ? AND answered_on = ?",
        patient, TODAY.isoformat(),
    )  # fmt: skip


@pytest.mark.parametrize(("lang", "words"), [("nl", "Lopen"), ("en", "Walking")])
def test_q2_the_page_asks_five_dimensions_and_a_score_in_each_language(
    site: Site, link: str, lang: str, words: str
) -> None:
    page = site.get(f"{link}?lang={lang}")
    assert page.status == 200
    assert f'<html lang="{lang}">' in page.text
    assert words in page.text
    assert page.text.count("<fieldset") == 5
    assert page.text.count('type="radio"') == 25
    assert len(re.findall(r'<label for="health_score">', page.text)) == 1
    assert f'action="?lang={lang}"' in page.text
    assert page.headers["content-language"] == lang


def test_the_language_is_the_patients_own_until_another_is_chosen(
    site: Site, patient: str, link: str
) -> None:
    with site.registry.light() as db:
        db.execute("UPDATE patient SET language = 'en' WHERE id = ?", (patient,))
    page = site.get(link, Accept_Language="nl")
    assert '<html lang="en">' in page.text
    assert '<a href="?lang=nl" lang="nl" hreflang="nl">Nederlands</a>' in page.text
    assert '<html lang="nl">' in site.get(f"{link}?lang=nl").text
    saved = site.post(f"{link}?lang=nl", {"mobility": "1", "action": "save"})
    assert saved.headers["location"] == f"{link}?lang=nl&kept=1"


def test_q2_save_keeps_what_was_answered_and_sending_makes_a_list(
    site: Site, patient: str, link: str
) -> None:
    saved = site.post(link, {"mobility": "2", "health_score": "", "action": "save"})
    assert (saved.status, saved.headers["location"]) == (303, f"{link}?kept=1")
    page = site.get(f"{link}?kept=1&lang=en")
    assert "Your answers are saved." in page.text
    assert 'id="mobility-2" value="2" checked' in page.text
    assert not lists(site, patient)
    sent = site.post(link, {**GOOD, "action": "send"})
    assert (sent.status, sent.headers["location"]) == (303, link)
    thanks = site.get(f"{link}?lang=en")
    assert thanks.status == 200
    assert "Thank you" in thanks.text
    assert "72" not in re.sub(r"<head>.*</head>", "", thanks.text, flags=re.S)
    assert "<form" not in thanks.text
    index = value("21131", named("NL-Versteegh-2016-3dp"))
    assert lists(site, patient) == [(TODAY.isoformat(), "21131", float(index), 72)]


def test_q2_sending_twice_is_once(site: Site, patient: str, link: str) -> None:
    for _each in range(2):
        answer = site.post(link, {**GOOD, "action": "send"})
        assert (answer.status, answer.headers["location"]) == (303, link)
    assert len(lists(site, patient)) == 1


@pytest.mark.parametrize("score", ["101", "-1", "12.5", "veel", ""])
def test_a_fault_is_told_at_its_question_and_what_was_filled_in_stays(
    site: Site, patient: str, link: str, score: str
) -> None:
    given = {**GOOD, "health_score": score, "action": "send"}
    del given["self_care"]
    page = site.post(f"{link}?lang=en", given)
    assert page.status == 422
    assert "<title>Not complete yet: Questionnaire</title>" in page.text
    assert '<a href="#self_care-1">' in page.text
    assert '<a href="#health_score">' in page.text
    assert page.text.count('aria-invalid="true"') == 2
    assert 'aria-describedby="health_score-wrong health_score-help"' in page.text
    assert f'name="health_score" id="health_score" value="{score}"' in page.text
    assert 'id="pain_discomfort-3" value="3" checked' in page.text
    assert not lists(site, patient)
    assert 'id="pain_discomfort-3" value="3" checked' in site.get(link).text  # what was valid is kept


def test_what_is_written_in_a_field_is_never_markup(site: Site, link: str) -> None:
    page = site.post(link, {"health_score": '"><script>1', "action": "save"})
    assert page.status == 422
    assert "<script>1" not in page.text
    assert "&#34;&gt;&lt;script&gt;1" in page.text


def test_the_script_of_the_page_keeps_answers_in_passing(site: Site, patient: str, link: str) -> None:
    assert site.post(link, {"mobility": "4", "action": "keep"}).data() == {"kept": True}
    assert site.post(link, {"health_score": "200", "action": "keep"}).data() == {"kept": False}
    assert 'id="mobility-4" value="4" checked' in site.get(link).text
    assert site.post(link, {**GOOD, "action": "send"}).status == 303
    late = site.post(link, {"mobility": "1", "action": "keep"})
    assert (late.status, late.data()) == (409, {"kept": False})
    assert lists(site, patient)[0][1] == "21131"


def test_a_closed_link_says_one_kind_thing_and_whom_to_ask(site: Site, patient: str) -> None:
    expired = invited(site.registry, patient, until=date(2026, 1, 1))["prom"]
    for method in ("GET", "POST"):
        page = (
            site.post(f"{expired}?lang=en", {**GOOD, "action": "send"})
            if method == "POST"
            else site.get(f"{expired}?lang=en")
        )
        assert page.status == 410
        assert "This link has expired" in page.text
        assert "020 123 45 67" in page.text
        assert "<form" not in page.text
    assert not lists(site, patient)


def test_a_second_list_of_one_day_is_not_asked(site: Site, patient: str) -> None:
    first, second = (invited(site.registry, patient)["prom"] for _each in range(2))
    assert site.post(first, {**GOOD, "action": "send"}).status == 303
    page = site.get(f"{second}?lang=en")
    assert page.status == 410
    assert "You filled in a list today already" in page.text


def test_who_withdrew_is_not_asked_any_more(site: Site, patient: str, link: str) -> None:
    with site.registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-11-30' WHERE id = ?", (patient,))
    page = site.get(f"{link}?lang=en")
    assert page.status == 410
    assert "This questionnaire is not needed any more" in page.text


def test_q2_the_words_are_those_of_the_office(site: Site, link: str, tmp_path: Path) -> None:
    """The licensed text comes from a file; msreg's own labels are asked in a language that the file lacks."""
    levels = "\n".join(f'{level} = "Trede {level}"' for level in LEVELS)
    file = tmp_path / "wording.toml"
    file.write_text(
        "".join(f'[nl.{key}]\nlabel = "Vraag naar {key}"\n{levels}\n' for key in DIMENSIONS)
        + '[nl.health_score]\nlabel = "De meter"\nhelp = "Zet een streep."\n'
    )
    with serving(replace(site.registry.settings, proms_wording=file)) as port:
        other = replace(site, port=port)
        page = other.get(f"{link}?lang=nl")
        assert "Vraag naar mobility" in page.text
        assert page.text.count("Trede 3") == 5
        assert "Zet een streep." in page.text
        assert "slight" in other.get(f"{link}?lang=en").text

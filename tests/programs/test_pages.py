"""The pages in a real browser (SPEC Q2, N2): filled in by everybody, and nobody else is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from msreg.config import load_settings
from msreg.rules.case_months import month_after
from msreg.store.registry import Registry
from tests.conftest import Launch, environment
from tests.programs.pages import (
    DESK,
    PHONE,
    SMALLEST,
    code_of,
    faults,
    overflow,
    press,
    too_small,
    visiting,
)
from tests.web_links import GOOD, SETTINGS, TODAY, asked, invited, notifier, patients
from tests.web_site import Site, serving

DIMENSIONS = [key for key in GOOD if key != "health_score"]
MONTHS = count()


@pytest.fixture(scope="module")
def site(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages, served for the tests of this module."""
    folder = tmp_path_factory.mktemp("pages") / "copy"
    shutil.copytree(people, folder)
    (folder / "home" / "msreg.toml").write_text(SETTINGS)
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry, serving(settings) as port:
        yield Site(folder, registry, port)


@pytest.fixture(scope="module")
def people_to_ask(site: Site) -> list[str]:
    return patients(site.registry, 16)


@pytest.fixture
def patient(people_to_ask: list[str]) -> str:
    """A patient whom no other test has."""
    return people_to_ask.pop()


@pytest.fixture(scope="module")
def janneke(site: Site) -> tuple[str, str]:
    return notifier(site.registry, language="en")


@pytest.fixture
def month_links(site: Site, janneke: tuple[str, str]) -> dict[str, str]:
    """The links of the question about a month that no other test answers."""
    return asked(site.registry, *janneke, month=month_after("2026-11", -next(MONTHS)))


def number_of(site: Site, patient: str) -> str:
    return f"MS-{site.rows('SELECT number FROM patient WHERE id = ?', patient)[0][0]:07d}"


def fill_in(page: Page) -> None:
    for key in DIMENSIONS:
        page.check(f"#{key}-{GOOD[key]}")
    page.fill("#health_score", GOOD["health_score"])


def shown(launch: Launch, site: Site, patient: str) -> None:
    """The answers are in `proms show` and in the chart."""
    number, day = number_of(site, patient), TODAY.isoformat()
    told = launch(site.folder, "proms", "show", number, "--json", "--today", day)
    assert told.code == 0, told.err
    (newest,) = [each for each in json.loads(told.out) if each["answered_on"] == day]
    assert (newest["profile"], newest["health_score"], newest["mode"]) == ("21131", 72, "web")
    chart = launch(site.folder, "chart", number, "--json", "--today", day)
    assert chart.code == 0, chart.err
    drawn = [each for each in json.loads(chart.out)["proms"] if each["answered_on"] == day]
    assert [(each["profile"], each["health_score"], each["index_value"]) for each in drawn] == [
        ("21131", 72, newest["index_value"])
    ]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize(("lang", "words"), [("nl", "Zelfzorg"), ("en", "Self-care")])
def test_q2_a_phone_fills_in_the_list_in_both_languages_with_and_without_scripts(
    browser: Browser, site: Site, patient: str, launch: Launch, lang: str, words: str, scripts: bool
) -> None:
    link = invited(site.registry, patient)["prom"]
    with visiting(browser, site, java_script_enabled=scripts, viewport=PHONE) as page:
        page.goto(f"{link}?lang={lang}")
        assert page.get_attribute("html", "lang") == lang
        assert page.get_by_role("radiogroup", name=words).count() == 1
        page.get_by_role("radiogroup", name=words).get_by_role("radio").nth(1).check()
        press(page, "save")
        assert page.get_attribute("html", "lang") == lang
        assert page.is_checked("#self_care-2")
        press(page, "send")
        assert page.locator(".summary a").count() == 5
        assert page.is_checked("#self_care-2")
        fill_in(page)
        press(page, "send")
        assert page.locator("form").count() == 0
        page.reload()
        assert page.locator("form").count() == 0
    shown(launch, site, patient)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_q2_by_keyboard_only(
    browser: Browser, site: Site, patient: str, launch: Launch, scripts: bool
) -> None:
    link = invited(site.registry, patient)["prom"]
    with visiting(browser, site, java_script_enabled=scripts, viewport=DESK) as page:
        page.goto(f"{link}?lang=en")
        keys = page.keyboard
        keys.press("Tab")
        assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
        keys.press("Enter")
        keys.press("Tab")
        for place, key in enumerate(DIMENSIONS):
            keys.press("Space")
            for _each in range(int(GOOD[key]) - 1):
                keys.press("ArrowDown")
            assert page.is_checked(f"#{key}-{GOOD[key]}"), place
            keys.press("Tab")
        keys.type(GOOD["health_score"])
        keys.press("Tab")
        with page.expect_navigation():
            keys.press("Enter")
        assert page.locator("form").count() == 0
    shown(launch, site, patient)


def test_a_fault_takes_the_reader_to_its_question(browser: Browser, site: Site, patient: str) -> None:
    link = invited(site.registry, patient)["prom"]
    with visiting(browser, site) as page:
        page.goto(f"{link}?lang=en")
        page.fill("#health_score", "300")
        press(page, "send")
        assert page.evaluate("document.activeElement.id") == "summary"
        assert page.input_value("#health_score") == "300"
        assert page.get_attribute("#mobility", "aria-invalid") == "true"
        for _each in range(6):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'health_score'")


def test_the_page_keeps_answers_by_itself_and_says_so_quietly(
    browser: Browser, site: Site, patient: str
) -> None:
    link = invited(site.registry, patient)["prom"]
    with visiting(browser, site) as page:
        page.goto(f"{link}?lang=en")
        page.check("#pain_discomfort-4")
        page.get_by_text("Saved", exact=True).wait_for()
        page.goto(f"{link}?lang=en")
        assert page.is_checked("#pain_discomfort-4")


def test_without_a_connection_it_says_that_nothing_is_kept(
    browser: Browser, site: Site, patient: str
) -> None:
    link = invited(site.registry, patient)["prom"]
    with visiting(browser, site) as page:
        page.goto(f"{link}?lang=en")
        page.evaluate(
            "() => { window.kept = window.fetch; window.fetch = () => Promise.reject(TypeError()); }"
        )
        page.check("#mobility-1")
        page.get_by_text("Not saved yet").wait_for()
        page.evaluate("() => { window.fetch = window.kept; }")
        page.check("#mobility-2")
        page.get_by_text("Saved", exact=True).wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_n2_the_no_page_records_by_itself_or_by_its_button(
    browser: Browser, site: Site, month_links: dict[str, str], scripts: bool
) -> None:
    before = site.rows("SELECT count(*) FROM null_report")[0][0]
    with visiting(browser, site, java_script_enabled=scripts) as page:
        page.goto(month_links["no"])
        if not scripts:
            assert site.rows("SELECT count(*) FROM null_report")[0][0] == before
            press(page, "no")
        page.get_by_role("heading", name="Recorded: no case in").wait_for()
        assert site.rows("SELECT count(*) FROM null_report")[0][0] == before + 1
        press(page, "back")
        page.get_by_role("heading", name="Taken back").wait_for()
        page.reload()
        page.wait_for_timeout(300)
        assert site.rows("SELECT count(*) FROM null_report")[0][0] == before


def test_n2_a_page_that_nobody_sees_records_nothing(
    browser: Browser, site: Site, month_links: dict[str, str]
) -> None:
    before = site.rows("SELECT count(*) FROM null_report")[0][0]
    with visiting(browser, site) as page:
        page.add_init_script(
            "window.seen = 'hidden'; Object.defineProperty(document, 'visibilityState', {get: () => window.seen})"
        )
        page.goto(month_links["no"])
        page.wait_for_timeout(300)
        assert site.rows("SELECT count(*) FROM null_report")[0][0] == before
        page.evaluate("window.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_role("heading", name="Recorded: no case in").wait_for()
    assert site.rows("SELECT count(*) FROM null_report")[0][0] == before + 1


def tour(page: Page, site: Site, patient: str, links: dict[str, str]) -> Iterator[str]:
    """Every page and every state of it, one after another."""
    own = invited(site.registry, patient)
    page.goto("/?lang=en")
    yield "start"
    page.goto("/nothing")
    yield "not there"
    page.goto(own["prom"])
    yield "questionnaire"
    page.fill("#health_score", "x")
    press(page, "save")
    yield "questionnaire, not saved"
    press(page, "send")
    yield "questionnaire, faults"
    fill_in(page)
    press(page, "save")
    yield "questionnaire, saved"
    press(page, "send")
    yield "thanks"
    page.goto(own["stop"])
    yield "stop"
    press(page, "stop")
    yield "stopped"
    page.goto(f"{links['no']}?done=x")
    yield "no"
    press(page, "no")
    yield "recorded"
    press(page, "back")
    yield "taken back"
    page.goto(links["yes"])
    yield "yes"
    page.goto(f"{links['yes']}/case")
    yield "no session"
    page.goto(links["yes"])
    press(page, "code")
    yield "code"
    page.fill("#code", "1")
    press(page, "enter")
    yield "code, wrong"
    page.fill("#code", code_of(site))
    press(page, "enter")
    yield "case"
    press(page, "next")
    yield "case, no theme"
    page.check('input[value="embolisation"]')
    press(page, "next")
    yield "case, its questions"
    page.fill("#event_date", "x")
    page.check('input[name="pregnancy_ended"][value="yes"]')
    press(page, "report")
    yield "case, faults"
    page.fill("#event_date", "2026-02-05")
    page.fill("#delivery_date", "2026-02-04")
    press(page, "report")
    yield "reported"
    page.goto(links["no"])
    yield "a case is there"


def fits(page: Page) -> list[str]:
    """What does not fit: sideways, in the size of what is to be hit, or with letters twice as large."""
    found = [f"{overflow(page)} pixels too wide"] if overflow(page) > 0 else []
    found += too_small(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"{overflow(page)} pixels too wide with large letters"] if overflow(page) > 0 else []
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def test_wcag_axe_finds_nothing_on_any_page_and_all_fits_the_smallest_window(
    browser: Browser, site: Site, patient: str, month_links: dict[str, str]
) -> None:
    """1.4.10: 320 pixels without a sideways scroll; 1.4.4: letters twice as large; 2.5.8: 24 pixels to hit."""
    with visiting(browser, site, viewport=SMALLEST) as page:
        names = []
        for name in tour(page, site, patient, month_links):
            assert faults(page) == [], name
            assert fits(page) == [], name
            assert page.locator("h1").count() == 1, name
            names.append(name)
        assert len(names) == 22


def test_wcag_in_the_dark_everything_can_be_read(
    browser: Browser, site: Site, patient: str, month_links: dict[str, str]
) -> None:
    """Other colours are all that differs there."""
    with visiting(browser, site, color_scheme="dark", locale="en-GB") as page:
        for name in tour(page, site, patient, month_links):
            assert faults(page, ["color-contrast"]) == [], name


def test_no_patient_gets_a_cookie(browser: Browser, site: Site, patient: str) -> None:
    links = invited(site.registry, patient)
    with visiting(browser, site) as page:
        for path in links.values():
            page.goto(path)
        fill = links["prom"]
        page.goto(fill)
        fill_in(page)
        press(page, "send")
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0

"""A chart as Chromium shows it: pointing tells the answers, by mouse and keyboard, without a network (O1, DESIGN)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def files(
    people: Path, launch: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The page and the drawing of somebody with courses, relapses and medication, and what they show."""
    folder = tmp_path_factory.mktemp("chart")
    listed = json.loads(launch(people, "patients", "list", "--json").out)
    for each in listed:
        number = each["registry_number"]
        found = json.loads(launch(people, "chart", number, "--json").out)
        if found["courses"] and found["relapses"] and found["medications"] and found["mri"]:
            break
    for name in ("chart.html", "chart.svg"):
        done = launch(people, "chart", number, "--out", folder / name, "--lang", "en")
        assert done.code == 0, done.err
    return {"folder": folder, "shown": found, "number": number}


@pytest.fixture
def page(browser: Browser, files: dict[str, Any]) -> Iterator[Page]:
    """The page, opened; whatever goes wrong in it or leaves it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda asked: None if asked.url.startswith("file:") else wrong.append(asked.url))
    opened.goto((files["folder"] / "chart.html").as_uri())
    yield opened
    context.close()
    assert wrong == []


@pytest.mark.parametrize("kind", ["bar", "scan", "assessed", "stage"])
def test_pointing_shows_the_answers_given(kind: str, page: Page) -> None:
    mark = page.locator(f".mark.{kind}").first
    said = mark.get_attribute("aria-label")
    assert said
    tip = page.locator("#tip")
    assert tip.is_hidden()
    mark.hover()
    assert tip.is_visible()
    assert "; ".join(tip.locator("p").all_inner_texts()) == said
    page.mouse.move(1, 1)
    tip.wait_for(state="hidden")


def test_a_relapse_tells_whether_it_was_treated(page: Page, files: dict[str, Any]) -> None:
    marks = page.locator(".mark.treated, .mark.untreated, .mark.unknown")
    relapses = files["shown"]["relapses"]
    assert marks.count() == len(relapses)
    marks.first.hover()
    text = page.locator("#tip").inner_text()
    assert text.startswith(f"Relapse {relapses[0]['date']}")
    answer = {True: "yes", False: "no", None: ""}[relapses[0]["methylprednisolone"]]
    assert (f"Methylprednisolone: {answer}" in text) is bool(answer)


def test_every_mark_is_reached_by_the_keyboard_in_order(page: Page) -> None:
    """And Escape takes the tip away."""
    marks = page.locator(".mark").count()
    tip = page.locator("#tip")
    page.keyboard.press("Tab")  # the drawing itself, which scrolls on a narrow screen
    said = []
    for _each in range(marks):
        page.keyboard.press("Tab")
        said.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert tip.is_visible()
    assert len(set(said)) > 1
    assert None not in said
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_without_script_the_titles_and_the_tables_tell(browser: Browser, files: dict[str, Any]) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((files["folder"] / "chart.html").as_uri())
    marks = opened.locator(".mark").count()
    assert opened.locator(".mark > title").count() == marks > 0
    captions = opened.locator("caption").all_inner_texts()
    assert {"Courses", "Relapses", "Medication", "MRI"} <= set(captions)
    rows = opened.locator("table", has_text="Assessed or estimated").locator("tbody tr").count()
    assert rows == len(files["shown"]["courses"])
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_light_and_dark_and_stays_within_a_telephone(
    scheme: Any, browser: Browser, files: dict[str, Any]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto((files["folder"] / "chart.html").as_uri())
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 29)"}[scheme]
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390, "only the drawing scrolls sideways"
    opened.locator(".mark.bar").last.focus()
    box = opened.locator("#tip").bounding_box()
    assert box is not None
    assert 0 <= box["x"]
    assert box["x"] + box["width"] <= 390
    context.close()


def test_texts_of_the_drawing_stay_within_what_was_measured(browser: Browser, files: dict[str, Any]) -> None:
    """No text of the SVG leaves the paper in the fonts of this machine, and bars hold their names."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    opened.goto((files["folder"] / "chart.svg").as_uri())
    boxes = opened.evaluate(
        "[...document.querySelectorAll('text')].map(t => { const b = t.getBBox(); return [b.x, b.x + b.width]; })"
    )
    assert boxes
    assert all(0 <= left and right <= 1200 for left, right in boxes)
    opened.close()


def test_it_is_printed_on_light_paper(browser: Browser, files: dict[str, Any]) -> None:
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto((files["folder"] / "chart.html").as_uri())
    opened.emulate_media(media="print")
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
    context.close()

"""Reports as Chromium and LibreOffice open them (SPEC O3)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

Launch = Callable[..., Any]
DAY = ("--today", "2026-11-21")


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_all_of_it_and_complains_of_nothing(
    lang: str, scheme: Any, people: Path, launch: Launch, browser: Browser, tmp_path: Path
) -> None:
    """No request but for the page, nothing refused by its own policy, and nothing wider than a telephone."""
    out = tmp_path / "report.html"
    done = launch(people, "reports", "benchmark", "--out", out, "--lang", lang, *DAY)
    assert done.code == 0, done.err
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": 360, "height": 740}, java_script_enabled=True
    )
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(out.as_uri())
    data = json.loads(launch(people, "reports", "benchmark", "--json", *DAY).out)
    assert page.locator("table").count() == len(data["tables"])
    points = sum(len(plot["points"]) for plot in data["funnels"].values())
    assert page.locator("svg[role=img] circle, svg[role=img] path.own").count() == points > 0
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "scroll"
    assert said == []
    assert asked == [out.as_uri()]
    context.close()


def test_a_spreadsheet_opens_every_table(
    people: Path, launch: Launch, spreadsheet: Any, tmp_path: Path
) -> None:
    out = tmp_path / "report.xlsx"
    done = launch(people, "reports", "progression", "--out", out, "--lang", "nl", *DAY)
    assert done.code == 0, done.err
    data = json.loads(launch(people, "reports", "progression", "--json", *DAY).out)
    shown = spreadsheet(out)
    assert len(shown) == 1 + len(data["tables"])
    for table in data["tables"].values():
        assert any(
            len(list(csv.reader(text.splitlines()))) == 1 + len(table["rows"]) for text in shown.values()
        )
    assert not any("#" in text or "Err:" in text for text in shown.values())

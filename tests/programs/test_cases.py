"""The response of centres as Chromium and LibreOffice open it, and the list for the committee (SPEC N9)."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

Launch = Callable[..., Any]
DAY = ("--today", "2026-11-21")


@pytest.fixture
def answered(template: Path, launch: Launch, tmp_path: Path) -> Path:
    """A registry with a case, a null report and months that are open."""
    folder = tmp_path / "copy"
    shutil.copytree(template, folder)
    for words in (
        ("cases", "new", "--theme", "HYS", "--centre", "AMS01", "--today", "2026-07-01"),
        ("cases", "nothing", "AMS01", "2026-09", *DAY),
    ):
        done = launch(folder, *words)
        assert done.code == 0, done.err
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_map_on_a_telephone(
    scheme: Any, answered: Path, launch: Launch, browser: Browser, tmp_path: Path
) -> None:
    out = tmp_path / "r.html"
    assert launch(answered, "reports", "notifications", "--out", out, "--lang", "nl", *DAY).code == 0
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(out.as_uri())
    cells = page.locator("section").first.locator("tbody tr").first.locator("td").all_inner_texts()
    assert cells[-6:] == ["1", "?", "0", "?", "?", "2/4 50%"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert said == []
    context.close()


def test_a_spreadsheet_opens_the_response(
    answered: Path, launch: Launch, spreadsheet: Any, tmp_path: Path
) -> None:
    out = tmp_path / "r.xlsx"
    assert launch(answered, "reports", "notifications", "--out", out, *DAY).code == 0
    data = json.loads(launch(answered, "reports", "notifications", "--json", *DAY).out)
    shown = {name: list(csv.reader(text.splitlines())) for name, text in spreadsheet(out).items()}
    assert set(shown) == {"Overview", "Map", "By month", "Answers"}
    assert len(shown["Answers"]) == 1 + len(data["centres"]) * len(data["months"])
    assert shown["Map"][1][-5:] == ["4", "2", "50", "1", "1"]


def test_a_spreadsheet_opens_the_list_for_the_committee(
    answered: Path, launch: Launch, spreadsheet: Any, tmp_path: Path
) -> None:
    file = tmp_path / "verslag.txt"
    file.write_text("verslag van de bevalling, zonder namen")
    for words in (("upload", "NC-2026-0001", file), ("submit", "NC-2026-0001", "--yes")):
        done = launch(answered, "cases", *words, *DAY)
        assert done.code == 0, done.err
    out = tmp_path / "c.zip"
    done = launch(
        answered, "cases", "export", "--out", out, "--state", "submitted", "--labels", "--lang", "nl"
    )
    assert done.code == 0, done.err
    with zipfile.ZipFile(out) as archive:
        archive.extract("cases.xlsx", tmp_path)
    shown = spreadsheet(tmp_path / "cases.xlsx")
    assert {"Casussen", "Documenten", "Codeboek", "Herkomst"} <= set(shown)
    assert "Peripartum hysterectomie" in shown["Casussen"]
    assert "AMS01" not in "".join(shown.values())

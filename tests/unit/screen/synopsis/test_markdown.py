"""A synopsis as Markdown: the same page, and data stays data (SPEC O2)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from msreg.screen.language import activate
from msreg.screen.synopsis_markdown import ROWS, escaped, markdown
from msreg.services.synopsis import Synopsis

Made = Callable[[str], Synopsis]
PUNCTUATION = r"!\"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"


def read(text: str) -> str:
    """What a reader of Markdown sees of a line in which nothing is markup: escapes undone."""
    return re.sub(rf"\\([{re.escape(PUNCTUATION)}])", r"\1", text)


def test_the_usual_page(made: Made) -> None:
    assert markdown(made("usual")) == (
        "# Bakker, A. (f, 56)\n"
        "\n"
        "MS-0000012 · AMS01 · consent 2021-09-23\n"
        "\n"
        "- **Born** 1970-01-01, patient number 00012, BSN ••••••019\n"
        "- **Shared with** UTR01 since 2024-10-01\n"
        "- **Diagnosis** 2021-03-07, RRMS, McDonald 2017, oligoclonal bands\n"
        "- **Now** RRMS, EDSS 3.5 (2026-11-21), ocrelizumab since 2024-02-01\n"
        "- **Relapses** 3: 2026-08-14 treated · 2023-12-02 treated · 2022-01-19 not treated\n"
        "\n"
        "## Courses\n"
        "\n"
        "| Date | EDSS | MRI | Remark |\n"
        "| --- | --- | --- | --- |\n"
        "| 2026-11-21 | 3.5 | 0 new T2, 0 Gd |  |\n"
        "| 2025-11-02 | 6 | 2 new T2 |  |\n"
        "| 2024-10-30 | 4 estimated |  | UTR01 |\n"
        "\n"
        "## Medication\n"
        "\n"
        "| Medicine | Period | Why stopped |\n"
        "| --- | --- | --- |\n"
        "| ocrelizumab | 2024-02-01 – now |  |\n"
        "| natalizumab | 2021-11-01 – 2024-01-20 | JCV/PML risk |\n"
        "\n"
        "## Side effects\n"
        "\n"
        "| Date | Medicine | Side effect | Outcome |\n"
        "| --- | --- | --- | --- |\n"
        "| 2022-02-03 | natalizumab | hoofdpijn na het infuus | recovered |\n"
        "\n"
        "- **EQ-5D** 0.705, score 68 (2026-09-30)\n"
    )


@pytest.mark.parametrize(
    "text",
    ["*x*", "**x**", "_x_", "`x`", "[a](b)", "![a](b)", "<b>x</b>", "a | b", "&amp;", "&#0;", "~~x~~", "$x$", "a#b",
     "http://example.org", "HTTPS://example.org", "www.example.org", "WWW.example.org", "a@example.org", "\\*", "@who"],
)  # fmt: skip
def test_nothing_in_a_text_is_markup(text: str) -> None:
    """Every sign that begins markup or an address stands behind a backslash; it reads the same."""
    found = escaped(text)
    assert read(found) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>|&~$#@]", found)
    assert not re.search(r"https?://|www\.", found, re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["McDonald 2017", "3.5", "2026-11-21", "JCV/PML risk", "too little effect: clinical", ""]
)
def test_what_is_no_markup_stays_readable(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_whatever_stands_in_the_data_the_page_keeps_its_form(each: Synopsis, lang: str) -> None:
    """Lines are headings, points, rows with as many cells as their heads, or how many more there are."""
    activate(lang)
    cells = 0
    for line in markdown(each).splitlines():
        assert line.isprintable()
        bars = len(re.findall(r"(?<!\\)\|", line))
        if not line.startswith("|"):
            assert bars == 0
            assert not line or re.match(r"#{1,2} |- \*\*|… |MS-0000012 · ", line), line
            cells = 0
        else:
            assert bars == (cells or bars)
            cells = bars


def test_it_stays_one_page(made: Made) -> None:
    text = markdown(made("long"))
    assert sum(line.startswith("| 20") or line.startswith("| dim") for line in text.splitlines()) <= ROWS
    [courses, medications] = re.findall(r"^… (\d+) more$", text, re.MULTILINE)
    assert text.count(" EDSS ") >= 1
    assert len(re.findall(r"^\| \d{4}-05-06", text, re.MULTILINE)) + int(courses) == 40
    assert len(re.findall(r"^\| dimethyl", text, re.MULTILINE)) + int(medications) == 30

"""A small form that uses every word which a form file may hold."""

from __future__ import annotations

from typing import Any

import pytest

from msreg.forms.definition import Form
from msreg.forms.load import build_form


def text(english: str) -> dict[str, str]:
    return {"nl": f"{english} (nl)", "en": english}


def choice(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": text(code.title()), **more}


def item(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": text(key.title()), "privacy": "clinical", **more}


def when(*terms: tuple[str, str, Any], how: str = "all") -> dict[str, Any]:
    return {how: [dict(zip(("item", "operator", "answer"), term, strict=True)) for term in terms]}


def plain_form() -> dict[str, Any]:
    """A new copy, free to be broken by a test."""
    cd20 = {"item": "medicine", "operator": "=", "group": "anti_cd20"}
    seen = {"item": "seen", "operator": "=", "answer": True}
    no_s1p = {"item": "medicine", "operator": "!=", "group": "s1p"}
    return {
        "key": "rich_form",
        "version": 3,
        "label": text("Rich form"),
        "sheet": "rich",
        "sheet_label": text("Riches"),
        "identity": ["day", "name"],
        "sections": [{"key": "one", "label": text("One")}, {"key": "empty", "label": text("Empty")}],
        "items": [
            item("day", "date", required=True, min="1900-01-01", max="today", column=True),
            item("name", "text", max_length=20, privacy="identifying", default="x", section="one"),
            item("bsn", "text", normalise="bsn", privacy="identifying", help=text("Nine digits")),
            item("story", "text", max_length=2000),
            item("since", "partial_date", max="2030-12-31", section="one"),
            item("count", "integer", min=0, max=100, or_unknown=True, column=True, unit="mg"),
            item("score", "decimal", min=0.5, max="2.25", column=True, privacy="operational"),
            item("seen", "boolean", default=False, column=True),
            item("kind", "choice", default="b", column=True,
                 choices=[choice("a", also=["first", "eerste"]), choice("b"), choice("unknown")]),
            item("kinds", "choices", column=True,
                 choices=[choice("x"), choice("y", also=["why"]), choice("z")]),
            item("medicine", "choice", value_list="medicines"),
            item("after", "text", when=when(("day", ">=", "2020-02-29"))),
            item("many", "text", when=when(("count", ">", 3), ("score", "<", 1.5), how="any")),
            item("grouped", "text", required=True, when={"all": [cd20]}),
            item("both", "text", when={"all": [cd20, {**cd20, "group": "interval"}, seen]}),
            item("neither", "text", when={"any": [no_s1p, *when(("kind", "=", "a"))["all"]]}),
            item("unasked", "boolean", required_when=when(("kinds", "=", "x"), ("name", "exists", False))),
            item("named", "text", when=when(("name", "=", "x"), ("kind", "!=", "a"), how="any")),
        ],
    }  # fmt: skip


@pytest.fixture
def plain() -> dict[str, Any]:
    return plain_form()


@pytest.fixture(scope="session")
def rich() -> Form:
    return build_form(plain_form(), "rich.toml")

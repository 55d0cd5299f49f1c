"""The codebook: what is asked, as Markdown that reads well in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from msreg.forms.definition import Form, Item
from msreg.forms.showing import show
from msreg.forms.words import (
    PRIVACY,
    Translate,
    in_words,
    limits_in_words,
    required_in_words,
    type_in_words,
)
from msreg.vocabulary import N_

WIDTH = 96


def markdown(forms: Iterable[Form], language: str, translate: Translate = str) -> str:
    """The codebook of these forms in one language, as Markdown; required questions carry a star.

    Per form there are four parts: the questions, when they are asked, the possible answers, and what each
    answer gives away and where it is kept. `translate` turns the fixed words into the language.
    """
    lines = [f"# {translate(N_('Codebook'))}", ""]
    for form in forms:
        lines += _form(form, language, translate)
    return "\n".join(lines).rstrip() + "\n"


def _form(form: Form, language: str, translate: Translate) -> Iterator[str]:
    facts = [(N_("Form"), f"`{form.key}`"), (N_("Version"), str(form.version))]
    if form.sheet:
        facts.append((N_("Sheet"), f"`{form.sheet}` ({form.sheet_label[language]})"))
    if form.identity:
        facts.append((N_("Told apart by"), ", ".join(f"`{key}`" for key in form.identity)))
    yield from (f"## {form.label[language]}", "")
    yield from wrap(" · ".join(f"{translate(name)}: {value}" for name, value in facts), WIDTH)
    yield from ("", f"### {translate(N_('Questions'))}", "")
    yield from _table(
        [translate(N_("Key")), translate(N_("Question")), translate(N_("Answer"))],
        (_question(item, language, translate) for item in form.items),
    )
    if any(item.required for item in form.items):
        yield from ("", "\\* " + translate(N_("An answer is required when the question is asked.")))
    conditions = [line for item in form.items for line in _conditions(item, form, language, translate)]
    if conditions:
        yield from ("", f"### {translate(N_('When they are asked'))}", "", *conditions)
    choices = [row for item in form.items for row in _choices(item, language)]
    if choices:
        yield from ("", f"### {translate(N_('Possible answers'))}", "")
        yield from _table([translate(N_("Key")), translate(N_("Code")), translate(N_("Label"))], choices)
    yield from ("", f"### {translate(N_('Privacy and place'))}", "")
    yield from _table(
        [translate(N_("Key")), translate(N_("Privacy")), translate(N_("Kept in"))],
        (_kept(item, translate) for item in form.items),
    )
    yield ""


def _question(item: Item, language: str, translate: Translate) -> list[str]:
    answer = ", ".join(
        filter(None, (type_in_words(item, translate), limits_in_words(item, language, translate)))
    )
    if item.default is not None:
        default = show(item, item.default, language)
        answer += "; " + translate(N_("at first {answer}")).format(answer=default)
    star = " *" if item.required else ""
    return [f"`{item.key}`", item.label[language] + star, answer]


def _conditions(item: Item, form: Form, language: str, translate: Translate) -> Iterator[str]:
    clauses = []
    if item.when is not None:
        clause = in_words(item.when, form, language, translate)
        clauses.append(translate(N_("asked if {condition}")).format(condition=clause))
    if item.required_when is not None:
        clause = required_in_words(item, form, language, translate)
        clauses.append(translate(N_("required {condition}")).format(condition=clause))
    if clauses:
        text = f"- `{item.key}`: {'; '.join(clauses)}"
        yield from wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _choices(item: Item, language: str) -> list[list[str]]:
    return [
        [f"`{item.key}`" if at == 0 else "", f"`{choice.code}`", choice.label[language]]
        for at, choice in enumerate(item.choices)
    ]


def _kept(item: Item, translate: Translate) -> list[str]:
    place = N_("a column of its own") if item.column else N_("the column answers")
    return [f"`{item.key}`", translate(PRIVACY[item.privacy]), translate(place)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table with its columns lined up, so that it can be read as it stands."""
    body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in [head, *body]) for at in range(len(head))]
    yield _line(head, widths)
    yield _line(["-" * width for width in widths], widths)
    for row in body:
        yield _line(row, widths)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"

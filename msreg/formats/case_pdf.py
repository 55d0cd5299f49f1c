"""A form of a case as PDF: which case, and every question that is asked with its answer. Nobody's name or number.

The same answers on the same day give the same bytes. Texts are drawn as they are: no markup could mean anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from msreg.formats.fitting import wrap
from msreg.formats.pdf_fonts import Font, drawable, fonts, require_reportlab
from msreg.formats.pdf_pages import LINE, ROOM, Group, Pages, pages_pdf
from msreg.formats.pdf_strips import Mark, Strip, measure
from msreg.forms.answers import counting
from msreg.forms.definition import Form, Item, Text
from msreg.forms.showing import show, show_date, unit_of
from msreg.forms.walking import questions
from msreg.rules.swansea import CRITERIA, ENOUGH, score
from msreg.vocabulary import CaseForm, Language

SIZE = 10.0
LABELS, APART = 178.0, 14.0
"""Points that questions take, and those between a question and its answer."""
WHOLE = 4
"""An answer of so many lines or fewer is not broken over two pages."""

_WORDS: Mapping[str, Text] = {
    "number": {"nl": "Casus", "en": "Case"},
    "theme": {"nl": "Thema", "en": "Theme"},
    "centre": {"nl": "Centrum", "en": "Centre"},
    "version": {"nl": "Versie van het formulier", "en": "Version of the form"},
    "day": {"nl": "Laatst ingevuld", "en": "Last filled in"},
    "none": {"nl": "niet ingevuld", "en": "no answer"},
    "about": {"nl": "Over deze casus", "en": "About this case"},
    "score": {"nl": "Score", "en": "Score"},
    "met": {"nl": "Criteria waaraan is voldaan", "en": "Criteria that are met"},
    "enough": {"nl": "Voldaan vanaf {enough} criteria", "en": "Fulfilled from {enough} criteria"},
    "of": {"nl": "{low} van {all}", "en": "{low} of {all}"},
    "between": {"nl": "{low} tot {high} van {all}", "en": "{low} to {high} of {all}"},
    "yes": {"nl": "ja", "en": "yes"},
    "no": {"nl": "nee", "en": "no"},
    "unknown": {"nl": "nog niet bekend", "en": "not known yet"},
}


class FormPages(NamedTuple):
    """A form of a case with its answers; the centre by its code, and the day of the last answer.

    A centre that is empty and a day that is None are not told.
    """

    form: Form
    values: Mapping[str, Any]
    number: str
    theme: Text
    centre: str
    day: date | None
    language: Language


def case_pdf(told: FormPages) -> bytes:
    """The form as a file. Raises `Unavailable` without reportlab."""
    require_reportlab()
    title = f"{told.form.label[told.language]} {told.number}"
    about = Pages(title, told.language.value, title, lambda number, count: f"{number} / {count}")
    return pages_pdf(list(_groups(told)), about)


def _groups(told: FormPages) -> Iterator[Group]:
    language = told.language
    _plain, bold = fonts()
    title = _lines(told.form.label[language], 18.0, bold, ROOM)
    yield Group([*(Strip(24.0, (Mark(0, line, 18.0, bold, "plain"),)) for line in title), Strip(4.0)], True)
    yield from _rows(_facts(told))
    asked = questions((told.form,), told.values)
    known = counting(told.form, told.values)
    for key, heading in [
        (None, _say("about", language)),
        *((s.key, s.label[language]) for s in told.form.sections),
    ]:
        items = [item for item in asked if item.section == key]
        if items:
            yield _heading(heading)
            yield from _rows(
                (item.label[language], _answer(item, known.get(item.key), language)) for item in items
            )
    if told.form.key == CaseForm.SWANSEA:
        yield _heading(_say("score", language))
        yield from _rows(_score(known, language))


def _facts(told: FormPages) -> Iterator[tuple[str, str]]:
    language = told.language
    yield _say("number", language), told.number
    yield _say("theme", language), told.theme[language]
    if told.centre:
        yield _say("centre", language), told.centre
    yield _say("version", language), str(told.form.version)
    if told.day is not None:
        yield _say("day", language), show_date(told.day, language)


def _score(known: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    found = score(known)
    words = "of" if found.low == found.high else "between"
    told = _say(words, language).format(low=found.low, high=found.high, all=len(CRITERIA))
    yield _say("met", language), told
    met = {True: "yes", False: "no", None: "unknown"}[found.fulfilled]
    yield _say("enough", language).format(enough=ENOUGH), _say(met, language)


def _answer(item: Item, value: Any, language: Language) -> str:
    if value is None:
        return _say("none", language)
    return show(item, value, language) + unit_of(item, value)


def _say(word: str, language: Language) -> str:
    return _WORDS[word][language]


def _heading(text: str) -> Group:
    _plain, bold = fonts()
    lines = _lines(text, 12.0, bold, ROOM)
    strips = [Strip(17.0, (Mark(0, line, 12.0, bold, "accent"),)) for line in lines]
    return Group([Strip(14.0), *strips], follows=True)


def _rows(facts: Iterator[tuple[str, str]]) -> Iterator[Group]:
    """A question at the left with its answer beside it, over as many lines as the longer of both takes."""
    plain, _bold = fonts()
    for label, answer in facts:
        left = _lines(label, SIZE, plain, LABELS)
        right = _lines(answer, SIZE, plain, ROOM - LABELS - APART)
        strips = [
            Strip(
                LINE,
                (
                    *(Mark(0, line, SIZE, plain, "grey") for line in left[at : at + 1]),
                    *(Mark(LABELS + APART, line, SIZE, plain, "plain") for line in right[at : at + 1]),
                ),
            )
            for at in range(max(len(left), len(right)))
        ]
        strips.append(Strip(2.0))
        if len(strips) <= WHOLE + 1:
            yield Group(strips)
        else:
            yield Group(strips[:2])
            yield from (Group([each]) for each in strips[2:-3])
            yield Group(strips[-3:])


def _lines(text: str, size: float, font: Font, room: float) -> list[str]:
    """The lines of a text, those that somebody typed kept apart."""
    found: list[str] = []
    for paragraph in text.split("\n"):
        known = _breakable(drawable(paragraph), room, font, size)
        found += wrap(known, room, len(known) + 1, measure(font, size)) if known else [""]
    return found


def _breakable(text: str, room: float, font: Font, size: float) -> str:
    """The text with its words in pieces that fit: an answer is never cut."""
    pieces: list[str] = []
    for word in text.split(" "):
        while font.width(word, size) > room:
            low, high = 1, len(word)
            while low < high:  # the most letters that fit
                middle = (low + high + 1) // 2
                low, high = (middle, high) if font.width(word[:middle], size) <= room else (low, middle - 1)
            pieces.append(word[:low])
            word = word[low:]
        pieces.append(word)
    return " ".join(pieces)

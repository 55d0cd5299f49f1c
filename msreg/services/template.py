"""An empty workbook for batch files (B1): made from the forms, so it asks what the forms ask.

It holds no patient and needs no registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from msreg.formats.cells import Cell
from msreg.formats.template_out import (
    WARNING,
    Template,
    TemplateColumn,
    TemplateSheet,
    write_workbook_template,
)
from msreg.formats.validation import TODAY, Rule, Typed
from msreg.forms.columns import Column, Sheet, sheets
from msreg.forms.definition import Item, Type
from msreg.forms.numbers import UNKNOWN_WORDS
from msreg.forms.showing import show
from msreg.forms.words import Translate, limits_in_words
from msreg.rules.edss import SCORES
from msreg.services.template_example import ANSWERS
from msreg.services.template_help import Question, lines_about, need_of, note, prompt, question_of
from msreg.services.template_words import EXAMPLES, batch_forms, form_versions
from msreg.vocabulary import N_

_DATE_FORMATS = {"nl": "dd-mm-yyyy", "en": "yyyy-mm-dd"}
_SCALES: Mapping[str, Sequence[Decimal]] = {"edss": SCORES}
"""Numbers of which only some exist; a drop-down list says which."""

_CENTRE = "AMS01"
_TYPED = {
    Type.DATE: Typed.DAY,
    Type.INTEGER: Typed.WHOLE,
    Type.DECIMAL: Typed.NUMBER,
    Type.BOOLEAN: Typed.PLAIN,
}
"""Everything else is text: nothing makes a date of 2019-05, or a number of a code."""

_NOT_LISTED = N_("This is not an answer of the list.")
_NOT_A_DATE = N_("A date is asked for here: {limits}.")
_NOT_A_NUMBER = N_("A number is asked for here: {limits}.")
_TOO_LONG = N_("This text is longer than {limit} characters.")
_PASSED_OVER = N_(
    "An example. Rows with {word} as patient number are passed over when the file is read;"
    " write over them or delete them."
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a template is worded: help in one language; names and answers as labels or as codes."""

    language: str
    codes: bool = False

    def named(self, thing: Sheet | Column) -> str:
        """The name of a sheet or a column."""
        return thing.key if self.codes else thing.label[self.language]


@dataclass(frozen=True, slots=True)
class TemplateMade:
    """A template that was written: where, how it is worded, the forms it is for, and its sheets."""

    path: Path
    language: str
    style: str
    forms: Mapping[str, int]
    sheets: tuple[str, ...]


def write_template(path: Path, style: Style, *, overwrite: bool, translate: Translate = str) -> TemplateMade:
    """Write an empty workbook for a batch file: sheets, drop-down lists, input help and an example row.

    Its hidden sheet says for which versions of the forms it is. Others may read the file: it holds nobody.
    Raises `Conflict` when the file exists and may not be replaced, `NotFound` without its folder.
    """
    template = make_template(style, translate)
    write_workbook_template(path, template, overwrite=overwrite)
    path.chmod(0o644)
    names = tuple(sheet.name for sheet in template.sheets)
    forms = {form.key: form.version for form in batch_forms()}
    return TemplateMade(path, style.language, "codes" if style.codes else "labels", forms, names)


def make_template(style: Style, translate: Translate = str) -> Template:
    """The template as the forms in force ask for it. `translate` turns the fixed words into the language."""
    lists: dict[str, Sequence[Cell]] = {}
    made = []
    for sheet in sheets():
        columns = [column for column in sheet.columns if not column.told]
        found = [_column(sheet, column, style, translate, lists) for column in columns]
        key = next(at for at, column in enumerate(columns) if column.key == "patient_number")
        made.append(TemplateSheet(style.named(sheet), found, key))
    word = EXAMPLES[style.language]
    return Template(
        sheets=made,
        lists=lists,
        about=(("msreg", style.language), ("forms", form_versions())),
        examples=tuple(EXAMPLES.values()),
        example_note=translate(_PASSED_OVER).format(word=word),
        warning=translate(WARNING),
        date_format=_DATE_FORMATS[style.language],
    )


def _column(
    sheet: Sheet, column: Column, style: Style, translate: Translate, lists: dict[str, Sequence[Cell]]
) -> TemplateColumn:
    question = question_of(column)
    lines = lines_about(column, style.language, translate, codes=style.codes)
    rule = Rule(Typed.TEXT) if question is None else _rule(question.item, style, translate)
    answers = _listed(question, style)
    if answers:
        message = translate(_NOT_LISTED)
        boolean = question is not None and question.item.type is Type.BOOLEAN
        name = _list("yes_no" if boolean else column.key, answers, lists)
        rule = replace(rule, options=name, message=message)
    return TemplateColumn(
        header=style.named(column),
        need=need_of(column),
        rule=rule,
        title=column.label[style.language],
        prompt=prompt(lines, translate),
        note=note(column, lines, style.language),
        example=_example(sheet, column, question, style),
    )


def _rule(item: Item, style: Style, translate: Translate) -> Rule:
    typed = _TYPED.get(item.type, Typed.TEXT)
    limits = limits_in_words(item, style.language, translate)
    if typed is Typed.DAY:
        days = (_day(item.min), TODAY if item.max == TODAY else _day(item.max))
        return Rule(typed, low=days[0], high=days[1], message=translate(_NOT_A_DATE).format(limits=limits))
    if typed in (Typed.WHOLE, Typed.NUMBER):
        low, high = (None if limit is None else Decimal(limit) for limit in (item.min, item.max))
        words = tuple(sorted(UNKNOWN_WORDS)) if item.or_unknown else ()
        message = translate(_NOT_A_NUMBER).format(limits=limits)
        return Rule(typed, low=low, high=high, words=words, message=message)
    if item.max_length and not item.normalise:  # what is put right when it is read may be longer
        message = translate(_TOO_LONG).format(limit=item.max_length)
        return Rule(typed, length=item.max_length, message=message)
    return Rule(typed, free=item.type is Type.CHOICES)


def _day(limit: Decimal | str | None) -> date | None:
    return None if limit is None else date.fromisoformat(str(limit))


def _listed(question: Question | None, style: Style) -> tuple[Cell, ...]:
    """The answers of the drop-down list of a question; nothing when it has none."""
    if question is None:
        return ()
    item = question.item
    if item.type is Type.BOOLEAN:
        return _word(item, True, style), _word(item, False, style)
    if item.choices:
        return tuple(_word(item, choice.code, style) for choice in item.choices)
    return tuple(_SCALES.get(item.key, ()))


def _list(key: str, answers: tuple[Cell, ...], lists: dict[str, Sequence[Cell]]) -> str:
    """The name under which these answers stand in `lists`; the same answers stand there once."""
    for name, others in lists.items():
        if others == answers:
            return name
    while key in lists:
        key += "_"
    lists[key] = answers
    return key


def _example(sheet: Sheet, column: Column, question: Question | None, style: Style) -> Cell:
    if column.key == "centre":
        return _CENTRE
    if column.key == "patient_number":
        return EXAMPLES[style.language]
    value = ANSWERS[sheet.record].get(column.key)
    if isinstance(value, Mapping):
        value = value[style.language]
    if value is None or question is None:
        return value
    return _word(question.item, value, style)


def _word(item: Item, value: Any, style: Style) -> Cell:
    """An answer as it is written into a cell."""
    if isinstance(value, bool):
        return show(item, value, "en" if style.codes else style.language)
    if item.type is Type.CHOICES and isinstance(value, tuple):
        return ";".join(str(_word(item, each, style)) for each in value)
    if item.type in (Type.CHOICE, Type.CHOICES) and not style.codes:
        return show(item, value, style.language)
    return value  # type: ignore[no-any-return]

"""What a template tells about a column: when it is asked, what it is, and what may be answered."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.formats.template_out import Need
from msreg.formats.validation import MAX_MESSAGE, units
from msreg.forms.columns import Column, Sheet, forms_of, sheet_of
from msreg.forms.definition import Form, Item, Type
from msreg.forms.showing import show
from msreg.forms.words import Translate, choice_in_words, in_words, limits_in_words, type_in_words
from msreg.vocabulary import N_, Record

MANY = 12
"""More answers than these are in the drop-down list only."""

_MORE = N_("More in the note at the column's name.")
_CENTRE = N_("Code of the centre whose patient this is, for example AMS01.")
_PARENTS = {
    "patient_number": N_("The patient number as it stands on the sheet {sheet}."),
    "medicine": N_("The medicine that it is a side effect of, as it stands on the sheet {sheet}."),
    "medication_start": N_("The start date of that medicine, as it stands on the sheet {sheet}."),
}


@dataclass(frozen=True, slots=True)
class Question:
    """The question that a column answers: its own, or that of the record above."""

    form: Form
    item: Item
    above: Record | None = None


def question_of(column: Column) -> Question | None:
    """The question behind a column; none for the centre, which no form asks for."""
    if column.form is not None and column.item is not None:
        return Question(column.form, column.item)
    borrowed = {
        "patient_number": (Record.PATIENT, "patient_number"),
        "medicine": (Record.MEDICATION, "medicine"),
        "medication_start": (Record.MEDICATION, "start_date"),
    }.get(column.key)
    if borrowed is None:
        return None
    record, key = borrowed
    form = forms_of(record)[0]
    return Question(form, form[key], record)


def need_of(column: Column) -> Need:
    """Whether a column must be filled in: always, under a condition, or never."""
    item = column.item
    if item is None or (item.required and item.when is None):
        return Need.ALWAYS
    return Need.SOMETIMES if item.required or item.required_when else Need.NEVER


def lines_about(column: Column, language: str, translate: Translate, *, codes: bool) -> list[str]:
    """All that is told about a column, the most needed first, a sentence or two a line."""
    question = question_of(column)
    lines = [_needed(column, question, language, translate)]
    if question is None:
        return [*lines, translate(_CENTRE)]
    item = question.item
    if question.above is not None:
        sheet = sheet_of(question.above)
        name = _sheet_name(sheet, language, codes)
        return [*lines, translate(_PARENTS[column.key]).format(sheet=name), *_answers(item, translate)]
    if item.help:
        lines.append(item.help[language])
    if item.type not in (Type.BOOLEAN, Type.CHOICE, Type.CHOICES):
        limits = limits_in_words(item, language, translate)
        if limits or item.type is not Type.TEXT:
            lines.append(_sentence(", ".join(filter(None, (type_in_words(item, translate), limits)))))
    if item.type is Type.CHOICES:
        lines.append(translate(N_("More than one answer is possible: put ; between them.")))
    if item.default is not None:
        default = show(item, item.default, language)
        lines.append(translate(N_("Left blank in a new record: {answer}.")).format(answer=default))
    lines += _answers(item, translate, language, codes)
    return [line for line in lines if line]


def note(column: Column, lines: list[str], language: str) -> str:
    """The note at a column's name: all of it, under its label and its key."""
    return "\n".join([f"{column.label[language]} [{column.key}]", *lines])


def prompt(lines: list[str], translate: Translate) -> str:
    """The message beside a cell: as many whole lines as fit, and where the others are."""
    if units("\n".join(lines)) <= MAX_MESSAGE:
        return "\n".join(lines)
    more = translate(_MORE)
    kept: list[str] = []
    for line in lines:
        if units("\n".join([*kept, line, more])) <= MAX_MESSAGE:
            kept.append(line)
    return "\n".join([*kept, more])


def _needed(column: Column, question: Question | None, language: str, translate: Translate) -> str:
    need = need_of(column)
    if need is Need.ALWAYS or question is None:
        return translate(N_("Required."))
    item, form = question.item, question.form
    if item.required_when is not None:
        words = in_words(item.required_when, form, language, translate)
        return translate(N_("Required if {condition}.")).format(condition=words)
    if item.when is None:
        return ""
    words = in_words(item.when, form, language, translate)
    pattern = N_("Required if {condition}.") if need is Need.SOMETIMES else N_("Only if {condition}.")
    return translate(pattern).format(condition=words)


def _answers(item: Item, translate: Translate, language: str = "", codes: bool = False) -> list[str]:
    if not item.choices:
        return []
    if len(item.choices) > MANY or not language:
        return [translate(N_("Choose from the list."))]
    named = [choice_in_words(each, language) if codes else each.label[language] for each in item.choices]
    return [translate(N_("Answers: {answers}.")).format(answers=" · ".join(named))]


def _sheet_name(sheet: Sheet, language: str, codes: bool) -> str:
    return sheet.key if codes else sheet.label[language]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."

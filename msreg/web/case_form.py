"""The form of a case as a page asks it: the questions that its answers so far bring, read and judged (SPEC N3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from msreg.errors import Phrase
from msreg.forms.conditions import asked
from msreg.forms.definition import Item, Type
from msreg.forms.load import load
from msreg.forms.themes import Theme, case_form, theme
from msreg.forms.values import REQUIRED, reader
from msreg.services.case_answers import case_findings
from msreg.vocabulary import N_, CaseForm, Language

THEME = "theme"
YES_NO = (("yes", N_("Yes")), ("no", N_("No")), ("", N_("Not known yet")))
_LONGEST = 200


class Question(NamedTuple):
    """One question as the page shows it."""

    key: str
    kind: Type
    label: str
    help: str
    choices: tuple[tuple[str, str], ...]
    given: str
    fault: Phrase | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in so far: what was written, the questions that it brings, and what is wrong."""

    about: Theme | None
    raw: Mapping[str, str] = field(repr=False)
    items: tuple[Item, ...]
    """The questions that are asked now."""
    faults: Mapping[str, Phrase]

    @property
    def answers(self) -> dict[str, str]:
        """What was written as answers to the questions that are asked."""
        return {item.key: self.raw[item.key] for item in self.items if self.raw.get(item.key)}

    def questions(self, language: Language, faults: Mapping[str, Phrase]) -> list[Question]:
        """The questions as the page shows them."""
        return [
            _question(item, language, self.raw.get(item.key, ""), faults.get(item.key)) for item in self.items
        ]


def fill_in(fields: Mapping[str, str], today: date) -> Filled:
    """Read the fields of a form. Without a theme nothing else is asked."""
    form = load(CaseForm.CASE)
    raw = {key: fields[key].strip()[:_LONGEST] for key in form.keys if key in fields}
    values: dict[str, Any] = {}
    faults: dict[str, Phrase] = {}
    for key, text in raw.items():
        value, problem = reader(form[key], today)(text)
        if value is not None:
            values[key] = value
        elif problem is not None:
            faults[key] = Phrase(problem.message, problem.params)
    chosen = values.get(THEME)
    if chosen is None:
        return Filled(None, raw, (form[THEME],), {THEME: faults.get(THEME) or Phrase(REQUIRED.message)})
    form = case_form(chosen)
    shown = tuple(item for item in form.items if asked(form, values, faults)[item.key])
    counted = {item.key: values[item.key] for item in shown if item.key in values}
    for each in case_findings(counted):
        if each.is_error and each.field not in faults:
            faults[each.field] = Phrase(each.message, each.params)
    keys = {item.key for item in shown}
    return Filled(theme(chosen), raw, shown, {key: why for key, why in faults.items() if key in keys})


def _question(item: Item, language: Language, given: str, fault: Phrase | None) -> Question:
    choices = tuple((each.code, each.label[language]) for each in item.choices)
    return Question(
        item.key, item.type, item.label[language], item.help.get(language, ""), choices, given, fault
    )

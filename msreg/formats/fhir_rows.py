"""A QuestionnaireResponse of msreg as a row: the sheet that it is of, and its cells by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.formats.cells import Cell, Unreadable
from msreg.formats.fhir_answers import QUESTIONNAIRE
from msreg.formats.fhir_codes import NAMING
from msreg.formats.json_values import cell
from msreg.formats.limits import MAX_TEXT
from msreg.forms.columns import sheets
from msreg.forms.definition import UNKNOWN
from msreg.forms.fhir_words import own

_NUMBERS = f"{NAMING}patient-number/"
_PSEUDONYM = f"{NAMING}pseudonym"
_OWN = own("")
_STATES = {"completed": "complete", "in-progress": "incomplete", "stopped": "withdrawn"}
_DEPTH = 10

WITHDRAWN = "entered-in-error"
"""The status of a resource that its sender took back: it is passed over."""


class OddError(ValueError):
    """A resource that is not of the shape that FHIR gives it."""


def sheet_of_response(resource: Mapping[str, Any]) -> str | None:
    """The sheet of a QuestionnaireResponse; None when it answers no Questionnaire of msreg."""
    canonical = resource.get("questionnaire")
    if not isinstance(canonical, str) or not canonical.startswith(QUESTIONNAIRE):
        return None
    key = canonical.removeprefix(QUESTIONNAIRE).partition("|")[0]
    for sheet in sheets():
        if key in (sheet.key, *(form.key for form in sheet.forms)):
            return sheet.key
    return key


def row_of(resource: Mapping[str, Any]) -> dict[str, Cell]:
    """The cells of a QuestionnaireResponse by column. Raises `OddError` for one that is no such resource."""
    row: dict[str, Cell] = {}
    try:
        status = resource.get("status")
        if isinstance(status, str) and status in _STATES:
            row["state"] = _STATES[status]
        number = (resource.get("subject") or {}).get("identifier") or {}
        system = number.get("system")
        if isinstance(system, str) and system.startswith(_NUMBERS):
            row["centre"] = system.removeprefix(_NUMBERS)
            row["patient_number"] = _cell(number.get("value"))
        elif system == _PSEUDONYM:
            row["pseudonym"] = _cell(number.get("value"))
        for extension in resource.get("extension") or ():
            url = extension["url"]
            if url.startswith(_OWN):
                row[url.removeprefix(_OWN).replace("-", "_")] = _value(extension)
        for item in _items(resource, 0):
            row[item["linkId"]] = _answer(item)
    except (AttributeError, KeyError, TypeError) as fault:
        raise OddError from fault
    if any(isinstance(value, str) and len(value) > MAX_TEXT for value in row.values()):
        raise OddError
    return row


def _items(parent: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    """The questions that have an answer, out of their groups."""
    if depth > _DEPTH:
        raise TypeError("groups within groups")
    for item in parent.get("item") or ():
        if not isinstance(item["linkId"], str):
            raise TypeError("linkId")
        if "answer" in item:
            yield item
        yield from _items(item, depth + 1)


def _answer(item: Mapping[str, Any]) -> Cell:
    answers = [_value(each) for each in item["answer"]]
    if len(answers) == 1:
        return answers[0]
    if any(isinstance(each, Unreadable) for each in answers):
        return Unreadable("")
    return ";".join(str(each) for each in answers if each is not None) or None


def _value(holder: Mapping[str, Any]) -> Cell:
    """The one value of an answer or extension; the code of a choice, or its words where it has no code."""
    for name, value in holder.items():
        if name.startswith("value"):
            if isinstance(value, dict):
                value = value.get("code") or value.get("display") or value.get("value") or value.get("text")
            return _cell(value)
    if any(name.startswith("_value") for name in holder):
        return UNKNOWN  # a value that is absent, with the reason
    return None


def _cell(value: Any) -> Cell:
    if isinstance(value, list | dict):
        raise TypeError("a value")
    return cell(value)

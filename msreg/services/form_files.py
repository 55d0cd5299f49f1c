"""Form files of people: our own TOML or JSON, or a FHIR Questionnaire; and the same forms written again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Any

from msreg.errors import NotFound, Refused, Usage
from msreg.forms.codebook import markdown
from msreg.forms.definition import Form
from msreg.forms.fhir import from_questionnaire, to_questionnaire
from msreg.forms.load import FORMS, BrokenForm, build_form, load, read_form
from msreg.forms.write import to_plain
from msreg.vocabulary import N_

LARGEST = 16 * 1024 * 1024
_SUFFIXES = (".toml", ".json")


class FormFormat(StrEnum):
    """What forms are written as."""

    MARKDOWN = "markdown"
    JSON = "json"
    FHIR = "fhir"


class RefusedForm(Refused):
    """A broken form file of a person: refused data, where a broken form of msreg's own is a failure."""

    def __init__(self, broken: BrokenForm, file: str) -> None:
        told: dict[str, Any] = {**broken.params, "file": file}
        super().__init__(broken.message, field=told.get("item"), **told)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence of the broken form."""
        told: dict[str, Any] = dict(self.params)
        return BrokenForm(self.message, **told).text(translate)


def find_form(name: str) -> Form:
    """The form of msreg with this key, or the one form in the file with this name.

    Raises `NotFound` when it is neither, `Refused` when the file is broken, `Usage` when it holds more.
    """
    if name in FORMS:
        return load(name)
    path = Path(name)
    if path.suffix.lower() in _SUFFIXES or path.name != name or path.is_file():
        found = read_forms(path)
        if len(found) > 1:
            raise Usage(N_("{file} holds {count} forms; one is needed."), file=path.name, count=len(found))
        return found[0]
    guesses = get_close_matches(name, FORMS, cutoff=0.7)
    raise NotFound(
        N_("There is no such form."),
        hint=N_("Did you mean {guess}?") if guesses else N_("The forms are: {forms}; or name a form file."),
        field="form",
        guess=", ".join(guesses),
        forms=", ".join(FORMS),
    )


def read_forms(path: Path) -> tuple[Form, ...]:
    """The forms in a file: one, or several in a JSON list or a FHIR Bundle.

    Raises `NotFound` when there is no such file, `Refused` with file, item and reason when it is broken.
    """
    if not path.exists():
        raise NotFound(
            N_("There is no file {file}."),
            hint=N_("Check the name and the folder that you are in."),
            file=str(path),
        )
    if not path.is_file():
        raise Refused(N_("{file} is not a file."), file=path.name)
    if path.stat().st_size > LARGEST:
        raise Refused(N_("{file} is too large for a form."), file=path.name)
    if path.suffix.lower() not in _SUFFIXES:
        raise Refused(N_("{file} is no form file; those end in .toml or .json."), file=path.name)
    try:
        if path.suffix.lower() == ".toml":
            return (read_form(path),)
        return tuple(_form(each, path.name) for each in _documents(_parsed(path), path.name))
    except BrokenForm as broken:
        raise RefusedForm(broken, path.name) from None
    except RecursionError:
        raise Refused(N_("{file} is nested too deep."), file=path.name) from None


def _parsed(path: Path) -> Any:
    try:
        return json.loads(
            path.read_text(encoding="utf-8-sig"),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except (UnicodeDecodeError, ValueError) as fault:
        raise BrokenForm(N_("{file} cannot be read: {why}."), file=path.name, why=str(fault)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose words stand there once: which of two was meant cannot be known."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} stands there twice")
        found[name] = value
    return found


def _finite(text: str) -> float:
    """A number; JSON has neither infinity nor NaN, though Python reads both."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _documents(parsed: Any, file: str) -> list[Any]:
    if isinstance(parsed, dict) and parsed.get("resourceType") == "Bundle":
        entries = parsed.get("entry")
        found = [each.get("resource") for each in entries if isinstance(each, dict)] if entries else []
    else:
        found = parsed if isinstance(parsed, list) else [parsed]
    if not found or not all(isinstance(each, dict) for each in found):
        raise Refused(N_("{file} holds no form."), file=file)
    return found


def _form(raw: Mapping[str, Any], file: str) -> Form:
    if "resourceType" not in raw:
        return build_form(raw, file)
    if raw["resourceType"] != "Questionnaire":
        raise Refused(N_("{file} holds FHIR, but no Questionnaire."), file=file)
    try:
        return from_questionnaire(raw)
    except (StopIteration, RuntimeError):  # it looked in vain for a part that all of ours have
        raise Refused(
            N_("{file} holds a Questionnaire without what msreg needs of a form."),
            hint=N_("msreg forms export --format fhir shows what one of msreg has."),
            file=file,
        ) from None


def write_forms(
    forms: Sequence[Form], how: FormFormat, language: str, translate: Callable[[str], str] = str
) -> str:
    """Forms as a text: the codebook in one language, or JSON that `read_forms` reads back without loss.

    One form is one document, more are a list, or a Bundle in FHIR. JSON is in ASCII.
    """
    if how is FormFormat.MARKDOWN:
        return markdown(forms, language, translate)
    made = [to_questionnaire(form) if how is FormFormat.FHIR else to_plain(form) for form in forms]
    document: Any = made
    if len(made) == 1:
        document = made[0]
    elif how is FormFormat.FHIR:
        entries = [{"fullUrl": each["url"], "resource": each} for each in made]
        document = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def save_text(path: Path, text: str, *, overwrite: bool) -> None:
    """Write a text about forms to a file that others may read: it holds questions, no answers.

    Raises `Conflict` when the file exists and may not be overwritten.
    """
    from msreg.formats.atomic import finished_file

    with finished_file(path, overwrite=overwrite) as made:
        made.write_text(text, encoding="utf-8")
    path.chmod(0o644)

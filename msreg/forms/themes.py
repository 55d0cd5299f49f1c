"""The themes of case notifications from their file, which is checked: a hole would leave a case without its window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from msreg.config import data_folder
from msreg.errors import MsregError, NotFound, Phrase
from msreg.forms.definition import Form, Text
from msreg.forms.load import CASE_FORMS, load
from msreg.forms.sensible import Wrong
from msreg.rules.case_wanted import Wanted
from msreg.rules.case_windows import EVENT, Window
from msreg.vocabulary import N_, CaseForm, Language, Process

_FILE = {"documents", "themes"}
_DOCUMENT = {"label", "if_applicable", "form"}
_THEME = {
    "key", "code", "process", "label", "inclusion", "event", "window", "questions", "forms", "wanted",
}  # fmt: skip
_WINDOW: Mapping[str, type] = {
    "after": str, "days": int, "years": int, "pregnant": bool, "weeks": int, "confirmed": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A subject that cases are reported about. `window` is None for the one that is judged by its form alone."""

    key: str
    code: str
    process: Process
    label: Text
    inclusion: Text
    event: Text
    """What the day of the event is called."""
    window: Window | None
    questions: tuple[str, ...]
    """What the form of a case asks for this theme, beside the theme and the patient number."""
    wanted: tuple[Wanted, ...]
    forms: tuple[str, ...] = ()
    """Forms that are filled in beside the form of the case."""


class BrokenThemes(MsregError):
    """A file of themes that cannot be used; names the file, the place in it and the reason."""

    code = "broken_themes"


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme, in the order in which people see them. Raises `BrokenThemes`."""
    return read_themes(data_folder() / "themes.toml")


def themes_of(process: Process) -> tuple[Theme, ...]:
    """The themes of one process."""
    return tuple(each for each in themes() if each.process is process)


def theme(name: str) -> Theme:
    """The theme with this key, code or label, capitals or not. Raises `NotFound` with the themes that there are."""
    wanted = name.strip().casefold()
    for each in themes():
        if wanted in {word.casefold() for word in (each.key, each.code, *each.label.values())}:
            return each
    raise NotFound(
        N_("There is no such theme."),
        hint=N_("The themes are: {themes}."),
        field="theme",
        themes=", ".join(each.key for each in themes()),
    )


@cache
def case_form(key: str) -> Form:
    """The form of a case in the words of a theme: its event is a death, an operation or a diagnosis."""
    form, words = load(CaseForm.CASE), theme(key).event
    return replace(
        form, items=tuple(replace(item, label=words) if item.key == EVENT else item for item in form.items)
    )


def read_themes(path: Path) -> tuple[Theme, ...]:
    """The themes in a file. Raises `BrokenThemes` with the file, the place and the reason."""
    import tomllib

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BrokenThemes(N_("{file} cannot be read: {why}."), file=path.name, why=str(fault)) from None
    place = "–"
    try:
        _only(raw, _FILE)
        documents = {}
        for place, each in raw.get("documents", {}).items():
            documents[place] = _document(place, each)
        found: dict[str, Theme] = {}
        for each in raw.get("themes", ()):
            place = str(each.get("key", "?"))
            made = _theme(each, documents)
            _new(made, found)
            found[made.key] = made
        place = "–"
        if not found:
            raise Wrong(N_("it has no themes"))
        used = {document.key for each in found.values() for document in each.wanted}
        if unused := sorted(documents.keys() - used):
            raise Wrong(N_("no theme wants the document {name}"), name=unused[0])
        return tuple(found.values())
    except Wrong as wrong:
        why: object = Phrase(wrong.reason, wrong.params)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        why = f"{type(fault).__name__}: {fault}"
    raise BrokenThemes(N_("{file}, {place}: {why}."), file=path.name, place=place, why=why)


def _document(key: str, raw: Mapping[str, Any]) -> Wanted:
    _only(raw, _DOCUMENT)
    form = raw.get("form")
    if form is not None and form not in CASE_FORMS:
        raise Wrong(N_("there is no form {name} of a case"), name=form)
    return Wanted(key, _text(raw, "label"), _typed(raw, "if_applicable", bool, False), form)


def _theme(raw: Mapping[str, Any], documents: Mapping[str, Wanted]) -> Theme:
    _only(raw, _THEME)
    if raw.get("process") not in {each.value for each in Process}:
        raise Wrong(N_("{name} must be one of {known}"), name="process", known=", ".join(Process))
    questions, wanted, forms = (_list(raw, name) for name in ("questions", "wanted", "forms"))
    case = load(CaseForm.CASE)
    for name in questions:
        if name not in case.by_key:
            raise Wrong(N_("the form of a case has no question {name}"), name=name)
    for name in wanted:
        if name not in documents:
            raise Wrong(N_("there is no document {name}"), name=name)
    for name in forms:
        if name not in CASE_FORMS or name == CaseForm.CASE:
            raise Wrong(N_("there is no form {name} of a case"), name=name)
    listed = tuple(documents[name] for name in wanted)
    if {each.form for each in listed if each.form} != set(forms):
        raise Wrong(N_("its forms and the documents that are made of forms are not the same"))
    if not any(each.form is None and not each.if_applicable for each in listed):
        raise Wrong(N_("it wants no document"))
    window = _window(raw["window"], questions) if "window" in raw else None
    if window is None and not forms:
        raise Wrong(N_("it has neither a window nor a form to judge a case by"))
    return Theme(
        key=_word(raw, "key"),
        code=_word(raw, "code"),
        process=Process(raw["process"]),
        label=_text(raw, "label"),
        inclusion=_text(raw, "inclusion"),
        event=_text(raw, "event"),
        window=window,
        questions=questions,
        wanted=listed,
        forms=forms,
    )


def _window(raw: Mapping[str, Any], questions: tuple[str, ...]) -> Window:
    _only(raw, _WINDOW)
    words: dict[str, Any] = {name: _typed(raw, name, _WINDOW[name], None) for name in raw}
    try:
        window = Window(**words)
    except ValueError as fault:
        raise Wrong(N_("its window: {why}"), why=str(fault)) from None
    for name in window.questions:
        if name not in questions:
            raise Wrong(N_("its window reads {name}, which is not among its questions"), name=name)
    return window


def _new(made: Theme, before: Mapping[str, Theme]) -> None:
    """Refuse a theme that people could not tell from one before it."""
    for each in before.values():
        if {made.key, made.code} & {each.key, each.code} or made.label == each.label:
            raise Wrong(N_("it has the key, the code or the name of {name}"), name=each.key)


def _list(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = raw.get(name, [])
    if not isinstance(words, list) or not all(isinstance(each, str) for each in words):
        raise Wrong(N_("{name} must be a list of words"), name=name)
    if len(set(words)) != len(words):
        raise Wrong(N_("{name} holds a word twice"), name=name)
    return tuple(words)


def _typed(raw: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = raw.get(name, default)
    if value is not default and type(value) is not kind:
        raise Wrong(N_("{name} is not what it should be: {kind}"), name=name, kind=kind.__name__)
    return value


def _text(raw: Mapping[str, Any], name: str) -> Text:
    text = raw.get(name)
    if not isinstance(text, dict) or set(text) != set(Language) or not all(text.values()):
        raise Wrong(N_("{name} must be there in nl and en"), name=name)
    return {str(language): str(each) for language, each in text.items()}


def _word(raw: Mapping[str, Any], name: str) -> str:
    word = raw.get(name)
    if not isinstance(word, str) or not word:
        raise Wrong(N_("{name} is missing"), name=name)
    return word


def _only(raw: Mapping[str, Any], known: Mapping[str, Any] | set[str]) -> None:
    if unknown := sorted(set(raw) - set(known)):
        raise Wrong(N_("there is no word {name} here"), name=unknown[0])

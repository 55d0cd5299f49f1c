"""The official wording of the EQ-5D-5L from the file of the registry office (SPEC Q2).

The text is EuroQol's and comes with a licence, so msreg ships labels of its own; an office that has the licence puts
the text in a file and names it in the setting `proms.wording_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from msreg.errors import Phrase, Usage
from msreg.forms.definition import Form, Item
from msreg.forms.load import load
from msreg.rules.eq5d import DIMENSIONS, LEVELS
from msreg.vocabulary import N_, Language

FORM = "eq5d5l"
SCORE = "health_score"
_LONGEST = 400

Words = Mapping[str, Mapping[str, str]]
"""For each question its `label`, for a dimension the text of each level, perhaps `help`."""


@cache
def read_wording(path: Path) -> Mapping[str, Words]:
    """The texts in a file by language: nl, en or both.

    A language that is there is whole: each dimension has a label and five levels, the health score a label. Raises
    `Usage` with the file, the place in it and the reason.
    """
    import tomllib

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Usage(
            N_("The wording file {file} cannot be read: {why}."),
            hint=N_("Mend the file, or the setting proms.wording_file; see msreg help settings."),
            field="proms_wording",
            file=path.name,
            why=getattr(fault, "strerror", None) or str(fault),
        ) from None
    known = {each.value for each in Language}
    if unknown := sorted(raw.keys() - known):
        raise _wrong(path, unknown[0], N_("is not a language: nl and en are"))
    if not raw:
        raise _wrong(path, "nl", N_("is missing"))
    return {language: _words(path, language, texts) for language, texts in raw.items()}


def worded(form: Form, path: Path | None) -> Form:
    """A form as it is asked: the EQ-5D-5L in the words of the office, in the languages that its file has.

    Raises `Usage` when the file cannot be used.
    """
    return form if path is None or form.key != FORM else _worded(path)


@cache
def _worded(path: Path) -> Form:
    form, texts = load(FORM), read_wording(path)
    return replace(form, items=tuple(_item(item, texts) for item in form.items))


def _item(item: Item, texts: Mapping[str, Words]) -> Item:
    if item.key not in (*DIMENSIONS, SCORE):
        return item
    own = {language: words[item.key] for language, words in texts.items()}
    return replace(
        item,
        label={**item.label, **{language: words["label"] for language, words in own.items()}},
        help={**item.help, **{language: words["help"] for language, words in own.items() if "help" in words}},
        choices=tuple(
            replace(
                choice,
                label={**choice.label, **{language: words[choice.code] for language, words in own.items()}},
                # Who knows the short words may go on typing them.
                also=(*choice.also, *choice.label.values()),
            )
            for choice in item.choices
        ),
    )


def _words(path: Path, language: str, raw: Any) -> Words:
    wanted = dict.fromkeys(DIMENSIONS, ("label", *LEVELS)) | {SCORE: ("label",)}
    if not isinstance(raw, dict):
        raise _wrong(path, language, N_("has no texts"))
    if unknown := sorted(raw.keys() - wanted.keys()):
        raise _wrong(path, f"{language}.{unknown[0]}", N_("is not a question of the EQ-5D-5L"))
    return {key: _texts(path, f"{language}.{key}", raw.get(key), words) for key, words in wanted.items()}


def _texts(path: Path, place: str, raw: Any, wanted: tuple[str, ...]) -> Mapping[str, str]:
    if not isinstance(raw, dict):
        raise _wrong(path, place, N_("is missing"))
    if unknown := sorted(raw.keys() - {*wanted, "help"}):
        raise _wrong(path, f"{place}.{unknown[0]}", N_("is not a word of a question"))
    for key in (*wanted, "help"):
        text = raw.get(key)
        if text is None and key == "help":
            continue
        if text is None:
            raise _wrong(path, f"{place}.{key}", N_("is missing"))
        if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST:
            raise _wrong(path, f"{place}.{key}", N_("is no text of at most {most} letters"), most=_LONGEST)
    texts = {key: " ".join(text.split()) for key, text in raw.items()}
    levels = [texts[key].casefold() for key in wanted if key in LEVELS]
    if len(set(levels)) < len(levels):
        raise _wrong(path, place, N_("has the same text for two levels"))
    return texts


def _wrong(path: Path, place: str, why: str, **params: object) -> Usage:
    return Usage(
        N_("The wording file {file}: {place} {why}."),
        field="proms_wording",
        file=path.name,
        place=place,
        why=Phrase(why, params),
    )

"""Answers of one record in a JSON file: what `--from FILE.json` reads, and `show --json` writes."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msreg.errors import NotFound, Refused, Usage
from msreg.forms.definition import Item, Type
from msreg.rules.names import MASK
from msreg.services.answering import items_of
from msreg.vocabulary import N_, Record

_LARGEST = 1_000_000
_TOLD = frozenset(
    ("registry_number", "centre", "patient_number", "complete", "open", "open_questions", "written_by", "state",
     "last_course_on", "course_due_on", "last_phenotype", "shared_with", "withdrawn_on", "mail_stopped_on", "courses",
     "disease_events", "medications", "adverse_events", "proms", "medicine", "medication_start", "profile",
     "index_value", "value_set", "change", "lareb")
)  # fmt: skip
"""What a record is told with and that is no answer of it; `show --json` may be edited and read back."""


@dataclass(frozen=True, slots=True)
class FromFile:
    """What a file says: answers by key, questions that it leaves empty, and from which version it was made."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    version: int | None = None
    centre: str | None = None


def read_answers(path: Path, record: Record) -> FromFile:
    """Read the answers of one record; `-` is standard input.

    Raises `NotFound` without a file, `Refused` when it is not a JSON object of answers, `Usage` for a key that
    no question has.
    """
    return read_answers_to(path, items_of(record), _TOLD)


def read_answers_to(path: Path, items: Mapping[str, Item], told: Collection[str]) -> FromFile:
    """The same for the questions of any form, by key; keys among `told` are no answers and passed over."""
    found = _parse(_text(path))
    unknown = sorted(key for key in found if key not in items and key not in told and key != "version")
    if unknown:
        raise Usage(
            N_("The file has a key that no question of this record has: {key}."),
            hint=N_("See the keys with: msreg forms show"),
            field="from",
            key=repr(unknown[0][:60]),
        )
    version, centre = found.get("version"), found.get("centre")
    if version is not None and type(version) is not int:  # passed over, it would keep nobody's change
        raise Refused(N_("The version in the file is not a number."), field="version")
    given = {key: value for key, value in found.items() if key in items and not _is_masked(value)}
    for key, value in given.items():
        if not _fits(items[key].type, value):
            raise Refused(N_("An answer is a text, a number, yes or no, or a list of codes."), field=key)
    return FromFile(
        {key: value for key, value in given.items() if value is not None},
        frozenset(key for key, value in given.items() if value is None),
        version,
        centre if isinstance(centre, str) else None,
    )


def _fits(kind: Type, value: Any) -> bool:
    """Whether JSON of this kind can be an answer: a list for one text would be stored with its brackets."""
    if isinstance(value, list):
        return kind is Type.CHOICES and all(isinstance(each, str) for each in value)
    return not (isinstance(value, dict) or (isinstance(value, bool) and kind is Type.TEXT))


def _is_masked(value: Any) -> bool:
    """Whether it is the end of a BSN, as `show --json` tells it: that answers nothing."""
    return isinstance(value, str) and MASK in value


def _text(path: Path) -> str:
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with path.open("rb") as file:
                content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise Refused(N_("The file is too large for the answers of one record."), field="from")
        return content.decode("utf-8-sig")
    except OSError:
        raise NotFound(N_("There is no file {path}."), field="from", path=str(path)) from None
    except UnicodeDecodeError:
        raise Refused(N_("The file is not text in UTF-8."), field="from") from None


def _parse(text: str) -> dict[str, Any]:
    import json

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _value in found]
        if len(set(keys)) != len(keys):
            raise Refused(N_("The file answers a question twice."), field="from")
        return dict(found)

    try:
        found = json.loads(text, object_pairs_hook=pairs, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(
            N_("The file is not JSON."), hint=N_("Write an object: question keys with answers."), field="from"
        ) from None
    if not isinstance(found, dict):
        raise Refused(
            N_("The file has to hold one JSON object with the answers of one record."), field="from"
        )
    return found


def _no_constant(_name: str) -> Any:
    raise ValueError

"""Value sets of the EQ-5D-5L from their files, which are checked: a hole would make a wrong index value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from msreg.config import data_folder
from msreg.errors import NotFound, Phrase, Refused
from msreg.rules.eq5d import DIMENSIONS, LEVELS, ValueSet
from msreg.vocabulary import N_

DEFAULT = "NL-Versteegh-2016-3dp"
"""The set that index values are kept in: the Dutch one as it is published."""

_WORSE = LEVELS[1:]
_WORDS = frozenset(("name", "source", "constant", *DIMENSIONS))
_MOST = 40
"""Letters of a name, as the database keeps it."""


@cache
def value_sets() -> tuple[ValueSet, ...]:
    """Every value set of the project's data, the default one first."""
    found = [read_value_set(path) for path in sorted((data_folder() / "value_sets").glob("*.toml"))]
    return tuple(sorted(found, key=lambda each: (each.name != DEFAULT, each.name)))


@cache
def default_set() -> ValueSet:
    """The set that index values are kept in."""
    return named(DEFAULT)


def named(name: str) -> ValueSet:
    """The value set with this name, capitals or not. Raises `NotFound` with the names that there are."""
    for each in value_sets():
        if each.name.casefold() == name.strip().casefold():
            return each
    raise NotFound(
        N_("There is no value set {name}."),
        hint=N_("There are: {names}; or name a file of your own, such as my_set.toml."),
        field="value_set",
        name=repr(name[:_MOST]),
        names=", ".join(each.name for each in value_sets()),
    )


def own_set(path: Path) -> ValueSet:
    """The value set in somebody's own file, which may not pass for one of the project.

    Raises as `read_value_set` does, and `Refused` for the name of a set that has other numbers: every output
    tells the name, and no more.
    """
    found = read_value_set(path)
    for known in value_sets():
        same = (known.constant, known.decrements) == (found.constant, found.decrements)
        if known.name.casefold() == found.name.casefold() and not same:
            raise _wrong(path, "name", N_("is that of a set with other numbers"))
    return found


def read_value_set(path: Path) -> ValueSet:
    """The value set in a file.

    Raises `NotFound` without a file, and `Refused` with the file, the place in it and the reason: a level that is
    missing or is no weight, a worse level that weighs less, a word that is not known, and what is no TOML (a level
    that stands there twice too).
    """
    import tomllib

    try:
        # As Decimal: through a float 0.047 would be another number.
        raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise NotFound(N_("There is no file {file}."), field="value_set", file=path.name) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Refused(
            N_("The value set {file} cannot be read: {why}."),
            field="value_set",
            file=path.name,
            why=getattr(fault, "strerror", None) or str(fault),
        ) from None
    if unknown := sorted(raw.keys() - _WORDS):
        raise _wrong(path, unknown[0], N_("is not a word of a value set"))
    name = raw.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _MOST:
        raise _wrong(path, "name", N_("is missing or longer than {most} letters"), most=_MOST)
    constant = _weight(path, "constant", raw.get("constant"))
    weights = {each: _levels(path, each, raw.get(each)) for each in DIMENSIONS}
    if 1 - constant - sum(each["5"] for each in weights.values()) < -1:
        raise _wrong(path, "constant", N_("and the worst levels together take off more than 2"))
    return ValueSet(name, constant, weights, str(raw.get("source", "")))


def _levels(path: Path, dimension: str, raw: Any) -> Mapping[str, Decimal]:
    if not isinstance(raw, dict):
        raise _wrong(path, dimension, N_("is missing"))
    if unknown := sorted(raw.keys() - set(_WORSE)):
        raise _wrong(path, f"{dimension}.{unknown[0]}", N_("is not a level: 2, 3, 4 and 5 are"))
    found: dict[str, Decimal] = {}
    least = Decimal(0)
    for level in _WORSE:
        found[level] = _weight(path, f"{dimension}.{level}", raw.get(level))
        if found[level] < least:
            raise _wrong(path, f"{dimension}.{level}", N_("weighs less than the level before it"))
        least = found[level]
    return found


def _weight(path: Path, place: str, raw: Any) -> Decimal:
    """A number from 0 to 1, exact."""
    if raw is None:
        raise _wrong(path, place, N_("is missing"))
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)) or not Decimal(raw).is_finite():
        raise _wrong(path, place, N_("is not a number"))
    if not 0 <= raw <= 1:
        raise _wrong(path, place, N_("is not a number from 0 to 1"))
    return Decimal(raw)


def _wrong(path: Path, place: str, why: str, **params: object) -> Refused:
    return Refused(
        N_("The value set {file}: {place} {why}."),
        field="value_set",
        file=path.name,
        place=place,
        why=Phrase(why, params),
    )

"""The lists behind made-up people, read once from `data/demo`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from msreg.config import data_folder
from msreg.rules.identifiers import TEST_BSN_PREFIX


@dataclass(frozen=True, slots=True)
class MadeUpCentre:
    """A hospital of the demo. `postal`: figures of its patients' postal codes; `share`: of the patients."""

    code: str
    name: str
    city: str
    postal: tuple[int, int]
    share: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a medicine is used in the demo: see the head of `treatments.toml`."""

    code: str
    line: int
    since: date
    until: date
    weight: int
    factor: float
    gap: tuple[int, int]
    effects: tuple[str, ...]
    progressive: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """Family names with their prefix, initials, and where patients are referred from."""

    families: tuple[tuple[str, str], ...]
    initials: tuple[str, ...]
    practices: tuple[str, ...]
    hospitals: tuple[str, ...]


def chance(*words: object) -> Random:
    """A source of chance that gives the same for the same words, on every machine and in every process."""
    return Random("/".join(str(word) for word in words))  # noqa: S311 - people, not secrets


@cache
def centres() -> tuple[MadeUpCentre, ...]:
    """The hospitals of the demo, the largest first."""
    return tuple(
        MadeUpCentre(
            code=each["code"],
            name=each["name"],
            city=each["city"],
            postal=(each["postal"][0], each["postal"][1]),
            share=each["share"],
        )
        for each in _read("centres.toml")["centres"]
    )


@cache
def names() -> Names:
    """The lists that names are made from."""
    raw = _read("names.toml")
    return Names(
        tuple((prefix, name) for prefix, name in raw["families"]),
        tuple(raw["initials"]),
        tuple(raw["practices"]),
        tuple(raw["hospitals"]),
    )


@cache
def treatments() -> tuple[Treatment, ...]:
    """The medicines that made-up people are given."""
    return tuple(
        Treatment(
            code=each["code"],
            line=each["line"],
            since=each["since"],
            until=each.get("until", date.max),
            weight=each["weight"],
            factor=each["factor"],
            gap=(each["gap"][0], each["gap"][1]),
            effects=tuple(each["effects"]),
            progressive=frozenset(each.get("progressive", ())),
        )
        for each in _read("treatments.toml")["medicines"]
    )


@cache
def bsns(seed: int) -> tuple[str, ...]:
    """Every BSN of the test range that passes the eleven-test (9,091), in an order of the seed's own."""
    found = []
    for number in range(10_000):
        first = f"{TEST_BSN_PREFIX}{number:04d}"
        last = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), first, strict=True)) % 11
        if last < 10:
            found.append(f"{first}{last}")
    chance(seed, "bsn").shuffle(found)
    return tuple(found)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((data_folder() / "demo" / name).read_text(encoding="utf-8"))

"""The catalogue of medicines for MS: names, ATC codes, route, regular dose and interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from msreg.config import data_folder
from msreg.errors import MsregError
from msreg.forms.definition import Choice, Text
from msreg.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Medicine:
    """One entry of the catalogue. `interval_days` is the regular gap between two doses."""

    code: str
    inn: Text
    brands: tuple[str, ...]
    atc: str
    old_atc: tuple[str, ...]
    route: tuple[str, ...]
    dose: Text
    interval_days: Decimal | None
    groups: frozenset[str]
    tier: int | None
    """Line of treatment; None for what is not for MS alone, or is no longer used."""
    dmt: bool
    choosable: bool
    withdrawn_on: date | None
    note: Text

    def label(self, language: str) -> str:
        """Name of the substance with its brands, as people look it up."""
        return f"{self.inn[language]} ({', '.join(self.brands)})" if self.brands else self.inn[language]


def read_catalogue(path: Path) -> tuple[Medicine, ...]:
    """The catalogue in a file; a broken entry is refused with its code and the reason."""
    import tomllib

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise MsregError(N_("{file} cannot be read: {why}."), file=path.name, why=str(fault)) from None
    found = tuple(_medicine(entry, path.name) for entry in raw.get("medicines", ()))
    codes = [each.code for each in found]
    for code in codes:
        if codes.count(code) > 1:
            raise MsregError(N_("{file}: the code {code} stands there twice."), file=path.name, code=code)
    return found


def _medicine(entry: Any, file: str) -> Medicine:
    code = str(entry.get("code", "?")) if isinstance(entry, dict) else "?"
    try:
        return Medicine(
            code=entry["code"],
            inn=_both(entry["inn"]),
            brands=_words(entry, "brands"),
            atc=entry["atc"],
            old_atc=_words(entry, "old_atc"),
            route=_words(entry, "route"),
            dose=_both(entry["dose"]),
            interval_days=_interval(entry.get("interval_days")),
            groups=frozenset(_words(entry, "groups")),
            tier=_tier(entry.get("tier")),
            dmt=bool(entry.get("dmt", True)),
            choosable=bool(entry.get("choosable", True)),
            withdrawn_on=_day(entry.get("withdrawn_on")),
            note=entry.get("note", {}),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
        raise MsregError(
            N_("{file}: the medicine {code} is not complete: {why}."), file=file, code=code, why=str(fault)
        ) from None


def _interval(raw: Any) -> Decimal | None:
    days = None if raw is None else Decimal(str(raw))
    if days is not None and days <= 0:
        raise ValueError("interval_days is not more than 0")
    return days


def _tier(raw: Any) -> int | None:
    if raw is not None and type(raw) is not int:
        raise TypeError("tier is not a whole number")
    return raw


def _day(raw: Any) -> date | None:
    if raw is not None and not isinstance(raw, date):
        raise TypeError("withdrawn_on is not a date")
    return raw


def _words(entry: dict[str, Any], name: str) -> tuple[str, ...]:
    words = entry.get(name, [])
    if not isinstance(words, list):
        raise TypeError(f"{name} is not a list")
    return tuple(words)


def _both(text: dict[str, str]) -> Text:
    return {"nl": text["nl"], "en": text["en"]}


@cache
def catalogue() -> tuple[Medicine, ...]:
    """Every medicine, in the order of the file."""
    return read_catalogue(data_folder() / "medicines.toml")


@cache
def medicine(code: str) -> Medicine | None:
    """The medicine with this code, if there is one."""
    return next((each for each in catalogue() if each.code == code), None)


@cache
def as_choices() -> tuple[Choice, ...]:
    """The medicines that a question may be answered with; brand, INN and ATC code are read too."""
    return tuple(
        Choice(
            code=each.code,
            label={"nl": each.label("nl"), "en": each.label("en")},
            also=(*each.inn.values(), *each.brands, each.atc, *each.old_atc),
            groups=each.groups,
        )
        for each in catalogue()
        if each.choosable
    )

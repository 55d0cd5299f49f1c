"""The filters of the overview as a panel asks for them: one for every column (SPEC P5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from msreg.clock import read_date
from msreg.errors import Usage
from msreg.rules.names import mask_bsn
from msreg.screen.language import _
from msreg.screen.shown import day
from msreg.services.naming import NUMBER, registry_number
from msreg.services.patients import Asked
from msreg.vocabulary import N_

Choices = tuple[tuple[Any, str], ...]


class Filter(NamedTuple):
    """One filter: its key in `Asked`, its label, and what can be chosen; without choices it is typed."""

    key: str
    label: str
    choices: Choices = ()


def _either(yes: str = N_("yes"), no: str = N_("no")) -> Choices:
    return ((None, "–"), (True, yes), (False, no))


FILTERS: tuple[Filter, ...] = (
    Filter("scope", N_("Patients"), (("all", N_("all")), ("own", N_("own")), ("shared", N_("shared")))),
    Filter("centre", N_("Centre")),
    Filter("number", N_("MS number")),
    Filter("name", N_("Name begins with")),
    Filter("born", N_("Born")),
    Filter("bsn", N_("BSN")),
    Filter("patient_number", N_("Patient no.")),
    Filter(
        "sex",
        N_("Sex"),
        ((None, "–"), ("female", N_("female")), ("male", N_("male")), ("other", N_("other"))),
    ),
    Filter(
        "phenotype",
        N_("Phenotype"),
        ((None, "–"), *((each, each.upper()) for each in ("ris", "cis", "rrms", "spms", "ppms"))),
    ),
    Filter("complete", N_("Complete"), _either()),
    Filter("due", N_("New course due"), _either()),
    Filter("last_course_from", N_("Last course from")),
    Filter("last_course_until", N_("Last course until")),
    Filter("deceased", N_("Deceased"), _either()),
    Filter("ended", N_("Ended"), _either()),
    Filter("withdrawn", N_("Consent withdrawn"), _either()),
    Filter("changed_from", N_("Changed from")),
    Filter("changed_until", N_("Changed until")),
)


def typed(asked: Asked, key: str) -> str:
    """What a filter has now, as somebody would type it."""
    value = getattr(asked, key)
    if value is None:
        return ""
    if key == "number":
        return registry_number(value)
    return (day(value) or "") if isinstance(value, date) else str(value)


def asked_with(asked: Asked, given: Mapping[str, Any]) -> Asked:
    """What is asked with these filters; texts as typed. Raises `Usage` with the key of one that is no value."""
    return asked._replace(
        **{key: _read(key, value) if isinstance(value, str) else value for key, value in given.items()}
    )


def _read(key: str, text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if key == "number":
        known = NUMBER.fullmatch(text)
        if known is None:
            raise Usage(N_("An MS number is written as MS-0000012."), field=key)
        return int(known.group(1))
    if key == "bsn":
        digits = "".join(c for c in text if c not in " .-")
        if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 9):
            raise Usage(N_("A BSN has nine digits."), field=key)
        return digits.zfill(9)
    if key.endswith(("_from", "_until")):
        found = read_date(text)
        if found is None:
            raise Usage(N_("A date is written as 2022-03-31 or 31-03-2022."), field=key)
        return found
    return text


def told_filters(asked: Asked) -> list[str]:
    """Each filter that narrows the overview, with its value; a BSN is masked."""
    usual = Asked()
    told = []
    for each in FILTERS:
        value = getattr(asked, each.key)
        if each.key == "scope" or value == getattr(usual, each.key):
            continue
        text = next((_(label) for known, label in each.choices if known == value), typed(asked, each.key))
        if each.key == "bsn":
            text = mask_bsn(text) or ""
        told.append(f"{_(each.label)}: {text}")
    return told

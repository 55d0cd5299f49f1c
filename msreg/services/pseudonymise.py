"""What replaces identity in an export: which questions leave, pseudonyms, and traits that are blurred (X2).

Every identifying question stays at home, save sex and the year of birth, which `rules/disclosure_k` guards; a
question that is added later and marked identifying stays at home by itself. Dates are shifted by nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msreg.formats.cells import Cell
from msreg.forms.definition import Item, Privacy, Type
from msreg.rules.disclosure_k import LEVELS, SMALLEST, Protection, Shown, Traits, protected
from msreg.services.pseudonyms import Pseudonyms, project_name, pseudonyms
from msreg.store.connect import Database
from msreg.store.queries import leaving
from msreg.store.registry import Registry

TRAITS = frozenset(("sex", "birth_date"))
"""Identifying questions that leave in a form that many patients share."""

_CODE = 8
"""A text of at most so many signs is a code, such as that of MedDRA; a longer one may name anybody."""


@dataclass(frozen=True, slots=True)
class Pseudonymise:
    """How identity is replaced: the project whose pseudonyms are used, and whether free text leaves."""

    project: str = ""
    free_text: bool = False


class Disguise:
    """What one pseudonymised export shows instead of identity; made once, before its first row."""

    def __init__(self, names: Pseudonyms, how: Pseudonymise, protection: Protection, tells: frozenset[str]):
        self._names, self._how, self._protection, self._tells = names, how, protection, tells
        self.patient = names.patient
        """The pseudonym of a patient, by id."""
        self.record = names.record
        """The pseudonym of any other record, by id."""

    def leaves(self, item: Item) -> bool:
        """Whether the answers to a question leave as they are; sex and birth are for `shown`."""
        return leaves(item, free_text=self._how.free_text)

    def shown(self, centre: str, sex: str | None, birth_date: object) -> Shown:
        """What of a patient's traits may be shown; the centre in it is a pseudonym."""
        return self.shown_by_text(f"{centre}/{sex or ''}/{str(birth_date or '')[:4]}")

    def shown_by_text(self, text: str) -> Shown:
        """The same by the one text that a query gives of them (`leaving.TRAITS`)."""
        found = self._protection.shown[_traits(text, self._tells)]
        return found if found.centre is None else found._replace(centre=self._names.centre(found.centre))

    @property
    def free_text(self) -> bool:
        """Whether free text leaves as it was written."""
        return self._how.free_text

    @property
    def small(self) -> int:
        """Patients who stand in a group that is too small, since there are too few in all."""
        return self._protection.small

    @property
    def blurred(self) -> int:
        """Patients of whom less than the year of birth, sex and centre is shown."""
        return sum(self._protection.levels[1:])

    def facts(self) -> list[tuple[str, Cell]]:
        """What the export tells of it beside its rows."""
        steps: Mapping[str, int] = dict(
            zip((name for name, _ in LEVELS), self._protection.levels, strict=True)
        )
        return [
            ("pseudonymised", True),
            ("project", self._how.project or None),
            ("free_text", self._how.free_text),
            ("dates_shifted", False),
            ("smallest_group", SMALLEST),
            *((f"patients shown by: {name}", count) for name, count in steps.items()),
            ("patients in smaller groups", self._protection.small),
        ]


def disguise(
    registry: Registry,
    db: Database,
    seq: int,
    how: Pseudonymise,
    *,
    tells: frozenset[str] = frozenset(("centre", "sex", "birth_date")),
) -> Disguise:
    """The disguise of those whom event `seq` of the log names; `tells` are the traits that the export has.

    Raises `Usage` for a name of a project that is none.
    """
    how = Pseudonymise(project_name(how.project), how.free_text)
    counts: dict[Traits, int] = {}
    for text, count in leaving.traits_of_event(db, seq):
        traits = _traits(text, tells)
        counts[traits] = counts.get(traits, 0) + count
    return Disguise(pseudonyms(registry, how.project), how, protected(counts), tells)


def leaves(item: Item, *, free_text: bool) -> bool:
    """Whether a question's answers leave with pseudonyms: none that identifies, no free text unless told."""
    if item.privacy is Privacy.IDENTIFYING:
        return False
    return free_text or not is_free_text(item)


def is_free_text(item: Item) -> bool:
    """Whether an answer is written in somebody's own words, and so may name a person."""
    return item.type is Type.TEXT and not is_code(item)


def is_code(item: Item) -> bool:
    """Whether a text is too short for anything but a code; `coded` keeps it to that."""
    return item.type is Type.TEXT and item.max_length is not None and item.max_length <= _CODE


def coded(text: str) -> str | None:
    """A code, of digits and signs; nothing for a text with letters in it, which may be a name."""
    return None if any(sign.isalpha() for sign in text) else text


def _traits(text: str, tells: frozenset[str]) -> Traits:
    centre, sex, year = text.rsplit("/", 2)
    return Traits(
        centre if "centre" in tells else None,
        (sex or None) if "sex" in tells else None,
        (int(year) if year else None) if "birth_date" in tells else None,
    )

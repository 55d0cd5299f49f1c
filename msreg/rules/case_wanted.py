"""What a case still lacks against its theme's list of wanted documents (SPEC N1, N5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msreg.errors import Refused
from msreg.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that the committee asks for."""

    key: str
    label: Mapping[str, str]
    """In nl and en, as the list of the theme has it."""
    if_applicable: bool = False
    """It is wanted when there is one: a case without it may be complete."""
    form: str | None = None
    """The key of the form that it is made of by itself once that is complete."""


class Lacking(NamedTuple):
    """What the list asks for and is not there, in the order of the list."""

    documents: tuple[Wanted, ...]
    if_applicable: tuple[Wanted, ...]
    forms: tuple[Wanted, ...]

    @property
    def complete(self) -> bool:
        """Whether all that is wanted in any case is there; the coordinator judges what applies."""
        return not self.documents and not self.forms


def lacking(wanted: Iterable[Wanted], there: Collection[str], forms_complete: Collection[str]) -> Lacking:
    """What is missing. `there` are the keys of wanted documents that have a file, `forms_complete` forms by key."""
    documents: list[Wanted] = []
    if_applicable: list[Wanted] = []
    forms: list[Wanted] = []
    for each in wanted:
        if each.form is not None:
            if each.form not in forms_complete:
                forms.append(each)
        elif each.key not in there:
            (if_applicable if each.if_applicable else documents).append(each)
    return Lacking(tuple(documents), tuple(if_applicable), tuple(forms))


def require_file(uploaded: int) -> None:
    """Raises `Refused` when nothing was uploaded: a case is only submitted with a file (SPEC N5).

    The PDF that msreg makes of a form does not count: what it tells, the case tells already.
    """
    if uploaded < 1:
        raise Refused(
            N_("A case is submitted with at least one file."),
            hint=N_("Add one first: msreg cases upload CASE FILE"),
            field="documents",
        )

"""One form of a case: its answers, what is open, and what they tell of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msreg.errors import Refused
from msreg.forms.answers import counting
from msreg.forms.definition import Form
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_windows import Judged
from msreg.rules.swansea import Score, score
from msreg.services.case_answers import (
    COLUMNS,
    FormStanding,
    Values,
    form_of,
    included_of,
    standing_of,
    values_of,
)
from msreg.services.cases import number_of
from msreg.vocabulary import N_, CaseForm


@dataclass(frozen=True, slots=True)
class FormState:
    """A form of a case: its answers, what is open, and what they tell of the case."""

    number: CaseNumber
    which: CaseForm
    theme: Theme
    centre: str
    version: int
    form_version: int | None
    """The version of the form that its answers were last changed in; None before the first."""
    values: Values
    standing: FormStanding
    judged: Judged
    """Whether the case falls within its theme."""
    score: Score | None
    """Of the Swansea criteria."""

    @property
    def form(self) -> Form:
        """The form, that of the case in the words of its theme."""
        return form_of(self.which, self.theme)


def state_of(row: Mapping[str, Any], which: CaseForm) -> FormState:
    """How a form of a case is, by the row of the case. Raises `Refused` for a form that its theme has not."""
    about = theme(row["theme"])
    require_form(row, which)
    values = values_of(row, which)
    counted = counting(load(which), values)
    return FormState(
        number=number_of(row),
        which=which,
        theme=about,
        centre=row["centre_code"],
        version=row["version"],
        form_version=row["form_version" if which is CaseForm.CASE else f"{COLUMNS[which]}_version"],
        values=values,
        standing=standing_of(row, which),
        judged=included_of(about, row),
        score=score(counted) if which is CaseForm.SWANSEA else None,
    )


def require_form(row: Mapping[str, Any], which: CaseForm) -> None:
    """Raises `Refused` for a form that the theme of a case does not ask for."""
    if which is not CaseForm.CASE and which.value not in theme(row["theme"]).forms:
        raise Refused(
            N_("The theme of this case does not ask for this form."),
            hint=N_("See what it asks for with: msreg cases show {case}"),
            field="form",
            case=str(number_of(row)),
        )

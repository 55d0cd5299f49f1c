"""The document that msreg makes of a complete form of a case: it comes, is renewed and goes by itself (SPEC N6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from msreg.forms.load import load
from msreg.forms.themes import theme
from msreg.services.case_answers import standing_of
from msreg.services.case_files import drop_generated, put_generated
from msreg.services.case_form_state import FormState, state_of
from msreg.services.cases import number_of
from msreg.services.writing import Work
from msreg.store.queries import cases as queries
from msreg.vocabulary import CaseForm, Language

LANGUAGE = Language.NL
"""The language of the committee: a colleague who works in another one does not change the document."""


class Generated(StrEnum):
    """What became of the document of a form."""

    MADE = "made"
    RENEWED = "renewed"
    REMOVED = "removed"


def renew(work: Work, row: Mapping[str, Any], changed: CaseForm, *, today: date) -> Generated | None:
    """Let the documents of forms follow the answers of a case, of which `changed` has others than before.

    A complete form of the theme has its document; one that is incomplete, faulty or of another theme has none. The
    document of a form whose own answers are the same stays as it is: its day is that of the last answer.
    """
    there = {each["form"] for each in queries.documents(work.db, [row["id"]]) if each["form"] is not None}
    done: Generated | None = None
    for which in CaseForm:
        if which is CaseForm.CASE:
            continue
        complete = which.value in theme(row["theme"]).forms and standing_of(row, which).complete
        if complete and (which is changed or which.value not in there):
            name = f"{load(which).label[LANGUAGE].replace(' ', '-')}-{number_of(row)}.pdf"
            made = form_pdf(state_of(row, which), LANGUAGE, today)
            if put_generated(work, row, which.value, name, made, load(which).version):
                done = Generated.RENEWED if which.value in there else Generated.MADE
        elif not complete and which.value in there:
            drop_generated(work, row, which.value)
            done = Generated.REMOVED
    return done


def form_pdf(state: FormState, language: Language, today: date | None = None) -> bytes:
    """A form of a case as PDF, last filled in `today`. Raises `Unavailable` without the library for pages."""
    from msreg.formats.case_pdf import FormPages, case_pdf

    return case_pdf(
        FormPages(
            form=load(state.which),
            values=state.values,
            number=str(state.number),
            theme=state.theme.label,
            centre=state.centre,
            day=today,
            language=language,
        )
    )

"""One made-up patient, as a nurse types it in Dutch or English and as a program writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msreg.forms.columns import forms_of
from msreg.vocabulary import Record
from tests.conftest import Launch
from tests.keyboard import ENTER

TODAY = "2026-11-21"
CENTRE = "UTR01"
LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Step:
    """A question, what is typed at it (in both languages, or in each), and what is stored; None: left open."""

    key: str
    typed: str | tuple[str, str]
    value: Any

    def keys(self, lang: str) -> str:
        """What is typed in a language, the Enter with it."""
        typed = self.typed if isinstance(self.typed, str) else self.typed[LANGUAGES.index(lang)]
        return typed + ENTER


YES, NO, NOTHING = ("j", "y"), "n", ""

PATIENT = (
    Step("consent", YES, True),
    Step("consent_date", ("14-9-2021", "14/09/2021"), "2021-09-14"),
    Step("patient_number", "00123", "00123"),
    Step("bsn", "999990019", "999990019"),
    Step("family_name", "Bakker", "Bakker"),
    Step("name_prefix", "van den", "van den"),
    Step("initials", " A.B. ", "A.B."),
    Step("birth_date", ("3 januari 1970", "3 jan 1970"), "1970-01-03"),
    Step("sex", ("v", "f"), "female"),
    Step("postal_code", "1012ab", "1012 AB"),
    Step("email", "a.bakker@example.org", "a.bakker@example.org"),
    Step("language", NOTHING, "nl"),
    Step("deceased", NOTHING, False),
    Step("treatment_ended", NOTHING, False),
    Step("first_symptom", ("05-2019", "2019-05"), "2019-05"),
    Step("first_symptom_sites", (" r ", " s "), "optic, spinal_cord"),
    Step("diagnosis_date", "07032020", "2020-03-07"),
    Step("diagnosis_phenotype", "rr", "rrms"),
    Step("criteria", "2017", "mcdonald_2017"),
    Step("csf_bands", YES, "yes"),
)
COURSE = (
    Step("course_date", ("vandaag", "today"), TODAY),
    Step("edss_method", ("b", "a"), "assessed"),
    Step("edss", ("3,5", "3.5"), 3.5),
    Step("mri_done", YES, True),
    Step("mri_date", ("gisteren", "yesterday"), "2026-11-20"),
    Step("mri_region", ("h", "b"), "brain"),
    Step("mri_gadolinium", YES, True),
    Step("mri_new_t2", "1", "1"),
    Step("mri_gd_lesions", "3", 3),
)
RELAPSE = (
    Step("date", ("14.8.2026", "14-08-2026"), "2026-08-14"),
    Step("symptoms", (" g ", " s "), ("visual, sensory", "visual, pyramidal")),
    Step("severity", "m", ("moderate", "mild")),
    Step("methylprednisolone", YES, True),
    Step("mp_route", "i", "iv"),
    Step("mp_dose_mg", "1000", 1000),
    Step("mp_days", "3", 3),
    Step("recovery", ("v", "f"), "full"),
)
MEDICATION = (
    Step("medicine", "ocrevus", "L04AG08"),
    Step("start_date", ("1 feb. 2024", "20240201"), "2024-02-01"),
    Step("stop_date", NOTHING, None),
    Step("deviating_interval", NO, False),
    Step("igg", ("9,5", "9.5"), 9.5),
)
SYSTEMS = tuple(
    Step(f"fs_{each}", "0", 0)
    for each in (
        "pyramidal", "cerebellar", "brainstem", "sensory", "bowel_bladder", "visual", "cerebral", "ambulation",
    )
)  # fmt: skip
"""The functional systems of somebody without any complaint: they do not go with an EDSS of 3.5."""


def label(record: Record, key: str, lang: str) -> str:
    """The words of a question."""
    return next(form[key].label[lang] for form in forms_of(record) if key in form.by_key)  # type: ignore[index]


def stored(steps: Sequence[Step], lang: str) -> Mapping[str, Any]:
    """The answers of an entry by key, as a file of JSON has them."""
    found = {}
    for each in steps:
        value = each.value[LANGUAGES.index(lang)] if isinstance(each.value, tuple) else each.value
        if value is not None:
            found[each.key] = value
    return found


def exported_patient(folder: Path, launch: Launch) -> dict[str, Any]:
    """What a registry gives out of its one patient."""
    out = launch(folder, "exports", "jsonl", "--out", "-", "--today", TODAY).out
    return next(row for row in map(json.loads, out.splitlines()) if row["sheet"] == "patients")

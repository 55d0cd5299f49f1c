"""The texts of reports: titles, heads, what each table counts, and its rows, by key."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.vocabulary import N_

REPORTS: Mapping[str, str] = {
    "centre": N_("The centre in figures"),
    "benchmark": N_("The centre against all centres"),
    "completeness": N_("Completeness"),
    "response": N_("PROM lists expected and filled in"),
    "progression": N_("Progression of disability, relapses and disease activity"),
}

TITLES: Mapping[str, str] = {
    "care": N_("Patients in care"),
    "complete": N_("Complete"),
    "sex": N_("By sex"),
    "age": N_("Age"),
    "phenotype": N_("Phenotype"),
    "edss": N_("EDSS"),
    "duration": N_("Years since diagnosis"),
    "medians": N_("Medians"),
    "relapses": N_("Annualised relapse rate"),
    "line": N_("Line of treatment"),
    "medicine": N_("Medicine"),
    "used": N_("Time on treatment"),
    "response": N_("PROM lists"),
    "response_centres": N_("PROM lists by centre"),
    "proms": N_("EQ-5D-5L"),
    "courses": N_("Courses a year"),
    "centres": N_("Centres"),
    "questions": N_("Open required questions"),
    "outcomes": N_("Outcomes"),
    "phenotype_own": N_("By phenotype, own centre"),
    "phenotype_all": N_("By phenotype, all centres"),
    "line_own": N_("By treatment line, own centre"),
    "line_all": N_("By treatment line, all centres"),
}

NOTES: Mapping[str, str] = {
    "care": N_("On the day of the report. A new course is due a year after the last one."),
    "complete": N_("All required questions of the patient and of the courses are answered."),
    "sex": N_("As registered."),
    "age": N_("On the day of the report, or when the patient died or left."),
    "phenotype": N_("The last one."),
    "edss": N_("The last score that was assessed or estimated, whenever that was."),
    "duration": N_("Whole years, on the day of the report, or when the patient died or left."),
    "medians": N_("Of the patients of whom it is known."),
    "relapses": N_(
        "Relapses in the years between first and last course; onsets less than 30 days apart are one."
        " Limits: exact 95 % interval of Poisson."
    ),
    "line": N_("Of the medicine on the day of the report, by the Farmacotherapeutisch Kompas."),
    "medicine": N_("On the day of the report, or when the patient died or left."),
    "used": N_(
        "Patients who ever used it, and the months after which half had stopped (Kaplan-Meier); – when fewer have."
    ),
    "response": N_(
        "A list is expected two months after each course, of who consents, has an e-mail address and is in care."
        " Filled in: answered from that day on, before the next one is expected."
    ),
    "response_centres": N_("As above, by the centre that registered the patient."),
    "proms": N_("Means of the last list of each patient in the period, with the name of the value set."),
    "courses": N_("By registration date."),
    "centres": N_("Patients by the centre that registered them; open: required questions without an answer."),
    "questions": N_("Records in which the question is open, of all records of that kind."),
    "outcomes": N_(
        "Patients of whom it is true, of those who can be judged. Confirmed progression: EDSS higher by 1.5 (from 0),"
        " 1 (up to 5) or 0.5, at all visits until confirmed. PIRA: without a relapse near it; RAW: up to 90 days after"
        " one. Of NEDA-3: kept. Not judged: too little is known."
    ),
    "phenotype_own": N_("Phenotype: the last one. Last column: relapses a patient year."),
    "phenotype_all": N_("Phenotype: the last one. Last column: relapses a patient year."),
    "line_own": N_("Line: of the medicine on the day of the report. Last column: relapses a patient year."),
    "line_all": N_("Line: of the medicine on the day of the report. Last column: relapses a patient year."),
}

WHOLE_TITLES: Mapping[str, str] = {
    "phenotype_own": N_("By phenotype"),
    "line_own": N_("By treatment line"),
}
"""Titles where the own centre is all centres together."""

HEADS: Mapping[str, str] = {
    "own": N_("own"),
    "own_percent": N_("%"),
    "all": N_("all"),
    "all_percent": N_("%"),
    "own_people": N_("own"),
    "all_people": N_("all"),
    "own_median": N_("median"),
    "all_median": N_("median"),
    "own_mean": N_("mean"),
    "all_mean": N_("mean"),
    "own_months": N_("months"),
    "all_months": N_("months"),
    "own_not_judged": N_("not judged"),
    "all_not_judged": N_("not judged"),
    "people": N_("patients"),
    "with_relapse": N_("relapsing"),
    "relapses": N_("relapses"),
    "years": N_("years"),
    "rate": N_("a year"),
    "low": N_("from"),
    "high": N_("up to"),
    "courses": N_("courses made"),
    "complete": N_("complete"),
    "complete_percent": N_("%"),
    "open": N_("open"),
    "overdue": N_("overdue"),
    "cdp12": N_("CDP 12 w"),
    "cdp24": N_("CDP 24 w"),
    "pira24": N_("PIRA"),
    "raw24": N_("RAW"),
    "neda3": N_("NEDA-3"),
}

ROWS: Mapping[str, Mapping[str, str]] = {
    "care": {
        "in_time": N_("in care, course in time"),
        "overdue": N_("in care, course overdue"),
        "no_course": N_("in care, no course yet"),
        "ended": N_("treatment ended"),
        "withdrawn": N_("withdrew consent"),
        "deceased": N_("deceased"),
    },
    "complete": {"yes": N_("complete"), "no": N_("questions open")},
    "line": {
        "first": N_("first line"),
        "second": N_("second line"),
        "other": N_("other medicine"),
        "none": N_("no medicine"),
    },
    "duration": {"0": N_("less than 1"), "20+": N_("20 and more")},
    "age": {"70+": N_("70 and older")},
    "medicine": {"none": N_("no medicine")},
    "measure": {
        "age": N_("age in years"),
        "duration": N_("years since diagnosis"),
        "edss": N_("EDSS"),
    },
    "prom": {"score": N_("health score")},
    "side": {"own": N_("own"), "all": N_("all")},
    "quarter": {"total": N_("whole period")},
    "outcome": {
        "cdp12": N_("progression confirmed at 12 weeks"),
        "cdp24": N_("progression confirmed at 24 weeks"),
        "pira24": N_("PIRA, confirmed at 24 weeks"),
        "raw24": N_("RAW, confirmed at 24 weeks"),
        "neda3": N_("NEDA-3 kept"),
    },
}

FUNNELS: Mapping[str, str] = {
    "complete": N_("Complete patients"),
    "in_time": N_("Patients in care with a course in time"),
    "response": N_("PROM lists filled in"),
}

REMARKS: Mapping[str, str] = {
    "nobody": N_("This centre has no patients yet."),
    "nobody_at_all": N_("There are no patients yet."),
    "no_others": N_("No other centre has patients yet, so there is nothing to set against."),
    "few_others": N_(
        "The other centres have fewer than five patients together: nothing of all centres is shown."
    ),
    "one_other": N_(
        "One other centre has patients, so figures of all centres are of the own centre and of that one."
    ),
}

NEDA_YEAR = N_("NEDA-3: over the last whole calendar year.")
WITHHELD = N_("*  withheld: fewer than five patients of other centres, or they could be worked out from it.")
LIMITS = N_(
    "Limits of 95 % and 99.8 % around the share of all, by the score test (Wilson); overdispersion is not adjusted for."
)
PLACES: Mapping[str, str] = {
    "inside": N_("within the limits"),
    "above95": N_("above the limit of 95 %"),
    "below95": N_("below the limit of 95 %"),
    "above998": N_("above the limit of 99.8 %"),
    "below998": N_("below the limit of 99.8 %"),
}
NO_FUNNEL = N_("Not drawn: the share of all centres is withheld.")
NO_POINTS = N_("Not drawn: there is nobody to count.")
DEFINITIONS = N_("Definitions with sources: docs/reference/reports.md and docs/reference/measures.md.")

"""The figures of SQL and counters equal a slow reckoning from whole dossiers of made-up people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import median

import pytest

from msreg.formats.report import Report, Share, Value
from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.rules.duedates import course_due_on
from msreg.rules.progression import CDW_24_WEEKS, Visit, first_worsening
from msreg.rules.rates import DAYS_A_YEAR, distinct_relapses
from msreg.services.dossiers import Dossier, read_dossiers
from msreg.services.reports import make_report
from msreg.services.reports_scope import Wanted
from msreg.store.actor import Actor
from msreg.store.queries.walking import patients_after
from msreg.store.registry import Registry
from msreg.vocabulary import Record


@pytest.fixture
def dossiers(people_registry: Registry) -> list[Dossier]:
    with people_registry.light() as db:
        return read_dossiers(db, patients_after(db, 0, 1000))


def whole(registry: Registry, by: Actor, key: str, today: date, **wanted: object) -> Report:
    return make_report(registry, by=by, key=key, wanted=Wanted(**wanted), today=today)  # type: ignore[arg-type]


def cells(report: Report, table: str) -> dict[str, tuple[Value, ...]]:
    found = next(each for each in report.tables if each.key == table)
    return {row.key: row.values for row in found.rows}


def firsts(report: Report, table: str) -> dict[str, Value]:
    return {key: values[0] for key, values in cells(report, table).items() if values[0]}


def days(dossier: Dossier) -> list[date]:
    return sorted(entry.values["course_date"] for entry in dossier.of(Record.COURSE))


def visits(dossier: Dossier) -> list[Visit]:
    return sorted(
        Visit(entry.values["course_date"], entry.values["edss"])
        for entry in dossier.of(Record.COURSE)
        if entry.values.get("edss") is not None and entry.values.get("edss_method") != "not_done"
    )


def relapses(dossier: Dossier) -> list[date]:
    found = [entry.values for entry in dossier.of(Record.DISEASE) if entry.values["kind"] == "relapse"]
    return sorted(values["date"] for values in found if values.get("date"))


def test_the_whole_registry(
    people_registry: Registry, desk_of_people: Actor, dossiers: Sequence[Dossier], today: date
) -> None:
    found = whole(people_registry, desk_of_people, "centre", today)
    assert found.patients == len(dossiers) == 30
    values = [each.patient.values for each in dossiers]
    assert firsts(found, "sex") == Counter(each["sex"] for each in values)
    complete = Counter(
        "yes"
        if each.patient.values.get("treatment_ended")
        or not any(
            open_questions(form, entry.values)
            for record in (Record.PATIENT, Record.COURSE)
            for entry in each.of(record)
            for form in forms_of(record)
        )
        else "no"
        for each in dossiers
    )
    assert firsts(found, "complete") == complete
    assert firsts(found, "care") == Counter(standing(each, today) for each in dossiers)
    scores = [seen[-1].edss for each in dossiers if (seen := visits(each))]
    assert cells(found, "medians")["edss"] == (len(scores), round(median(scores), 1))
    years: Counter[str] = Counter(str(day.year) for each in dossiers for day in days(each))
    assert firsts(found, "courses") == years
    running = Counter(running_medicine(each, today) for each in dossiers)
    assert firsts(found, "medicine") == running


def standing(dossier: Dossier, today: date) -> str:
    values = dossier.patient.values
    if values.get("deceased") or values.get("treatment_ended"):
        return "deceased" if values.get("deceased") else "ended"
    due = course_due_on(max(days(dossier), default=None), False, False)
    return "no_course" if due is None else "overdue" if due <= today else "in_time"


def running_medicine(dossier: Dossier, today: date) -> str:
    values = dossier.patient.values
    last = min(values.get("deceased_on") or today, values.get("treatment_ended_on") or today, today)
    for entry in dossier.of(Record.MEDICATION):
        start, stop = entry.values["start_date"], entry.values.get("stop_date")
        if start <= last and (stop is None or stop > last) and entry.values["medicine"] != "H02AB04":
            return str(entry.values["medicine"])
    return "none"


def test_relapses_and_progression(
    people_registry: Registry, desk_of_people: Actor, dossiers: Sequence[Dossier], today: date
) -> None:
    found = whole(people_registry, desk_of_people, "progression", today)
    watched = events = people = 0
    for each in dossiers:
        seen, values = days(each), each.patient.values
        if not seen:
            continue
        start = max(seen[0], values.get("diagnosis_date") or seen[0])
        end = min(
            seen[-1], values.get("deceased_on") or seen[-1], values.get("treatment_ended_on") or seen[-1]
        )
        if start < end:
            people += 1
            watched += (end - start).days
            events += sum(start < day <= end for day in distinct_relapses(relapses(each)))
    values_found = cells(found, "relapses")["own"]
    assert (values_found[0], values_found[2]) == (people, events)
    assert float(str(values_found[4])) == pytest.approx(events / (watched / DAYS_A_YEAR), abs=0.0005)
    worse = sum(first_worsening(visits(each), relapses(each), CDW_24_WEEKS) is not None for each in dossiers)
    share = cells(found, "outcomes")["cdp24"][0]
    assert isinstance(share, Share)
    assert share.cases == worse > 0
    by_phenotype = [values[2] for values in cells(found, "phenotype_own").values()]
    assert sum(each.cases for each in by_phenotype if isinstance(each, Share)) == worse


def test_own_and_others_are_all(people_registry: Registry, desk_of_people: Actor, today: date) -> None:
    """What is shown of all is what the centres have together, and what is withheld is small or beside it."""
    with people_registry.light() as db:
        codes = [row[0] for row in db.rows("SELECT code FROM centre ORDER BY code")]
    of = {code: whole(people_registry, desk_of_people, "benchmark", today, centre=code) for code in codes}
    together = whole(people_registry, desk_of_people, "benchmark", today)
    shown = 0
    for table in ("sex", "phenotype", "edss", "care", "complete", "age", "duration"):
        for key, (count, *_rest) in cells(together, table).items():
            own = {code: cells(of[code], table)[key][0] for code in codes}
            assert sum(each for each in own.values() if isinstance(each, int)) == count
            for code in codes:
                told = cells(of[code], table)[key][2]
                if isinstance(told, int):
                    shown += 1
                    assert told == count
                    assert told - own[code] not in (1, 2, 3, 4)  # type: ignore[operator]
    assert shown

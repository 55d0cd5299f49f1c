"""Two numbers of a report that may each be shown, and together tell of a few patients of others (decision 0032)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from msreg.formats.report import SMALL, Table, Value
from msreg.services.reports_lacking import count_lacking, questions_table
from msreg.services.reports_medicines import medicine_table, used_table
from msreg.services.reports_people import Side
from msreg.services.reports_progression import outcomes_table, progression_relapses, progression_tables
from msreg.services.reports_response import response_table
from msreg.services.reports_tables import prom_table
from msreg.services.reports_tally import Frame, Tally
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.registry import Registry

YEAR = Frame(date(2025, 1, 1), date(2025, 12, 31), date(2026, 11, 21), True)
OWN = 50
"""The own centre has so many in every cell: nothing of it is ever withheld."""


def counted(tables: Mapping[str, Mapping[str, int]], row: str = "") -> Tally:
    """Others as given, by table and category; the own centre everywhere alike."""
    tally = Tally()
    for table, categories in tables.items():
        for category, others in categories.items():
            tally.put(table, category, Side.OWN, row, by=OWN)
            tally.put(table, category, Side.OTHER, row, by=others)
    return tally


def rows(table: Table) -> dict[str, tuple[Value, ...]]:
    return {row.key: row.values for row in table.rows}


@pytest.mark.parametrize(("ever", "shown"), [(30, True), (31, False), (34, False), (35, True)])
def test_who_ever_used_a_medicine_less_who_uses_it_now(ever: int, shown: bool) -> None:
    """Thirty others use it now; of one to four more it would be plain that they stopped."""
    tally = counted({"medicine": {"L04AG08": 30, "none": 70}, "line": {"second": 30, "none": 70},
                     "people": {"all": 100}})  # fmt: skip
    tally.put("used", "yes", Side.OWN, "L04AG08", by=OWN)
    tally.put("used", "yes", Side.OTHER, "L04AG08", by=ever)
    found = rows(used_table(tally, compared=True))["L04AG08"]
    assert found[2] == (OWN + ever if shown else SMALL)


def test_a_medicine_that_is_withheld_now_is_not_bounded_by_who_ever_used_it() -> None:
    """Three and five others use two medicines of a line: that five ever used each would leave too little room."""
    tally = counted({
        "medicine": {"L04AG08": 3, "L04AG14": 5, "none": 70}, "line": {"second": 8, "none": 70}, "people": {"all": 78},
    })  # fmt: skip
    for code in ("L04AG08", "L04AG14"):
        tally.put("used", "yes", Side.OTHER, code, by=5)
        tally.put("used", "yes", Side.OWN, code, by=OWN)
    assert {
        values[2] for key, values in rows(medicine_table(tally, compared=True)).items() if key != "none"
    } == {SMALL}
    assert {values[2] for values in rows(used_table(tally, compared=True)).values()} == {SMALL}


OUTCOMES = {
    "cdp12": (40, 160),
    "cdp24": (40, 160),
    "pira24": (25, 175),
    "raw24": (10, 190),
    "neda3": (100, 100),
}


@pytest.mark.parametrize(("change", "hidden", "hidden_sums"), [
    ({}, set(), set()),
    ({"cdp24": (37, 163), "pira24": (22, 178)}, {"cdp24"}, {"cdp24"}),  # three: confirmed at 12 weeks, not at 24
    ({"pira24": (38, 162), "raw24": (2, 198)}, {"pira24", "raw24"}, set()),
    ({"pira24": (28, 172)}, {"raw24"}, set()),  # 40 less 28 less 10: two are of neither kind
    ({"neda3": (157, 43)}, {"neda3"}, set()),  # three lost it without a worsening
    ({"cdp24": (40, 157)}, {"cdp24", "pira24", "raw24"}, {"cdp24", "pira24", "raw24"}),  # three: judged at 12 alone
])  # fmt: skip
def test_an_outcome_less_one_that_it_is_a_part_of(
    change: dict[str, tuple[int, int]], hidden: set[str], hidden_sums: set[str]
) -> None:
    """In all together, and in the row by phenotype and by line in which these few are."""
    tally = Tally()
    for at, changed in (("rrms", change), ("spms", {}), ("ppms", {})):
        line = {"rrms": "first", "spms": "second", "ppms": "none"}[at]
        for outcome, (yes, no) in (OUTCOMES | changed).items():
            for row in ("", f"phenotype:{at}", f"line:{line}"):
                for way, count in (("yes", yes), ("no", no), ("not_judged", 300 - yes - no)):
                    tally.put(outcome, way, Side.OWN, row, by=OWN)
                    tally.put(outcome, way, Side.OTHER, row, by=count)
    found = rows(outcomes_table(tally, YEAR, compared=True))
    assert {key for key, values in found.items() if values[2] is SMALL} == hidden_sums
    tables = {each.key: each for each in progression_tables(tally, YEAR, compared=True)}
    for name, at in (("phenotype_all", "rrms"), ("line_all", "first")):
        keys = [column.key for column in tables[name].columns]
        shown = dict(zip(keys, rows(tables[name])[at], strict=True))
        assert {key for key in OUTCOMES if shown[key] is SMALL} == hidden
        for key in hidden:  # and another with it, for the sum may be known
            assert sum(values[keys.index(key)] is SMALL for values in rows(tables[name]).values()) > 1


@pytest.mark.parametrize(("relapses", "shown"), [(30, True), (31, False), (36, False), (37, True)])
def test_relapses_less_the_patients_who_had_one(relapses: int, shown: bool) -> None:
    """Of 31 relapses of 30 others exactly one had two. The rate stays: it does not tell of how many it is."""
    tally = counted({"relapses": {"yes": 30, "no": 100, "not_judged": 10}})
    tally.plus("relapses", "", Side.OWN, 60)
    tally.plus("relapses", "", Side.OTHER, relapses)
    for side in (Side.OWN, Side.OTHER):
        tally.plus("days", "", side, 36_525)
    table = progression_relapses(tally, YEAR, YEAR.since, compared=True)
    found = rows(table)["all"]
    assert (found[1] == OWN + 30, found[2]) == (shown, 60 + relapses)
    assert table.withheld is not shown
    assert SMALL not in rows(table)["own"]


def test_few_relapses_tell_of_the_patients_by_themselves() -> None:
    """Seven relapses of at least five others: two at most had more than one."""
    tally = counted({"relapses": {"yes": 6, "no": 100, "not_judged": 10}})
    tally.plus("relapses", "", Side.OTHER, 7)
    assert set(rows(progression_relapses(tally, YEAR, YEAR.since, compared=True))["all"]) == {SMALL}


def test_a_health_score_does_not_give_the_value_set_that_is_withheld() -> None:
    """23 others answered: 20 by one value set, three by the other. Who did not answer is withheld with the three."""
    tally = counted({"index": {"A": 20, "B": 3, "none": 8}, "score": {"yes": 23, "no": 8}})
    found = rows(prom_table(tally, YEAR, compared=True))
    assert [key for key, values in found.items() if values[2] is SMALL] == ["index:B", "score"]


@pytest.mark.parametrize(("more", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_score_without_an_index(more: int, shown: bool) -> None:
    tally = counted({"index": {"A": 20, "none": 30 + more}, "score": {"yes": 20 + more, "no": 30}})
    found = rows(prom_table(tally, YEAR, compared=True))
    assert found["index:A"][2] is not SMALL
    assert (found["score"][2] is not SMALL) is shown


def lacking(record: str, question: str, people: int, records: int, of: int, **more: Any) -> Table:
    tally = counted({"people": {"all": 100}, "complete": {"yes": 50, "no": 50}} | more)
    for side, open_, whole in ((Side.OWN, OWN, 2 * OWN), (Side.OTHER, records, of)):
        tally.plus("open", question, side, open_)
        tally.plus("records", record, side, whole)
    tally.put("question", "yes", Side.OWN, question, by=OWN)
    tally.put("question", "yes", Side.OTHER, question, by=people)
    return questions_table(tally, compared=True)


@pytest.mark.parametrize(("of", "shown"), [(30, False), (31, False), (34, False), (35, True)])
def test_records_in_which_a_question_is_open_less_all_records(of: int, shown: bool) -> None:
    """In thirty records of others it is open; in one to four it is not, or in none: then all are alike."""
    found = rows(lacking("adverse_event", "adverse_event.outcome", 25, 30, of))
    assert (found["adverse_event.outcome"][1] is not SMALL) is shown


@pytest.mark.parametrize(("people", "shown"), [(50, True), (49, False), (46, False), (45, True)])
def test_patients_who_are_not_complete_for_another_reason(people: int, shown: bool) -> None:
    """Fifty others are not complete; of all but a few it is the question of the patient."""
    found = rows(lacking("patient", "patient.email", people, people, 100))
    assert (found["patient.email"][1] is not SMALL) is shown


def test_a_sum_that_one_split_hides_the_other_does_not_give(
    make: Any, lay: Any, row: Any, patients: Any, both: Any, cells: Any
) -> None:
    """All others have one phenotype, so that is withheld with its sum; by line the rows would give the sum.

    Nor does the benchmark over the same days, that has no split.
    """
    others = [f"{number:05d}" for number in range(1, 25)]
    who = [{"centre": "UTR01", "patient_number": each} for each in others]
    second = {"courses": [row["course"](**each, course_date=date(2025, 12, 10)) for each in who]}
    lay(**both(
        patients("AMS01", 3), patients("UTR01", 24, course_date=date(2025, 1, 10)), second,
    ) | {"disease": [row["relapse"](**each, date=date(2025, 6, 1)) for each in who[::2]],
         "medication": [row["medication"](**each) for each in (*who[:6], *who[18:])]})  # fmt: skip
    found = make("progression", year=2025)
    assert SMALL not in {values[0] for values in cells(found, "line_all").values()}
    for table, columns in (("line_all", slice(1, None)), ("phenotype_all", slice(None))):
        assert {value for values in cells(found, table).values() for value in values[columns]} == {SMALL}
    for report in (found, make("benchmark", year=2025)):
        assert set(cells(report, "relapses")["all"]) == {SMALL}
        assert {value for values in cells(report, "outcomes").values() for value in values[2:]} == {SMALL}


def test_lists_are_judged_by_the_people_behind_them() -> None:
    """Four others filled in eight lists in a quarter."""
    tally = counted({"people": {"all": 60}, "response": {"filled": 30, "open": 30, "expected": 60}})
    for quarter, filled in (("2025-Q1", 4), ("2025-Q2", 13), ("2025-Q3", 13)):
        for way, people in (("filled", filled), ("open", 10)):
            tally.put("response", way, Side.OWN, quarter, by=OWN)
            tally.put("response", way, Side.OTHER, quarter, by=people)
            tally.plus(f"lists_{way}", quarter, Side.OTHER, 2 * people)
    found = rows(response_table(tally, YEAR, compared=True))
    assert [key for key, values in found.items() if values[1] is SMALL] == ["2025-Q1", "2025-Q2"]


def test_records_of_patients_who_are_shared_are_known(
    lay: Any, patients: Any, both: Any, registry: Registry, desk: Actor, today: date
) -> None:
    lay(**both(patients("AMS01", 2), patients("UTR01", 7)))
    with registry.light() as db:
        own = db.rows("SELECT id FROM centre WHERE code = 'AMS01'")[0][0]
        ids = [each[0] for each in db.rows("SELECT id FROM patient WHERE centre_id <> ? LIMIT 3", (own,))]
    for each in ids:
        share(registry, by=desk, patient_id=each, centre_code="AMS01", today=today)
    tally = Tally()
    with registry.light() as db:
        count_lacking(tally, db, own=own)
    assert tally.sum("records", "course") == tally.sum("records", "patient") == (2, 3, 4)

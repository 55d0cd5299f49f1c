"""Charts of made-up people, from nothing at all to forty years of illness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest

from msreg.screen.language import activate
from msreg.services.chart_records import Assessment, Attack, Health, Scan, Treatment
from msreg.services.charts import Chart, Stage
from msreg.vocabulary import Language

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    activate(Language.EN)
    yield
    activate(Language.EN)


def course(on: date, edss: str | None, method: str | None = "assessed", **answers: object) -> Assessment:
    score = None if edss is None else Decimal(edss)
    known = {"course_date": on, "edss_method": method, "edss": score, **answers}
    return Assessment(on, score, method, {key: value for key, value in known.items() if value is not None})


def relapse(on: date, treated: bool | None, **answers: object) -> Attack:
    known = {"kind": "relapse", "date": on, "methylprednisolone": treated, **answers}
    return Attack(on, treated, {key: value for key, value in known.items() if value is not None})


def scan(on: date, t2: str | None, gd: int | str | None, given: bool | None = True) -> Scan:
    known = {"mri_done": True, "mri_date": on, "mri_region": "brain", "mri_gadolinium": given, "mri_new_t2": t2,
             "mri_gd_lesions": gd}  # fmt: skip
    return Scan(on, t2, gd, {key: value for key, value in known.items() if value is not None})


def period(code: str, start: date, stop: date | None, **answers: object) -> Treatment:
    known = {"medicine": code, "start_date": start, "stop_date": stop, **answers}
    return Treatment(code, start, stop, {key: value for key, value in known.items() if value is not None})


def score(on: date, value: int, index: str | None = "0.705") -> Health:
    return Health(
        on, value, "21232", None if index is None else Decimal(index), index and "NL-Versteegh-2016-3dp"
    )


def _bare() -> Chart:
    """Nothing but a patient."""
    return Chart(
        number="MS-0000012", centre="AMS01", name="Bakker, A.", birth_year=1970, first=date(2025, 11, 21), last=TODAY,
        diagnosed_on=None, deceased_on=None, treatment_ended_on=None, stages=(), carried=None, assessments=(),
        relapses=(), scans=(), treatments=(), lists=(), undated=0,
    )  # fmt: skip


def _one() -> Chart:
    """One course, on the last day."""
    return _bare()._replace(assessments=(course(TODAY, "2.5"),))


def _usual() -> Chart:
    days = (date(2021, 3, 7), date(2022, 3, 1), date(2023, 2, 21), date(2024, 1, 15), date(2024, 10, 30),
            date(2025, 11, 2), date(2026, 11, 16))  # fmt: skip
    return _bare()._replace(
        first=days[0], diagnosed_on=days[0],
        stages=(Stage("cis", days[0], date(2022, 1, 19), days[0], {}), Stage("rrms", date(2022, 1, 19), TODAY, date(2022, 1, 19), {})),
        assessments=(
            course(days[0], "2"), course(days[1], "2.5", fs_visual=2), course(days[2], "3.5"), course(days[3], None, "not_done"),
            course(days[4], "4", "estimated"), course(days[5], "6"), course(days[6], "3.5"),
        ),
        relapses=(relapse(date(2022, 1, 19), False, severity="mild"),
                  relapse(date(2023, 12, 2), True, symptoms=("visual", "sensory"), severity="severe", mp_route="iv"),
                  relapse(date(2026, 8, 14), True), relapse(date(2026, 8, 30), None)),
        scans=(scan(days[0], "3_or_more", 2), scan(days[1], "1", 0), scan(days[2], "0", 0), scan(days[4], "2", None, False),
               scan(days[5], "unknown", "unknown"), scan(days[6], "0", 0)),
        treatments=(period("L04AX07", date(2021, 5, 1), date(2021, 9, 20)), period("L04AG03", date(2021, 11, 1), date(2024, 1, 20)),
                    period("L04AG08", date(2024, 2, 1), None, deviating_interval=False)),
        lists=(score(date(2021, 5, 1), 80), score(date(2022, 9, 1), 75, None), score(date(2024, 6, 1), 62), score(date(2026, 9, 30), 68)),
    )  # fmt: skip


def _long() -> Chart:
    """Forty years with a course in each, and more relapses and medicines than there is room for names."""
    days = [date(year, 5, 6) for year in range(1987, 2027)]
    codes = ("L03AB07", "L04AX07", "L04AG03", "L04AE01", "L03AX13", "L04AG08", "L04AK02")
    return _usual()._replace(
        first=date(1986, 1, 2), diagnosed_on=date(1986, 1, 2),
        stages=(Stage("cis", date(1986, 1, 2), date(1986, 9, 1), date(1986, 1, 2), {}),
                Stage("rrms", date(1986, 9, 1), date(2015, 6, 7), date(1986, 9, 1), {}),
                Stage("spms", date(2015, 6, 7), TODAY, date(2015, 6, 7), {})),
        assessments=tuple(course(on, str(1 + at // 6 + (at % 3) / 2).removesuffix(".0"), "estimated" if at % 9 == 4 else "assessed") for at, on in enumerate(days)),
        relapses=tuple(relapse(date(1987 + at // 2, 2 + 5 * (at % 2), 5), (True, False, None)[at % 3]) for at in range(40)),
        scans=tuple(scan(on, ("0", "1", "3_or_more")[at % 3], at % 4) for at, on in enumerate(days) if at % 2),
        treatments=tuple(period(codes[at % 7], date(1990 + 2 * at, 1, 2), date(1991 + 2 * at, 10, 30) if at < 18 else None) for at in range(19)),
        lists=tuple(score(on, 90 - at) for at, on in enumerate(days)),
    )  # fmt: skip


def _gaps() -> Chart:
    """No course has an EDSS."""
    return _usual()._replace(
        assessments=tuple(course(each.on, None, "not_done" if at % 2 else None) for at, each in enumerate(_usual().assessments)),
        lists=(), scans=(scan(date(2022, 3, 1), None, None, None),), undated=2,
    )  # fmt: skip


def _over() -> Chart:
    """Treatment ended, then died; the last medicine has no stop date."""
    return _usual()._replace(
        last=date(2026, 3, 4), treatment_ended_on=date(2026, 1, 2), deceased_on=date(2026, 3, 4),
        assessments=_usual().assessments[:-1], relapses=_usual().relapses[:2], lists=_usual().lists[:3],
        scans=_usual().scans[:-1],
    )  # fmt: skip


def _part() -> Chart:
    """A piece of a longer story: what reaches into it from before, and beyond it."""
    usual, first, last = _usual(), date(2022, 7, 1), date(2023, 12, 31)
    return usual._replace(
        first=first, last=last, diagnosed_on=None, carried=usual.assessments[1], assessments=usual.assessments[2:3],
        stages=(Stage("rrms", first, last, date(2022, 1, 19), {}),), relapses=usual.relapses[1:2],
        scans=usual.scans[2:3], treatments=usual.treatments[1:2], lists=usual.lists[1:2],
    )  # fmt: skip


def _crowded() -> Chart:
    """Twenty medicines in two years, a course each week of one, and names that try to become markup."""
    start = date(2025, 1, 6)
    codes = (
        "L03AB07",
        "L04AX07",
        "L04AG03",
        "L04AE01",
        "L03AX13",
        "L04AG08",
        "<script>x</script>",
        "L04AK02",
    )
    return _bare()._replace(
        first=start, centre="A&B<i>", name="<b>O'Neill & Søn, \x1b[31m",
        assessments=tuple(course(start + timedelta(days=7 * at), str(at % 9 + 1)) for at in range(52)),
        relapses=tuple(relapse(start + timedelta(days=3 * at), at % 2 == 0) for at in range(12)),
        treatments=tuple(period(codes[at % 8], start + timedelta(days=34 * at), start + timedelta(days=34 * at + 30)) for at in range(20)),
        scans=tuple(scan(start + timedelta(days=10 * at), "1", at * 9) for at in range(12)),
        lists=tuple(score(start + timedelta(days=20 * at), 100 if at % 2 else 0) for at in range(20)),
    )  # fmt: skip


CASES: Mapping[str, Callable[[], Chart]] = {
    "bare": _bare, "one": _one, "usual": _usual, "long": _long, "gaps": _gaps, "over": _over, "part": _part,
    "crowded": _crowded,
}  # fmt: skip


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest) -> Chart:
    """Each of the charts, one after another."""
    return CASES[request.param]()


@pytest.fixture
def made() -> Callable[[str], Chart]:
    """One of the charts by name: bare, one, usual, long, gaps, over, part, crowded."""
    return lambda name: CASES[name]()

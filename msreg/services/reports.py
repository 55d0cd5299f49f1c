"""Reports: the own centre in figures, and against all centres (SPEC O3).

One walk over each table, patient by patient, into counters; memory does not grow with the patients. A page that
sets a centre against the others withholds small cells whoever makes it, for it is made to be handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from msreg.errors import Usage
from msreg.formats.report import SMALL, Funnel, Report, Table
from msreg.forms.medicines import catalogue
from msreg.services import reports_measures as measures
from msreg.services.reading import looking
from msreg.services.reports_funnels import funnels
from msreg.services.reports_lacking import centres_table, count_lacking, questions_table
from msreg.services.reports_medicines import medicine_table, used_table
from msreg.services.reports_outcomes import count_outcomes
from msreg.services.reports_people import Person, Side, read_people
from msreg.services.reports_progression import outcomes_table, progression_relapses, progression_tables
from msreg.services.reports_response import response_by_centre, response_table
from msreg.services.reports_scope import Scope, Wanted, frame, scope
from msreg.services.reports_tables import (
    breakdown,
    middle,
    middles,
    prom_table,
    years_table,
)
from msreg.services.reports_tally import Frame, Parts, Tally
from msreg.services.reports_withheld import free_count
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import reports as queries
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

KEYS = ("centre", "benchmark", "completeness", "response", "progression")

_NOTHING: Mapping[str, object] = MappingProxyType({})


def make_report(
    registry: Registry,
    *,
    by: Actor,
    key: str,
    wanted: Wanted,
    today: date,
    told: Mapping[str, object] = _NOTHING,
) -> Report:
    """One report. It is logged with the centre and how many people it counts, and names no patient: nobody is shown.

    `told`: what else the log says of it, such as the file that it goes to. Raises `NotFound`, `NotAllowed` and
    `Usage` as `scope` and `frame` do.
    """
    if key not in KEYS:
        raise Usage(N_("There is no report {key}; there are {known}."), key=repr(key), known=", ".join(KEYS))
    days = frame(wanted, today)
    with looking(registry, by=by, event=f"reports.{key}", right=Right.REPORTS) as look:
        look.action, look.segment = Action.EXECUTE, key
        look.about = dict(told)
        found = scope(look.db, by, wanted.centre)
        people = queries.counts(look.db, "patient")
        look.about |= {
            "centre": found.code,
            "from": days.since.isoformat(),
            "until": days.until.isoformat(),
            "patients": people.get(found.own, 0) if found.own else sum(people.values()),
            "compared": _compares(key, found),
        }
    # Not within `looking`: that holds the lock for writing, and a walk through a large registry takes a while.
    with registry.light() as db, transaction(db, write=False):
        in_passing(db)
        return _made(db, key, found, days)


def _compares(key: str, found: Scope) -> bool:
    """Whether a report sets a centre against the others."""
    return key != "centre" and found.own is not None


def _made(db: Database, key: str, found: Scope, days: Frame) -> Report:
    tally = Tally()
    compared = _compares(key, found)
    treats = frozenset(each.code for each in catalogue() if each.dmt)
    centres: set[str] = set()
    for person in read_people(db, own=found.own, only_own=key == "centre", treats=treats):
        if person.side is not Side.OWN:
            centres.add(person.centre_id)
        _count(tally, person, days, key)
    if key == "completeness":
        count_lacking(tally, db, own=found.own)
    tables, plots = _filled(tally, key, found, days, compared)
    people = tally.parts("people", "all")
    return Report(
        key, found.code, found.name, days.since, days.until, days.today,
        patients=people.own,
        others=None if not compared else people.others if free_count(people) else SMALL,
        other_centres=len(centres),
        compared=compared,
        tables=tuple(tables),
        funnels=plots,
        remarks=tuple(_remarks(people, found.own, len(centres), compared)),
    )  # fmt: skip


def _count(tally: Tally, person: Person, days: Frame, key: str) -> None:
    if key in ("centre", "benchmark"):
        measures.count_person(tally, person, days)
    else:
        measures.count_standing(tally, person, days)
    if key in ("benchmark", "progression"):
        count_outcomes(tally, person, days, relapses=key == "progression")
    if key == "response":
        measures.count_lists(tally, person, days)


def _filled(
    tally: Tally, key: str, found: Scope, days: Frame, compared: bool
) -> tuple[Iterable[Table], tuple[Funnel, ...]]:
    """The tables and plots of a report."""

    def parted(name: str, categories: Iterable[str], **how: object) -> Table:
        return breakdown(tally, name, tuple(categories), compared=compared, **how)  # type: ignore[arg-type]

    def medians() -> Table:
        named = (("age", measures.AGES), ("duration", measures.DURATIONS), ("edss", measures.SCORES))
        return middles((middle(tally, name, of, compared=compared) for name, of in named), compared=compared)

    standing: list[Callable[[], Table]] = [
        lambda: parted("care", measures.CARE),
        lambda: parted("complete", (measures.YES, measures.NO)),
    ]
    illness: list[Callable[[], Table]] = [
        lambda: parted("sex", measures.SEXES),
        lambda: parted("age", measures.AGES),
        lambda: parted("phenotype", measures.PHENOTYPES),
        lambda: parted("edss", measures.SCORES),
        lambda: parted("duration", measures.DURATIONS),
        medians,
        lambda: progression_relapses(tally, days, days.since, compared=compared),
        lambda: parted("line", measures.LINES),
        lambda: medicine_table(tally, compared=compared),
        lambda: used_table(tally, compared=compared),
        lambda: response_table(tally, days, compared=compared),
        lambda: prom_table(tally, days, compared=compared),
    ]
    plots = funnels(tally, own=found.own, codes=found.codes, compared=compared)
    by_share = {each.key: each for each in plots}
    if key == "centre":
        return [each() for each in (*standing, *illness)] + [years_table(tally)], ()
    if key == "benchmark":
        tables = [each() for each in (*standing, *illness)]
        return [*tables, outcomes_table(tally, days, compared=compared)], plots
    if key == "completeness":
        tables = [each() for each in standing]
        if found.own is None:
            tables.append(centres_table(tally, found.codes))
        return [*tables, questions_table(tally, compared=compared)], (
            by_share["complete"],
            by_share["in_time"],
        )
    if key == "response":
        tables = [response_table(tally, days, compared=compared)]
        if found.own is None:
            tables.append(response_by_centre(tally, days, found.codes))
        return tables, (by_share["response"],)
    return progression_tables(tally, days, compared=compared), ()


def _remarks(people: Parts, own: str | None, centres: int, compared: bool) -> Iterable[str]:
    """What has to be said of the whole."""
    if not people.own:
        yield "nobody" if own else "nobody_at_all"
    if not compared:
        return
    if not centres:
        yield "no_others"
    elif not free_count(people):
        yield "few_others"
    elif centres == 1:
        yield "one_other"

"""What a chart of one patient shows (SPEC O1): plain values and codes, oldest first, from one day until another.

The words are those of whoever shows it (`screen/chart_picture`); how it looks is in `formats/picture*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from msreg.errors import Usage
from msreg.rules.names import display_name
from msreg.services.chart_records import (
    Answers,
    Assessment,
    Attack,
    Health,
    Scan,
    Treatment,
    Turn,
    answers_of,
    recorded,
)
from msreg.services.records import PatientRecord, read_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_

EVENT = "chart.show"
LEAST = timedelta(days=365)
"""A chart without bounds is at least so long: one point is not a picture."""

Dated = TypeVar("Dated", Assessment, Attack, Scan, Health)


class Stage(NamedTuple):
    """A phenotype between two days of the chart. `noted`: since when it holds, None when that is not known."""

    phenotype: str
    since: date
    until: date
    noted: date | None
    answers: Answers


class Chart(NamedTuple):
    """One patient from `first` until `last`; lists hold what lies or reaches between them, oldest first.

    `carried` is the last course before `first`: its EDSS holds when the chart begins. `undated` counts relapses
    without a date, which no chart can show. Days outside the bounds are None.
    """

    number: str
    centre: str
    name: str
    birth_year: int | None
    first: date
    last: date
    diagnosed_on: date | None
    deceased_on: date | None
    treatment_ended_on: date | None
    stages: tuple[Stage, ...]
    carried: Assessment | None
    assessments: tuple[Assessment, ...]
    relapses: tuple[Attack, ...]
    scans: tuple[Scan, ...]
    treatments: tuple[Treatment, ...]
    lists: tuple[Health, ...]
    undated: int

    @property
    def ended_on(self) -> date | None:
        """The day on which the record ended: death, else the end of treatment."""
        return self.deceased_on or self.treatment_ended_on


def read_chart(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    patient: str | None = None,
    bsn: str | None = None,
    first: date | None = None,
    last: date | None = None,
    told: Mapping[str, object] | None = None,
) -> Chart:
    """The chart of one patient; that it was read is in the log first, with what is `told` about where it goes.

    `first` and `last` bound it. Without them it begins with what is known first, a year before its end at the latest,
    and ends today, or on the day on which the record ended. Raises `Usage` for bounds that no chart can have.
    """
    check_bounds(first, last, today)
    record = read_record(registry, by=by, event=EVENT, patient=patient, bsn=bsn, segment="chart", about=told)
    return chart_of(record, today=today, first=first, last=last)


def check_bounds(first: date | None, last: date | None, today: date) -> None:
    """Raise `Usage` for bounds that no chart can have."""
    if last is not None and last > today:
        raise Usage(
            N_("A chart cannot end in the future."), hint=N_("Give --until a day until today."), field="until"
        )
    if first is not None and first >= (last or today):
        raise Usage(
            N_("A chart cannot begin on or after the day on which it ends."),
            hint=N_("Give --from a day before --until, and before today."),
            field="from",
        )


def chart_of(
    record: PatientRecord, *, today: date, first: date | None = None, last: date | None = None
) -> Chart:
    """The chart of a record that was read."""
    patient = answers_of(record.dossier.patient)
    found = recorded(record)
    deceased = patient.get("deceased_on") if patient.get("deceased") else None
    ended = patient.get("treatment_ended_on") if patient.get("treatment_ended") else None
    diagnosed = patient.get("diagnosis_date")
    days = sorted((*found.days(), *filter(None, (diagnosed, deceased, ended))))
    end = last or (days[-1] if deceased or ended else today)
    begin = first or min((*days[:1], end - LEAST))
    before = [each for each in found.assessments if each.on < begin]
    born = patient.get("birth_date")
    return Chart(
        number=record.number,
        centre=record.row["centre_code"],
        name=display_name(patient.get("family_name"), patient.get("name_prefix"), patient.get("initials")),
        birth_year=born.year if born else None,
        first=begin,
        last=end,
        diagnosed_on=_between(diagnosed, begin, end),
        deceased_on=_between(deceased, begin, end),
        treatment_ended_on=_between(ended, begin, end),
        stages=tuple(_stages(found.turns, begin, min(deceased or ended or end, end))),
        carried=before[-1] if before else None,
        assessments=_within(found.assessments, begin, end),
        relapses=_within(found.relapses, begin, end),
        scans=_within(found.scans, begin, end),
        treatments=tuple(
            each
            for each in found.treatments
            if each.start <= end and (each.stop is None or each.stop >= begin)
        ),
        lists=_within(found.lists, begin, end),
        undated=found.undated,
    )


def _between(on: date | None, begin: date, end: date) -> date | None:
    return on if on is not None and begin <= on <= end else None


def _within(found: Sequence[Dated], begin: date, end: date) -> tuple[Dated, ...]:
    return tuple(each for each in found if begin <= each.on <= end)


def _stages(turns: Sequence[Turn], begin: date, end: date) -> Iterator[Stage]:
    """Each phenotype from its day until that of the next one."""
    for at, turn in enumerate(turns):
        after = turns[at + 1].since if at + 1 < len(turns) else None
        since, until = max(turn.since or begin, begin), min(after or end, end)
        if since < until:
            yield Stage(turn.phenotype, since, until, turn.since, turn.answers)

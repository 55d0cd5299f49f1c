"""Side effects that are to be reported: what each would tell, whether it can be sent, and how it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from msreg.formats.icsr_report import Medicine, Reaction, Report
from msreg.forms import medicines
from msreg.forms.answers import counting, open_questions
from msreg.forms.columns import forms_of, from_row
from msreg.rules import icsr
from msreg.services import access
from msreg.services.naming import registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import lareb as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Record

_TEXTS = ("description", "event_course")
_ROUTES = {"iv": "intraveneus", "sc": "subcutaan", "po": "oraal", "im": "intramusculair"}


class Standing(StrEnum):
    """How a side effect that is to be reported stands with Lareb."""

    READY = "ready"
    """It can be sent: it never was, or it was refused and is not what it was."""
    INCOMPLETE = "incomplete"
    """It cannot be sent yet."""
    REFUSED = "refused"
    """It was refused, and is still what it was."""
    CHANGED = "changed"
    """It was sent, and is not what it was."""
    SENT = "sent"
    ACCEPTED = "accepted"


UNSENT = frozenset({Standing.READY, Standing.INCOMPLETE, Standing.REFUSED, Standing.CHANGED})
"""What somebody has to do something about."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One side effect that is to be reported; `row` has the columns of `queries.to_report`."""

    row: Mapping[str, Any]
    values: Mapping[str, Any]
    validity: icsr.Validity
    digest: str
    standing: Standing

    @property
    def patient(self) -> str:
        """The registry number of its patient."""
        return registry_number(self.row["p_number"])

    @property
    def coded(self) -> bool:
        """Whether it has the MedDRA code without which there is no valid XML."""
        return bool(self.values.get("meddra_llt") and self.values.get("meddra_version"))

    @property
    def serious(self) -> bool | None:
        """None when nobody said."""
        return icsr.is_serious(self.values.get("seriousness"))

    @property
    def report_before(self) -> date:
        """The last day for the report, counted from the day on which it came into the registry."""
        return icsr.report_before(moment(self.row["created_at"]).date(), self.serious)


@dataclass(frozen=True, slots=True)
class Unsent:
    """What was not sent or has to be sent again; `astray`: reports of what is no longer to be reported."""

    candidates: list[Candidate]
    astray: list[tuple[str, str]]
    """Registry number and number of the report."""


def list_unsent(registry: Registry, *, by: Actor) -> Unsent:
    """Everything that is to be reported, was not, and is within reach; looking at it is logged."""
    with looking(registry, by=by, event="events.list") as look:
        found = [each for each in candidates(look.db, by=by) if each.standing in UNSENT]
        where = access.reach(by)
        astray = queries.astray(look.db, where.sql, where.params)
        look.patients = [each.row["patient_id"] for each in found] + [row["patient_id"] for row in astray]
        look.segment = "adverse_events"
        look.about = {"unsent": True, "events": len(found)}
    return Unsent(found, [(registry_number(row["p_number"]), row["name"]) for row in astray])


def candidates(db: Database, *, by: Actor) -> Iterator[Candidate]:
    """The side effects that are to be reported of all patients within reach, by registry number."""
    where = access.reach(by)
    return _judged(queries.to_report(db, where.sql, where.params))


def standings(registry: Registry, *, patient_id: str) -> dict[str, Candidate]:
    """How the side effects of one patient, whose record was read just now, stand; by their id."""
    with registry.light() as db:
        return {each.row["id"]: each for each in _judged(queries.of_patient(db, patient_id))}


def report_of(candidate: Candidate, *, name: str, edition: int) -> Report:
    """What is told of a side effect, under the number of its report."""
    row, values = candidate.row, candidate.values
    code, version = values.get("meddra_llt"), values.get("meddra_version")
    known = medicines.medicine(row["m_medicine"])
    assert known is not None, "a report without a known medicine is not valid"
    died = row["p_deceased_on"] if "death" in (values.get("seriousness") or ()) else None
    return Report(
        id=name,
        edition=edition,
        received=moment(row["created_at"]),
        recent=_recent(row, edition),
        centre=row["c_name"],
        city=row["c_city"],
        birth_date=_day(row["p_birth_date"]),
        sex=row["p_sex"],
        death_date=_day(died),
        medicine=Medicine(
            name=known.label("nl"),
            substance=known.inn["nl"],
            atc=known.atc,
            route=_ROUTES[known.route[0]] if len(known.route) == 1 else None,
            start=_day(row["m_start"]),
            stop=_day(row["m_stop"]),
            action=values.get("action_taken"),
        ),
        reaction=Reaction(
            words=values["description"],
            meddra=(code, version) if code and version else None,
            start=values.get("start_date"),
            end=values.get("end_date"),
            course=values.get("event_course"),
            outcome=values.get("outcome"),
            severity=values.get("severity"),
            seriousness=values.get("seriousness"),
        ),
    )


def _judged(rows: Iterable[Mapping[str, Any]]) -> Iterator[Candidate]:
    forms = forms_of(Record.ADVERSE_EVENT)
    (form,) = forms
    for row in rows:
        given = from_row(forms, row)
        values = counting(form, given)
        validity = icsr.validity(
            icsr.ReportFacts(
                reporter=row["c_name"],
                birth_date=_day(row["p_birth_date"]),
                sex=row["p_sex"],
                medicine=row["m_medicine"],
                medicine_known=medicines.medicine(row["m_medicine"]) is not None,
                description=values.get("description"),
                open_questions=tuple(item.key for item in open_questions(form, given)),
                revealing=icsr.revealing(
                    {key: values.get(key) for key in _TEXTS},
                    names=(row["p_family_name"],),
                    numbers=(row["p_bsn"], row["p_patient_number"], row["p_email"]),
                ),
            )
        )
        digest = _digest(row, values)
        yield Candidate(row, values, validity, digest, _standing(row, validity.sendable, digest))


def _standing(row: Mapping[str, Any], sendable: bool, digest: str) -> Standing:
    if row["r_id"] is None:
        return Standing.READY if sendable else Standing.INCOMPLETE
    changed = digest != row["r_digest"]
    if row["r_answer"] == "CR":
        if not changed:
            return Standing.REFUSED
        return Standing.READY if sendable else Standing.INCOMPLETE
    if changed:
        return Standing.CHANGED
    return Standing.ACCEPTED if row["r_answer"] == "CA" else Standing.SENT


def _digest(row: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """A text by which it is seen whether a side effect still tells what was sent.

    What has no answer is left out, so that a question which a later form adds changes nothing of what was sent.
    """
    told = {key: values[key] for key in sorted(values) if key != "report_to_lareb"}
    about = ("m_medicine", "m_start", "m_stop", "p_birth_date", "p_sex")
    told |= {key: row[key] for key in about if row[key] is not None}
    if "death" in (values.get("seriousness") or ()) and row["p_deceased_on"]:
        told["p_deceased_on"] = row["p_deceased_on"]
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _recent(row: Mapping[str, Any], edition: int) -> datetime:
    """When something of it became known last; a follow-up may be about the patient."""
    moments = [row["updated_at"], row["m_updated"]]
    if edition > 1:
        moments.append(row["p_updated"])
    return max(map(moment, moments))


def moment(text: str) -> datetime:
    """A moment as the tables keep it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

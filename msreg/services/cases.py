"""One case notification: who may find it, and all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msreg.errors import Conflict, NotFound, Usage
from msreg.forms.themes import Theme, theme
from msreg.rules.case_numbers import CaseNumber, read_number
from msreg.rules.case_states import WHO, steps_from
from msreg.rules.case_wanted import Lacking, lacking
from msreg.rules.case_windows import Judged
from msreg.services import access
from msreg.services.case_answers import FormStanding, Values, included_of, standing_of, values_of
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import N_, CaseForm, CaseState, CaseStep, Process, Right

ENTITY = "notification"
"""What a case is called in the log, and its table."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a case, without its bytes; `row` has the columns of the table."""

    row: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the file, cleaned."""
        return str(self.row["name"])

    @property
    def wanted(self) -> str | None:
        """Which wanted document of the theme it is."""
        wanted: str | None = self.row["wanted"]
        return wanted

    @property
    def made(self) -> bool:
        """Whether msreg made it of a form by itself."""
        return self.row["form"] is not None

    @property
    def held(self) -> bool:
        """Whether it is in quarantine."""
        return bool(self.row["held"])

    @property
    def at(self) -> datetime:
        """When it came."""
        return read_moment(self.row["created_at"])

    @property
    def traces(self) -> dict[str, int]:
        """How often something that may tell who somebody is stands in it, by kind; never what."""
        import json

        raw = self.row["traces"]
        found = json.loads(raw) if isinstance(raw, str) else raw or {}
        return {str(key): int(count) for key, count in found.items() if count}


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step of a case, with who took it and the remark."""

    place: int
    step: CaseStep
    before: CaseState | None
    after: CaseState
    at: datetime
    user: str
    user_name: str
    role: str
    remark: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a case. `row` has the columns of the table, with code and name of the centre."""

    row: Mapping[str, Any]
    number: CaseNumber
    theme: Theme
    state: CaseState
    values: Values
    """The answers to the form of the case, theme and patient number included."""
    judged: Judged
    """Whether it falls within its theme, and why."""
    documents: tuple[Document, ...]
    forms: tuple[FormStanding, ...]
    """The other forms that its theme asks for."""
    lacking: Lacking
    steps: tuple[StepTaken, ...]
    """Oldest first."""
    possible: tuple[CaseStep, ...]
    """The steps that its state allows and the reader may take."""

    @property
    def id(self) -> str:
        """Its id in the tables and the log."""
        return str(self.row["id"])

    @property
    def since(self) -> date:
        """The day on which it entered its state."""
        return date.fromisoformat(self.row["since"])

    @property
    def remarks(self) -> tuple[StepTaken, ...]:
        """The steps that say something, newest first."""
        return tuple(each for each in reversed(self.steps) if each.remark)

    @property
    def uploaded(self) -> tuple[Document, ...]:
        """The documents that somebody uploaded."""
        return tuple(each for each in self.documents if not each.made)


def number_of(row: Mapping[str, Any]) -> CaseNumber:
    """The number of a case, from its row."""
    return CaseNumber(Process(row["process"]), row["year"], row["number"])


def find_case(db: Database, *, by: Actor, name: str) -> dict[str, Any]:
    """The row of the case with this number, with `centre_code` and `centre_name`.

    Raises `NotFound` alike for a case that does not exist, that is another centre's, or that is a late
    termination which the actor may not see; `Usage` for a name that is none.
    """
    number = read_number(name)
    if number is None:
        raise Usage(
            N_("A case is named by its number, as NC-2026-0042."),
            hint=N_("See them with: msreg cases list"),
            field="case",
        )
    reach = access.case_reach(by)
    row = queries.by_number(db, number, reach.sql, reach.params)
    if row is None:
        raise NotFound(
            N_("There is no such case among those that you may see."),
            hint=N_("See them with: msreg cases list"),
            field="case",
        )
    return row


def require_version(row: Mapping[str, Any], version: int | None) -> None:
    """Raises `Conflict` when somebody changed a case since it had this version; None asks nothing."""
    if version is not None and version != row["version"]:
        raise Conflict(
            N_("Somebody changed this case after you looked at it; nothing was changed."),
            hint=N_("See who changed what with: msreg cases history {case}"),
            field="version",
            case=str(number_of(row)),
        )


def tells_patient_number(by: Actor) -> bool:
    """Whether the actor sees patient numbers of a hospital: who works on cases there, and the registry office.

    They are for finding a record again and do not go to the committee (SPEC N3).
    """
    return access.may(by, Right.CASES_WRITE)


def read_case(db: Database, row: Mapping[str, Any], *, by: Actor) -> Case:
    """All that is known of a case whose row was found. The caller logs the look."""
    found = theme(row["theme"])
    state = CaseState(row["state"])
    values = values_of(row)
    if not tells_patient_number(by):
        values.pop("patient_number", None)
        row = {**row, "patient_number": None}
    documents = tuple(map(Document, queries.documents(db, [row["id"]])))
    forms = forms_of_case(found, row)
    return Case(
        row=row,
        number=number_of(row),
        theme=found,
        state=state,
        values=values,
        judged=included_of(found, row),
        documents=documents,
        forms=forms,
        lacking=lacking_of(found, documents, forms),
        steps=tuple(map(_step, queries.steps(db, row["id"]))),
        possible=tuple(each for each in steps_from(state) if access.may(by, WHO[each])),
    )


def forms_of_case(found: Theme, row: Mapping[str, Any]) -> tuple[FormStanding, ...]:
    """How far the other forms are that a theme asks for."""
    return tuple(standing_of(row, CaseForm(key)) for key in found.forms)


def lacking_of(found: Theme, documents: Iterable[Document], forms: Iterable[FormStanding]) -> Lacking:
    """What the list of a theme asks for and is not there. A file in quarantine is there and does not count."""
    return lacking(
        found.wanted,
        {each.wanted for each in documents if each.wanted is not None and not each.held},
        {each.form.value for each in forms if each.complete},
    )


def show_case(registry: Registry, *, by: Actor, case: str) -> Case:
    """All that is known of a case; that it was seen is in the log. Raises as `find_case` does."""
    with looking(registry, by=by, event="cases.show", right=Right.CASES_READ) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        look.others = [(ENTITY, row["id"])]
        return read_case(look.db, row, by=by)


def note_name(about: dict[str, object], name: str) -> None:
    """Tell the log which case was asked for, when it is a number: what else people type stays out of it."""
    if (number := read_number(name)) is not None:
        about["case"] = str(number)


def _step(row: Mapping[str, Any]) -> StepTaken:
    return StepTaken(
        place=row["place"],
        step=CaseStep(row["step"]),
        before=None if row["before"] is None else CaseState(row["before"]),
        after=CaseState(row["after"]),
        at=read_moment(row["created_at"]),
        user=row["user"],
        user_name=row["user_name"],
        role=row["role"],
        remark=row["remark"],
    )

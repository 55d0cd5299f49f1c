"""Cases for the committee (decision 0040): documents and a list in one zip file, with pseudonyms.

What leaves is in the log, case by case and file by file, before anything is written; and only that is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from msreg.errors import NotFound, Usage
from msreg.forms.themes import theme
from msreg.rules.case_numbers import CaseNumber
from msreg.services import access
from msreg.services.case_files import DOCUMENT
from msreg.services.case_out_plan import GoingCase, LeftOut, candidate, plan
from msreg.services.cases import ENTITY, number_of
from msreg.services.export_going import Going
from msreg.services.pseudonymise import Pseudonymise
from msreg.services.pseudonyms import is_pseudonym, project_name, pseudonyms
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.queries import cases as queries
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseState, Process, Right

EVENT = "cases.export"
Step = Callable[[int, int | None], None]

GOES = (CaseState.APPROVED, CaseState.SUBMITTED)
"""Cases that the committee may see: the others still belong to their centre, or were withdrawn."""


@dataclass(frozen=True, slots=True)
class CasesOut:
    """What left the registry."""

    path: Path
    cases: list[GoingCase]
    project: str
    seq: int
    """Number of the export's event in the log."""

    @property
    def files(self) -> int:
        """How many files went with the cases."""
        return sum(len(each.files) for each in self.cases)

    @property
    def left_out(self) -> list[LeftOut]:
        """Every file that stayed behind."""
        return [each for case in self.cases for each in case.left_out]


@dataclass(frozen=True, slots=True)
class Wished:
    """Which cases are to go. `since`: that came into their state on this day or later."""

    about: str | None = None
    process: Process | None = None
    state: CaseState = CaseState.APPROVED
    since: date | None = None
    with_traces: bool = False


def export_cases(
    registry: Registry,
    *,
    by: Actor,
    out: Path,
    wished: Wished,
    project: str = "",
    recipient: str = "",
    purpose: str = "",
    labels: bool = False,
    language: str = "nl",
    overwrite: bool = False,
    step: Step | None = None,
) -> CasesOut:
    """Write a zip file with a folder for each case, and a workbook with the list of them.

    Nothing in it tells of which hospital, by whom or under what number a case was reported. The file appears when
    it is finished, mode 0600. Raises `NotFound` when there is no such case, `Conflict` when the file is there.
    """
    from msreg.formats.atomic import finished_file
    from msreg.services.case_out_files import write_cases

    access.require(registry, by=by, right=Right.CASES_EXPORT, event=EVENT)
    _require_sent(wished.state)
    going = Going(recipient, purpose, Pseudonymise(project_name(project)))
    with finished_file(out, overwrite=overwrite) as made:
        cases, seq = _logged(registry, by, out, wished, going, project)
        with registry.light() as db, transaction(db, write=False):
            in_passing(db)
            write_cases(
                registry, db, made, cases, by=by, going=going, seq=seq, labels=labels, language=language, step=step
            )  # fmt: skip
    return CasesOut(out, cases, project_name(project), seq)


def find_behind(registry: Registry, *, by: Actor, pseudonym: str, project: str = "") -> CaseNumber:
    """The case that has this pseudonym in a project. Raises `NotFound` when none has."""
    wanted = pseudonym.strip().upper()
    if not is_pseudonym(wanted):
        raise Usage(
            N_("A pseudonym has sixteen letters and digits, such as {example}."),
            field="pseudonym",
            example="K7Q2MZ5TFA3XWB4C",
        )
    name = project_name(project)
    names = pseudonyms(registry, name)
    with looking(registry, by=by, event="cases.whose", right=Right.CASES_REVIEW) as look:
        look.about = {"project": name}
        reach = access.case_reach(by)
        rows = queries.newest(look.db, reach.sql, reach.params)
        row = next((each for each in rows if names.case(each["id"]) == wanted), None)
        if row is None:
            raise NotFound(
                N_("No case has this pseudonym in this project."),
                hint=N_("See the names of projects with: msreg audit list --event cases.export"),
                field="pseudonym",
            )
        look.others = [(ENTITY, row["id"])]
    return number_of(row)


def _require_sent(state: CaseState) -> None:
    if state not in GOES:
        raise Usage(N_("The committee gets cases that are approved or submitted."), field="state")


def _logged(
    registry: Registry, by: Actor, out: Path, wished: Wished, going: Going, project: str
) -> tuple[list[GoingCase], int]:
    """Log which cases and files leave; gives them, and the number of the event."""
    about = None if wished.about is None else theme(wished.about)
    process = wished.process or (about.process if about else Process.NETHOSS)
    if process is Process.LATE_TERMINATION:
        access.require(registry, by=by, right=Right.CASES_LATE, event=EVENT)
    with looking(registry, by=by, event=EVENT, right=Right.CASES_EXPORT) as look:
        look.action = Action.EXECUTE
        look.about = {
            "to_file": True,
            "file": out.name,
            "format": "zip",
            "process": process.value,
            "theme": about.key if about else None,
            "state": wished.state.value,
            "since": wished.since.isoformat() if wished.since else None,
            "with_traces": wished.with_traces,
            **going.told(),
        }
        reach = access.case_reach(by)
        rows = queries.newest(
            look.db,
            reach.sql,
            reach.params,
            states=(wished.state,),
            theme=about.key if about else None,
            process=process,
        )
        found = [
            candidate(row)
            for row in rows
            if wished.since is None or date.fromisoformat(row["since"]) >= wished.since
        ]
        if not found:
            raise NotFound(N_("There are no such cases."), hint=N_("See them with: msreg cases list"))
        cases = list(plan(look.db, found, pseudonyms(registry, project), with_traces=wished.with_traces))
        # The order in which cases were reported would tell them apart again.
        cases.sort(key=lambda each: each.pseudonym)
        look.others = [
            *((ENTITY, each.id) for each in cases),
            *((DOCUMENT, file.row["id"]) for each in cases for file in each.files),
        ]
        look.about |= {"patients": len(cases), "files": sum(len(each.files) for each in cases)}
    return cases, look.seq

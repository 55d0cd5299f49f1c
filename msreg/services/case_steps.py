"""The steps of a case (SPEC N4, N5, N7): submit, return, approve, withdraw. Each is kept with who, when, remark."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from msreg.errors import Conflict, Usage
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_states import WHO, next_state, remark_of
from msreg.rules.case_wanted import require_file
from msreg.services import access
from msreg.services.case_answers import is_doubtful
from msreg.services.case_writing import add_step, change, round_of
from msreg.services.cases import ENTITY, Case, find_case, number_of, read_case, require_version
from msreg.services.reading import looking
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseState, CaseStep


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step that was taken, or would be. `case` is as it was before the step."""

    case: Case
    step: CaseStep
    after: CaseState
    since: date
    remark: str | None
    reminder_on: date | None
    """The first reminder of the round that begins, where the case waits for its centre now."""
    version: int
    dry_run: bool

    @property
    def number(self) -> CaseNumber:
        """The number of the case."""
        return self.case.number

    @property
    def wants_reason(self) -> bool:
        """Whether it is only submitted with a remark: its answers say that it falls outside its theme."""
        return self.step is CaseStep.SUBMIT and is_doubtful(self.case.judged)

    @property
    def traces(self) -> dict[str, dict[str, int]]:
        """What may tell who somebody is, for who submits: counted by kind, by the name of the file."""
        if self.step is not CaseStep.SUBMIT:
            return {}
        return {each.name: each.traces for each in self.case.uploaded if each.traces}


def submit(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    today: date,
    remark: str | None = None,
    confirmed: bool = False,
    version: int | None = None,
    dry_run: bool = False,
) -> Stepped:
    """Hand a case to the coordinator. What its list still lacks is told, and for the coordinator to judge.

    Raises `Refused` without an uploaded file, `Conflict` while one is in quarantine. A case outside its theme needs
    a remark that says why, and one whose files may tell who somebody is needs `confirmed`: both raise `Usage`. A dry
    run tells of both and raises neither.
    """
    return _step(registry, CaseStep.SUBMIT, by, case, today, remark, version, dry_run, confirmed)


def give_back(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    today: date,
    remark: str | None,
    version: int | None = None,
    dry_run: bool = False,
) -> Stepped:
    """Return a submitted case to its centre with what is missing; its reminders begin anew."""
    return _step(registry, CaseStep.RETURN, by, case, today, remark, version, dry_run)


def approve(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    today: date,
    remark: str | None = None,
    version: int | None = None,
    dry_run: bool = False,
) -> Stepped:
    """Approve a submitted case: nothing of it changes any more."""
    return _step(registry, CaseStep.APPROVE, by, case, today, remark, version, dry_run)


def withdraw(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    today: date,
    remark: str | None,
    version: int | None = None,
    dry_run: bool = False,
) -> Stepped:
    """Take a case back that was none, or was reported twice. All of it is kept; nothing of it changes any more."""
    return _step(registry, CaseStep.WITHDRAW, by, case, today, remark, version, dry_run)


def _step(
    registry: Registry,
    step: CaseStep,
    by: Actor,
    case: str,
    today: date,
    remark: str | None,
    version: int | None,
    dry_run: bool,
    confirmed: bool = False,
) -> Stepped:
    event = f"cases.{step.value}"
    access.require(registry, by=by, right=WHO[step], event=event)
    said = remark_of(step, remark)
    with writing(registry, by=by, event=event, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        before = CaseState(row["state"])
        after = next_state(before, step)
        require_version(row, version)
        found = read_case(work.db, row, by=by)
        if step is CaseStep.SUBMIT:
            _require_ready(found, said, confirmed=confirmed or dry_run, reasoned=dry_run)
        columns = round_of(after, today)
        new_version = change(work, row, columns)
        add_step(work, row["id"], step, before, after, said)
    if dry_run:
        with looking(registry, by=by, event=event, right=WHO[step]) as look:
            look.others = [(ENTITY, row["id"])]
            look.about = {"dry_run": True, "case": str(number_of(row))}
    return Stepped(found, step, after, today, said, columns["reminder_due_on"], new_version, dry_run)


def _require_ready(case: Case, remark: str | None, *, confirmed: bool, reasoned: bool) -> None:
    """Whether a case can be handed in; what its list lacks does not stand in the way."""
    require_file(len(case.uploaded))
    held = [each for each in case.documents if each.held]
    if held:
        raise Conflict(
            N_("File {place} of this case is in quarantine: nobody could say that it is clean."),
            hint=N_(
                "Have it scanned: msreg cases scan {case}; or remove it: msreg cases remove {case} {place}"
            ),
            field="documents",
            place=held[0].row["place"],
            case=str(case.number),
        )
    if is_doubtful(case.judged) and not remark and not reasoned:
        raise Usage(
            N_("This case falls outside its theme: {why}."),
            hint=N_("Mend its answers, or say why it is one after all: --remark TEXT"),
            field="remark",
            why=case.judged.why,
        )
    traces = _counted(case)
    if traces and not confirmed:
        raise Usage(
            N_("The files of this case hold what may tell who somebody is ({count} places)."),
            hint=N_("Look at them in: msreg cases show {case}; add --yes when they are anonymous after all."),
            field="yes",
            count=traces.total(),
            case=str(case.number),
        )


def _counted(case: Case) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in case.uploaded:
        found.update(each.traces)
    return found

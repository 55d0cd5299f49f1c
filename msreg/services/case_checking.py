"""How far a case is before it is submitted: what is missing, what holds it, and what should be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.services import access
from msreg.services.case_answers import is_doubtful
from msreg.services.cases import ENTITY, Case, Document, find_case, note_name, read_case
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Right

EVENT = "cases.check"


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """A case, and what stands between it and the coordinator."""

    case: Case

    @property
    def without_file(self) -> bool:
        """Whether nothing was uploaded: then it cannot be submitted."""
        return not self.case.uploaded

    @property
    def held(self) -> list[Document]:
        """Files in quarantine: with one of these it cannot be submitted."""
        return [each for each in self.case.documents if each.held]

    @property
    def outside(self) -> bool:
        """Whether its answers say that it falls outside its theme: then it needs a remark that says why."""
        return is_doubtful(self.case.judged)

    @property
    def faulty(self) -> bool:
        """Whether an answer to one of its forms cannot be true."""
        return any(finding.is_error for form in self.case.forms for finding in form.findings)

    @property
    def traces(self) -> dict[str, dict[str, int]]:
        """What may tell who somebody is, counted by kind, by the name of the file."""
        return {each.name: each.traces for each in self.case.uploaded if each.traces}

    @property
    def ready(self) -> bool:
        """Whether it can be submitted as it is; what is missing from the list is for the coordinator to judge."""
        return not (self.without_file or self.held or self.outside)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing or wrong. Traces do not count: a person has to look at those."""
        return self.ready and not self.faulty and self.case.lacking.complete


def check_case(registry: Registry, *, by: Actor, case: str) -> CheckedCase:
    """Look a case through before it is submitted. Raises as `find_case` does.

    For who may change it, its files are searched once more when its answers are others than at the last search.
    """
    access.require(registry, by=by, right=Right.CASES_READ, event=EVENT)
    if access.may(by, Right.CASES_WRITE):
        from msreg.services.case_traces import search_again

        search_again(registry, by=by, case=case)
    with looking(registry, by=by, event=EVENT, right=Right.CASES_READ) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        look.others = [(ENTITY, row["id"])]
        return CheckedCase(read_case(look.db, row, by=by))

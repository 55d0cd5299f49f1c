"""Random walks over the states of cases, by the real services, never leave the table (SPEC N4, N5, N8).

The model beside it knows the table of states and who may take a step, and nothing of how the services work.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from msreg.config import load_settings
from msreg.errors import Conflict, NotAllowed, NotFound, Refused
from msreg.services import access
from msreg.services.case_editing import edit_case
from msreg.services.case_steps import approve, give_back, submit, withdraw
from msreg.services.cases import find_case, read_case
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseState, Role
from tests.cases import add_file, person, reported
from tests.conftest import environment

TABLE = {
    ("concept", "submit"): "submitted", ("concept", "withdraw"): "withdrawn",
    ("submitted", "return"): "incomplete", ("submitted", "approve"): "approved",
    ("submitted", "withdraw"): "withdrawn", ("incomplete", "submit"): "submitted",
    ("incomplete", "withdraw"): "withdrawn",
}  # fmt: skip
"""Written down here once more: the test must not follow the program into an error."""
MAY = {
    "submit": {"notifier", "entry_clerk", "desk"}, "withdraw": {"notifier", "desk"},
    "return": {"coordinator", "desk"}, "approve": {"coordinator", "desk"},
    "edit": {"notifier", "entry_clerk", "desk"}, "new": {"notifier", "desk"},
}  # fmt: skip
WHO = [(Role.NOTIFIER, "AMS01"), (Role.NOTIFIER, "UTR01"), (Role.ENTRY_CLERK, "AMS01"),
       (Role.COORDINATOR, "AMS01"), (Role.DESK, "AMS01"), (Role.READER, "AMS01")]  # fmt: skip
SERVICES: dict[str, Callable[..., Any]] = {
    "submit": submit, "return": give_back, "approve": approve, "withdraw": withdraw,
}  # fmt: skip
OF_A_CENTRE = (Role.NOTIFIER, Role.ENTRY_CLERK)


class Model:
    """What should be so of one case."""

    def __init__(self, name: str, case_id: str, late: bool, since: date) -> None:
        self.name, self.id, self.late, self.since = name, case_id, late, since
        self.state, self.steps, self.files, self.version = "concept", 1, 0, 1


class Walk(RuleBasedStateMachine):
    """Cases of AMS01, and six people who do with them whatever comes to mind."""

    registry: ClassVar[Registry]
    desk: ClassVar[Actor]
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.today = date(2026, 11, 21)
        self.models: list[Model] = []
        self.last: Model | None = None

    @rule(target=cases, theme=st.sampled_from(["HYS", "LZA1", "MS_"]), who=st.sampled_from(WHO))
    def report(self, theme: str, who: tuple[Role, str]) -> Model:
        """Whoever may not report leaves a case to who may."""
        by = person(self.registry, self.desk, *who)
        if who[0].value not in MAY["new"]:
            with pytest.raises(NotAllowed):
                reported(self.registry, by, self.today, theme)
        if who != (Role.NOTIFIER, "AMS01"):
            by = self.desk
        done = reported(self.registry, by, self.today, theme)
        model = Model(str(done.number), done.id, theme == "LZA1", self.today)
        self.models.append(model)
        self.last = model
        return model

    @rule(model=cases)
    def upload(self, model: Model) -> None:
        if model.state in ("concept", "incomplete"):
            add_file(self.registry, model.id)
            model.files += 1

    @rule(model=cases, who=st.sampled_from(WHO), number=st.integers(1, 3))
    def edit(self, model: Model, who: tuple[Role, str], number: int) -> None:
        how: dict[str, Any] = {"answers": {"patient_number": number}}
        done = self._try(model, who, "edit", edit_case, how, open_=model.state in ("concept", "incomplete"))
        if done is not None:
            assert done.version - model.version == len(done.changes)
            model.version = done.version

    @rule(
        model=cases, who=st.sampled_from(WHO), step=st.sampled_from(list(SERVICES)), days=st.integers(0, 40)
    )
    def take(self, model: Model, who: tuple[Role, str], step: str, days: int) -> None:
        self.today += timedelta(days=days)
        after = TABLE.get((model.state, step))
        empty = step == "submit" and not model.files
        done = self._try(
            model, who, step, SERVICES[step], {"remark": "x"}, open_=after is not None, refused=empty
        )
        if done is not None:
            assert done.after == after
            model.state, model.since = done.after.value, self.today
            model.steps += 1
            model.version += 1

    def _try(
        self,
        model: Model,
        who: tuple[Role, str],
        what: str,
        service: Callable[..., Any],
        how: dict[str, Any],
        *,
        open_: bool,
        refused: bool = False,
    ) -> Any:
        """Right before reach, reach before state; the model decides which of them stands in the way."""
        role, centre = who
        expected: type[Exception] | None = None
        if role.value not in MAY[what]:
            expected = NotAllowed
        elif (role in OF_A_CENTRE and centre != "AMS01") or (model.late and role is Role.ENTRY_CLERK):
            expected = NotFound
        elif not open_:
            expected = Conflict
        elif refused:
            expected = Refused
        by = person(self.registry, self.desk, role, centre)
        self.last = model
        if expected is None:
            return service(self.registry, by=by, case=model.name, today=self.today, **how)
        with pytest.raises(expected):
            service(self.registry, by=by, case=model.name, today=self.today, **how)
        return None

    @invariant()
    def the_case_is_what_the_model_says(self) -> None:
        if self.last is not None:
            self._compare(self.last)

    def teardown(self) -> None:
        """No step of one case touched another."""
        for model in self.models:
            self._compare(model)

    def _compare(self, model: Model) -> None:
        with self.registry.light() as db:
            case = read_case(db, find_case(db, by=self.desk, name=model.name), by=self.desk)
        assert (case.state.value, len(case.steps), case.row["version"], case.since) == (
            model.state, model.steps, model.version, model.since,
        )  # fmt: skip
        waits = model.state in ("concept", "incomplete")
        first = (model.since + timedelta(days=28)).isoformat() if waits else None
        assert case.row["reminder_due_on"] == first
        assert (case.steps[0].before, case.steps[0].after) == (None, CaseState.CONCEPT)
        for left, right in pairwise(case.steps):
            assert right.before is not None
            assert (left.after, TABLE[right.before.value, right.step.value]) == (right.before, right.after)


@pytest.fixture
def walk(template: Path, tmp_path: Path) -> Iterator[type[Walk]]:
    """The machine on a registry of its own; cases of one walk do not know those of another."""
    folder = tmp_path / "copy"
    shutil.copytree(template, folder)
    with Registry.open(load_settings(environment(folder))) as registry:
        Walk.registry, Walk.desk = registry, access.whoami(registry, registry.settings.environ)
        yield Walk


def test_n4_no_walk_leaves_the_table(walk: type[Walk]) -> None:
    run_state_machine_as_test(walk, settings=settings(max_examples=15, stateful_step_count=20, deadline=None))

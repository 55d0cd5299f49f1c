"""Guided work on a case: reporting one, and filling in its forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from msreg.errors import Interrupted, MsregError
from msreg.forms.definition import Form
from msreg.forms.load import load
from msreg.forms.themes import theme
from msreg.screen.case_told import tell_reported
from msreg.screen.case_walk import CaseWalk, Filled
from msreg.screen.edge import edge
from msreg.screen.entry_asking import ask_centre
from msreg.screen.entry_told import below
from msreg.screen.form_walk import FormWalk
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.prompter import Prompter
from msreg.screen.prompting import prompter
from msreg.services import access, case_forms
from msreg.services.adding import own_centres
from msreg.services.answering import typed_by
from msreg.services.case_answers import OWN
from msreg.services.case_opening import EVENT, new_case
from msreg.services.entering import Answered
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, CaseForm, Right


def fill_in(
    registry: Registry, *, by: Actor, today: date, case: str, form: CaseForm, ask: Prompter | None = None
) -> Filled:
    """Walk a person through a form of a case. `ask` stands for the terminal.

    Raises `Interrupted` when the person stops, and otherwise as `services.case_forms.answer` does.
    """
    filling = case_forms.begin(registry, by=by, case=case, form=form)
    return CaseWalk(registry, by, today, Screen(edge()), ask or prompter(), filling).run()


def report(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    given: Mapping[str, Any],
    centre: str | None,
    month: str | None = None,
    ask: Prompter | None = None,
) -> Filled:
    """Ask what a case is about, report it, and walk on through the questions of its theme.

    `given` are answers of options, which are not asked; `month` is the one that the case answers. The case is
    reported once theme and own number are there (decision 0039): before that nobody has said that there is one.
    """
    access.require(registry, by=by, right=Right.CASES_CREATE, event=EVENT)
    who, screen = ask or prompter(), Screen(edge())
    known = typed_by(load(CaseForm.CASE).by_key, given, today)
    first = _Report(registry, by, today, screen, who, {**known})
    first.run()
    if centre is None and len(own_centres(registry, by=by)) > 1:
        centre = ask_centre(registry, by=by, ask=who, code=None)[1]
    done = new_case(registry, by=by, answers=first.answers, centre=centre, month=month, today=today)
    tell_reported(screen, done)
    screen.line()
    filling = case_forms.begin(registry, by=by, case=str(done.number), form=CaseForm.CASE)
    filling.passed = [*OWN, *known]  # an own number that was left open is not asked twice
    return CaseWalk(registry, by, today, screen, who, filling).run()


@dataclass
class _Report(FormWalk):
    """What is asked before there is a case; nothing of it is kept anywhere."""

    answers: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Ask for the theme and the own number."""
        self.headline(_("New case"))
        self.asked = [key for key in OWN if key in self.answers]
        self.go({})

    @property
    def forms(self) -> tuple[Form, ...]:
        form = load(CaseForm.CASE)
        return (replace(form, items=tuple(item for item in form.items if item.key in OWN)),)

    @property
    def values(self) -> Mapping[str, Any]:
        return self.answers

    @property
    def passed(self) -> Collection[str]:
        return self.asked

    @property
    def kept(self) -> bool:
        return False

    def keep(self, key: str, value: Any, reason: str | None, over: Mapping[str, Any]) -> Answered:
        self.answers.pop(key, None)
        if value is not None:
            self.answers[key] = value
        self.leave([key])
        return Answered()

    def let_theirs(self, key: str) -> None:
        """Nobody else is here."""

    def leave(self, keys: Sequence[str]) -> None:
        self.asked += [key for key in keys if key not in self.asked]

    def end(self) -> None:
        """The theme tells which cases it is about."""
        below(self.screen, theme(self.answers["theme"]).inclusion[active()], "grey")

    def is_needed(self, key: str) -> bool:
        return key == "theme"

    def status(self) -> str:
        return _("nothing is saved yet")

    def stopped(self) -> MsregError:
        return Interrupted(N_("Stopped; no case was reported."))

"""The walk through a form of a case: question after question, each answer saved at once; ctrl-c keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msreg.errors import Conflict, Interrupted, MsregError
from msreg.forms.definition import Form
from msreg.forms.themes import themes_of
from msreg.screen.case_words import score_words
from msreg.screen.entry_lines import status_line
from msreg.screen.entry_told import below
from msreg.screen.form_walk import FormWalk
from msreg.screen.language import _, active
from msreg.screen.widths import width
from msreg.services import case_forms
from msreg.services.case_filling import EVENTS
from msreg.services.case_form_state import FormState
from msreg.services.case_forms import Filling, FormAnswered
from msreg.services.case_generated import Generated
from msreg.services.entering import Answered
from msreg.vocabulary import N_, CaseForm


@dataclass(frozen=True, slots=True)
class Filled:
    """A walk that came to its end: how the form is now, and what became of the document that is made of it."""

    state: FormState
    generated: Generated | None


@dataclass
class CaseWalk(FormWalk):
    """One walk through a form of a case."""

    filling: Filling
    saved: bool = False
    """Whether this walk has changed an answer."""
    generated: Generated | None = None
    _clashed: FormAnswered | None = None

    def run(self) -> Filled:
        """Ask until nothing is left to ask."""
        state = self.filling.state
        label = state.theme.label if state.which is CaseForm.CASE else state.form.label
        self.headline(f"{state.number}  {label[active()]}")
        try:
            self.go({})
        except Conflict:  # somebody submitted or withdrew the case meanwhile
            if self.saved:
                below(self.screen, _("What you answered before this is kept."), "orange")
            raise
        return Filled(self.filling.state, self.generated)

    @property
    def forms(self) -> tuple[Form, ...]:
        """One form, in the words of the theme as it is now; that changes within its process only."""
        state = self.filling.state
        if state.which is not CaseForm.CASE:
            return (state.form,)
        same = {each.key for each in themes_of(state.theme.process)}
        theme = state.form["theme"]
        narrowed = replace(theme, choices=tuple(each for each in theme.choices if each.code in same))
        items = tuple(narrowed if item is theme else item for item in state.form.items)
        return (replace(state.form, items=items),)

    @property
    def values(self) -> Mapping[str, Any]:
        """As they were last seen."""
        return self.filling.state.values

    @property
    def passed(self) -> Collection[str]:
        """In this walk."""
        return self.filling.passed

    @property
    def kept(self) -> bool:
        """Whether this walk has changed an answer."""
        return self.saved

    def keep(self, key: str, value: Any, reason: str | None, over: Mapping[str, Any]) -> Answered:
        """In the case, with its document where the form is complete."""
        state = self.filling.state
        done = case_forms.answer(
            self.registry, by=self.by, case=str(state.number), form=state.which, key=key, value=value,
            today=self.today, reason=reason, seen=state.values, over=over,
        )  # fmt: skip
        if done.saved and done.state is not None:
            self.saved = True
            self.generated = done.generated or self.generated
            self.filling.state = done.state
            self.leave([key])
        self._clashed = done
        return done

    def let_theirs(self, key: str) -> None:
        """It stands in the case already."""
        if self._clashed is not None and self._clashed.state is not None:
            self.filling.state = self._clashed.state
        self.leave([key])

    def leave(self, keys: Sequence[str]) -> None:
        """Nothing is written."""
        self.filling.passed += [key for key in keys if key not in self.filling.passed]

    def end(self) -> None:
        """All of it is saved already, and what cannot be was refused where it was answered."""

    def is_needed(self, key: str) -> bool:
        """A case is about something."""
        return self.filling.state.which is CaseForm.CASE and key == "theme"

    def status(self) -> str:
        """How far it is; of the Swansea criteria the score as well."""
        room = self.screen.edge.width - 1
        found = self.filling.state.score
        if found is None:
            return status_line(self.forms, self.values, room)
        said = score_words(found)
        return f"{said} · {status_line(self.forms, self.values, room - width(said) - 3)}"

    def stopped(self) -> MsregError:
        """It says how to go on."""
        state = self.filling.state
        verb = EVENTS[state.which].removeprefix("cases.")
        if not self.saved:
            return Interrupted(
                N_("Stopped; nothing was changed."),
                hint=N_("Go on with: msreg cases {verb} {case}"),
                verb=verb,
                case=str(state.number),
            )
        return Interrupted(
            N_("Stopped; what you answered is kept in the case."),
            hint=N_("Go on with: msreg cases {verb} {case}"),
            verb=verb,
            case=str(state.number),
        )

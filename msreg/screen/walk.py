"""The walk through a record of a patient: consent first, the record or a draft takes each answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msreg.errors import MsregError
from msreg.forms.columns import forms_of
from msreg.forms.definition import Form, Item
from msreg.forms.walking import progress
from msreg.forms.wording import worded
from msreg.rules.names import display_name
from msreg.screen.drafts import kind_of
from msreg.screen.entry_asking import ask_centre
from msreg.screen.entry_lines import label_room, read
from msreg.screen.entry_told import stopped
from msreg.screen.form_walk import FormWalk
from msreg.screen.language import _
from msreg.screen.prompter import Move
from msreg.screen.table import Cell
from msreg.screen.widths import pad
from msreg.services import entering
from msreg.services.adding import is_needed
from msreg.services.entering import Answered
from msreg.services.entry_steps import Entering
from msreg.vocabulary import Record


@dataclass(frozen=True, slots=True)
class Entered:
    """A guided entry that came to its end."""

    number: str
    record: Record
    added: bool
    values: Mapping[str, Any]
    open_questions: tuple[Item, ...]
    parent: Mapping[str, Any] | None = None


@dataclass
class Walk(FormWalk):
    """One walk through the questions of a record."""

    entry: Entering

    def run(self, fixed: Mapping[str, Any], centre: str | None) -> Entered:
        """Ask until nothing is left to ask. Stopping keeps what was answered and says how to go on."""
        self._fixed, self._centre = fixed, centre
        self._headline()
        self.go(fixed)
        draft, values = self.entry.draft, self.entry.values
        lacking = progress(self.forms, values).open
        return Entered(draft.number or "", draft.record, draft.adding, values, lacking, self.entry.parent)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that ask for the record, the EQ-5D-5L in the words of the office."""
        path = self.screen.edge.settings.proms_wording
        return tuple(worded(form, path) for form in forms_of(self.entry.draft.record))

    @property
    def values(self) -> Mapping[str, Any]:
        """Of the record, and those that wait."""
        return self.entry.values

    @property
    def passed(self) -> Collection[str]:
        """Those that the draft names."""
        return self.entry.draft.passed

    @property
    def kept(self) -> bool:
        """Whether there is a draft."""
        return bool(self.entry.draft.version)

    def keep(self, key: str, value: Any, reason: str | None, over: Mapping[str, Any]) -> Answered:
        """In the record, or in the draft where that cannot take it yet."""
        return entering.answer(
            self.registry, by=self.by, entering=self.entry, key=key, value=value, today=self.today,
            reason=reason, over=over,
        )  # fmt: skip

    def let_theirs(self, key: str) -> None:
        """One's own answer is forgotten."""
        entering.take_theirs(self.registry, by=self.by, entering=self.entry, key=key)

    def leave(self, keys: Sequence[str]) -> None:
        """A new record remembers that they were asked."""
        entering.leave(self.registry, by=self.by, entering=self.entry, keys=keys)

    def end(self) -> None:
        """The draft goes."""
        entering.finish(self.registry, by=self.by, entering=self.entry, today=self.today)

    def stopped(self) -> MsregError:
        """It says how to go on."""
        return stopped(self.entry.draft)

    def is_needed(self, key: str) -> bool:
        """What names the record."""
        return is_needed(self.entry.draft.record, key, self.entry.values)

    def is_said(self, item: Item) -> bool:
        """What kind of row it is the command says, and no answer changes it on the way."""
        return self.entry.draft.record is Record.DISEASE and item.key == "kind"

    def offers_sections(self) -> bool:
        """Only a new record has sections that nobody has seen."""
        return self.entry.draft.adding

    def stands(self, key: str, value: Any) -> bool:
        """Of a new record every answer is kept, to go on where it was broken off."""
        draft = self.entry.draft
        return not (draft.adding or draft.answers) and super().stands(key, value)

    def before(self) -> None:
        """P1: consent is the first question about a new patient, and the centre comes before anything is kept."""
        draft = self.entry.draft
        if draft.record is not Record.PATIENT or not draft.adding or draft.centre_id is not None:
            return
        found = self.find("consent")
        reply = self._fixed.get("consent")
        while not isinstance(value := self._read(found[1], reply), bool):
            reply = self.ask(found)
        if value:
            chosen = ask_centre(self.registry, by=self.by, ask=self.prompter, code=self._centre)
            draft.centre_id, draft.centre = chosen
        self._take(found, value)
        if draft.centre is not None:
            label = pad(_("Centre"), label_room(self.screen.edge.width))
            self.screen.line(Cell("* ", "grey"), label, " ", Cell(draft.centre, "accent"))

    def _headline(self) -> None:
        """Who it is about, the keys, and after a break what was answered before."""
        row, draft = self.entry.patient, self.entry.draft
        what = kind_of(draft)
        who = what[:1].upper() + what[1:]
        if row is not None and "family_name" in row:
            name = display_name(row["family_name"], row["name_prefix"], row["initials"])
            who = f"{name}  {draft.number}  {what}"
        self.headline(who)
        if draft.adding:
            for key in draft.passed:
                if any(key in form.by_key for form in self.forms) and key in self.entry.values:
                    self.tell(self.find(key), self.entry.values[key])

    def _read(self, item: Item, reply: Any) -> Any:
        return None if reply is None or isinstance(reply, Move) else read(item, reply, self.today)[0]

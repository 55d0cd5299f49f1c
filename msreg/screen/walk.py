"""One walk through the questions of a record: ask, save, tell, go back, stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Busy, Phrase, Refused, Unavailable, fill
from msreg.forms.columns import forms_of
from msreg.forms.definition import Form, Item
from msreg.forms.walking import next_question, progress, question_before, questions
from msreg.forms.wording import worded
from msreg.rules.names import display_name
from msreg.screen.drafts import kind_of
from msreg.screen.entry_asking import ask_centre, ask_reason, settle
from msreg.screen.entry_lines import (
    answer_lines,
    answer_text,
    as_question,
    closed_section,
    is_masked,
    label_room,
    note_of,
    read,
    section_question,
    status_line,
)
from msreg.screen.entry_told import below, stopped
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.prompter import Move, Prompter
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width
from msreg.services import entering
from msreg.services.adding import is_needed
from msreg.services.answering import MORE
from msreg.services.entering import Answered
from msreg.services.entry_steps import Entering
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record

Found = tuple[Form, Item]


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
class Walk:
    """One walk through the questions."""

    registry: Registry
    by: Actor
    today: date
    screen: Screen
    prompter: Prompter
    entry: Entering

    def run(self, fixed: Mapping[str, Any], centre: str | None) -> Entered:
        """Ask until nothing is left to ask. Stopping keeps what was answered and says how to go on."""
        self._headline()
        try:
            self._consent(fixed, centre)
            for key, value in fixed.items():
                if key not in self.entry.draft.passed and not self._take(self._find(key), value):
                    self._until_taken(self._find(key), value)
            back_to = None
            while (fault := self._finish(back_to)) is not None:
                back_to = fault
        except (KeyboardInterrupt, EOFError):
            self.screen.line()
            raise stopped(self.entry.draft) from None
        except Unavailable:
            if self.entry.draft.version:
                below(self.screen, _("What you answered before this is kept."), "orange")
            raise
        draft, values = self.entry.draft, self.entry.values
        lacking = progress(self.forms, values).open
        return Entered(draft.number or "", draft.record, draft.adding, values, lacking, self.entry.parent)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that ask for the record, the EQ-5D-5L in the words of the office."""
        path = self.screen.edge.settings.proms_wording
        return tuple(worded(form, path) for form in forms_of(self.entry.draft.record))

    def _find(self, key: str) -> Found:
        return next((form, form[key]) for form in self.forms if key in form.by_key)

    def _headline(self) -> None:
        """Who it is about, the keys, and after a break what was answered before."""
        row, draft = self.entry.patient, self.entry.draft
        keys = _("? help   ctrl-b back   ctrl-c stop and keep")
        what = kind_of(draft)
        who = what[:1].upper() + what[1:]
        if row is not None and "family_name" in row:
            name = display_name(row["family_name"], row["name_prefix"], row["initials"])
            who = f"{name}  {draft.number}  {what}"
        gap = self.screen.edge.width - width(who) - width(keys)
        if gap >= 2:
            self.screen.line(Cell(who, "accent"), " " * gap, Cell(keys, "grey"))
        else:
            self.screen.text(who, "accent")
            self.screen.text(keys, "grey")
        self.screen.line()
        if draft.adding:
            for key in draft.passed:
                if any(key in form.by_key for form in self.forms) and key in self.entry.values:
                    self._tell(self._find(key), self.entry.values[key])

    def _consent(self, fixed: Mapping[str, Any], centre: str | None) -> None:
        """P1: consent is the first question about a new patient, and the centre comes before anything is kept."""
        draft = self.entry.draft
        if draft.record is not Record.PATIENT or not draft.adding or draft.centre_id is not None:
            return
        found = self._find("consent")
        reply = fixed.get("consent")
        while not isinstance(value := self._read(found[1], reply), bool):
            reply = self._ask(found)
        if value:
            chosen = ask_centre(self.registry, by=self.by, ask=self.prompter, code=centre)
            draft.centre_id, draft.centre = chosen
        self._take(found, value)
        if draft.centre is not None:
            label = pad(_("Centre"), label_room(self.screen.edge.width))
            self.screen.line(Cell("* ", "grey"), label, " ", Cell(draft.centre, "accent"))

    def _read(self, item: Item, reply: Any) -> Any:
        return None if reply is None or isinstance(reply, Move) else read(item, reply, self.today)[0]

    def _finish(self, back_to: Item | None) -> Item | None:
        """Walk to the end; the question that has to be answered otherwise before the record can be as it is."""
        self._walk(back_to)
        try:
            entering.finish(self.registry, by=self.by, entering=self.entry, today=self.today)
        except Refused as fault:
            item = next((each[1] for each in self._asked() if each[1].key == fault.field), None)
            if item is None:
                raise
            self._refused(fault)
            return item
        return None

    def _asked(self) -> list[Found]:
        return [self._find(item.key) for item in questions(self.forms, self.entry.values)]

    def _walk(self, back_to: Item | None) -> None:
        typed: Any = None
        while True:
            item = back_to or next_question(self.forms, self.entry.values, self.entry.draft.passed)
            if item is None:
                return
            went = self._section(*self._find(item.key)) if back_to is None else True
            if went is False:
                continue
            reply = went if isinstance(went, Move) else self._ask(self._find(item.key), typed)
            typed = None
            if isinstance(reply, Move):
                back_to = self._before(item)
            elif self._take(self._find(item.key), reply):
                back_to = None
            else:
                back_to, typed = item, reply  # what was refused is mended, not typed once more

    def _until_taken(self, found: Found, typed: Any) -> None:
        """An answer that was given beforehand and refused is asked for until it can be."""
        while True:
            reply = self._ask(found, typed)
            if not isinstance(reply, Move) and self._take(found, reply):
                return

    def _before(self, item: Item) -> Item:
        before = question_before(self.forms, self.entry.values, item.key)
        # What kind of row it is the command says, and no answer changes it on the way.
        return item if before is None or self._is_kind(before) else before

    def _is_kind(self, item: Item) -> bool:
        return self.entry.draft.record is Record.DISEASE and item.key == "kind"

    def _section(self, form: Form, item: Item) -> bool | Move:
        """A long section that may stay empty is offered as a whole; False when the person passes it over."""
        group = closed_section(form, item, self.entry.values)
        if not group or not self.entry.draft.adding or any(key in self.entry.draft.passed for key in group):
            return True
        reply = self.prompter.ask(section_question(form, item, group, self._status()))
        if reply is True or isinstance(reply, Move):
            return reply
        entering.leave(self.registry, by=self.by, entering=self.entry, keys=group)
        return False

    def _ask(self, found: Found, typed: Any = None) -> Any:
        values, status = self.entry.values, self._status()
        needed = is_needed(self.entry.draft.record, found[1].key, values)
        asked = as_question(*found, values, today=self.today, needed=needed, status=status, typed=typed)
        return self.prompter.ask(asked)

    def _status(self) -> str:
        return status_line(self.forms, self.entry.values, self.screen.edge.width - 1)

    def _take(self, found: Found, reply: Any) -> bool:
        """Save a reply, settling doubts and clashes; False when the question has to be asked again."""
        item = found[1]
        if reply is None and is_masked(item):
            reply = self.entry.values.get(item.key)
        value, problem = (None, None) if reply is None else read(item, reply, self.today)
        if value is None and problem is not None:
            self._refusal(fill(problem.message, problem.params, _), problem.hint)
            return False
        draft = self.entry.draft
        reason: str | None = None
        if not (draft.adding or draft.answers) and value == self.entry.values.get(item.key):
            entering.leave(self.registry, by=self.by, entering=self.entry, keys=[item.key])
        else:
            try:
                done, reason = self._save(found, value)
            except Refused as fault:
                if fault.field == "kind" and draft.record is Record.DISEASE:
                    raise  # the command said the kind, so no other answer to this question helps
                self._refused(fault)
                return False
            except Busy as fault:
                self._refusal(fault.text(_), fault.hint_text(_))
                return False
            if done is None:
                return False
            for key, now in done.noticed.items():
                self._notice(key, now)
        if reason is None:
            self._tell(found, self.entry.values.get(item.key))
        else:
            self.screen.text(_("yes: {reason}").format(reason=reason), "grey", indent=4)
        if (note := note_of(problem)) is not None:
            below(self.screen, note, "orange")
        return True

    def _save(self, found: Found, value: Any) -> tuple[Answered | None, str | None]:
        """The answer in the registry (None when the person takes it back), and why it is right though doubtful.

        A doubtful answer stands on the screen before it is doubted.
        """
        item = found[1]
        reason: str | None = None
        over: dict[str, Any] = {}
        while True:
            done = entering.answer(
                self.registry, by=self.by, entering=self.entry, key=item.key, value=value, today=self.today,
                reason=reason, over=over,
            )  # fmt: skip
            if (clash := done.clash) is not None:
                if settle(self.prompter, self.screen, self._find(clash.key)[1], clash):
                    over[clash.key] = clash.theirs
                    continue
                entering.take_theirs(self.registry, by=self.by, entering=self.entry, key=clash.key)
                if clash.key == item.key:
                    return Answered(), None
            elif done.doubts:
                self._tell(found, value)
                reason = ask_reason(self.prompter, self.screen, done.doubts)
                if reason is None:
                    return None, None
            else:
                return done, reason

    def _refused(self, fault: Refused) -> None:
        why = fault.params.get("why")
        hint = None if fault.hint == MORE else fault.hint_text(_)
        self._refusal(why.text(_) if isinstance(why, Phrase) else fault.text(_), hint)

    def _refusal(self, why: str, hint: str | None) -> None:
        below(self.screen, why, "red", hint)

    def _notice(self, key: str, now: Any) -> None:
        if any(key in form.by_key for form in self.forms):
            item = self._find(key)[1]
            text = _("{question} was changed by somebody else meanwhile: {answer}")
            answer = answer_text(item, now)
            below(self.screen, text.format(question=item.label[active()], answer=answer), "orange")

    def _tell(self, found: Found, value: Any) -> None:
        if self._is_kind(found[1]):
            return  # the headline tells it
        for line in answer_lines(*found, value, self.screen.edge.width):
            self.screen.line(*line)

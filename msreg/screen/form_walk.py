"""One walk through the questions of forms: ask, save, tell, go back. What is saved where, each kind of walk says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Busy, MsregError, Phrase, Refused, Unavailable, fill
from msreg.forms.definition import Form, Item
from msreg.forms.walking import next_question, question_before, questions
from msreg.screen.entry_asking import ask_reason, settle
from msreg.screen.entry_lines import (
    answer_lines,
    answer_text,
    as_question,
    closed_section,
    is_masked,
    note_of,
    read,
    section_question,
    status_line,
)
from msreg.screen.entry_told import below, headline
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.prompter import Move, Prompter
from msreg.services.answering import MORE
from msreg.services.entering import Answered
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Found = tuple[Form, Item]


@dataclass
class FormWalk(ABC):
    """A walk through the questions of forms, each answer saved at once."""

    registry: Registry
    by: Actor
    today: date
    screen: Screen
    prompter: Prompter

    # -- what a kind of walk says of itself -----------------------------------------------------------------------

    @property
    @abstractmethod
    def forms(self) -> tuple[Form, ...]:
        """The forms that are walked through."""

    @property
    @abstractmethod
    def values(self) -> Mapping[str, Any]:
        """The answers so far."""

    @property
    @abstractmethod
    def passed(self) -> Collection[str]:
        """The questions that are not asked any more, by key."""

    @property
    @abstractmethod
    def kept(self) -> bool:
        """Whether something was saved."""

    @abstractmethod
    def keep(self, key: str, value: Any, reason: str | None, over: Mapping[str, Any]) -> Answered:
        """Save an answer, or tell what stands in its way; raises as `services.entering.answer` does."""

    @abstractmethod
    def let_theirs(self, key: str) -> None:
        """Let the answer of somebody else stand."""

    @abstractmethod
    def leave(self, keys: Sequence[str]) -> None:
        """Pass questions over as they are."""

    @abstractmethod
    def end(self) -> None:
        """Everything was asked. Raises `Refused` with the question that has to be answered otherwise."""

    @abstractmethod
    def stopped(self) -> MsregError:
        """What becomes of the walk when the person stops."""

    def is_needed(self, key: str) -> bool:
        """Whether a question cannot stay open, not even for now."""
        return False

    def is_said(self, item: Item) -> bool:
        """Whether the command has answered it: nobody is asked, and nothing told."""
        return False

    def offers_sections(self) -> bool:
        """Whether a long section that may stay empty is offered as a whole."""
        return False

    def stands(self, key: str, value: Any) -> bool:
        """Whether this answer is there already, so that there is nothing to save."""
        return bool(value == self.values.get(key))

    def status(self) -> str:
        """What stands at the bottom: how far the walk is."""
        return status_line(self.forms, self.values, self.screen.edge.width - 1)

    # -- walking --------------------------------------------------------------------------------------------------

    def go(self, fixed: Mapping[str, Any]) -> None:
        """Ask until nothing is left to ask; `fixed` are answers that were given beforehand."""
        try:
            self.before()
            for key, value in fixed.items():
                if key not in self.passed and not self._take(self.find(key), value):
                    self._until_taken(self.find(key), value)
            back_to = None
            while (fault := self._ended(back_to)) is not None:
                back_to = fault
        except (KeyboardInterrupt, EOFError):
            self.screen.line()
            raise self.stopped() from None
        except Unavailable:
            if self.kept:
                below(self.screen, _("What you answered before this is kept."), "orange")
            raise

    def before(self) -> None:  # noqa: B027 - most walks begin with their first question
        """What is asked before anything else."""

    def find(self, key: str) -> Found:
        """The question with this key, and its form."""
        return next((form, form[key]) for form in self.forms if key in form.by_key)

    def headline(self, what: str) -> None:
        """What it is about, and the keys."""
        headline(self.screen, what)

    def ask(self, found: Found, typed: Any = None) -> Any:
        """Ask one question; `typed` is what was refused and may be mended."""
        asked = as_question(
            *found, self.values, today=self.today, needed=self.is_needed(found[1].key), status=self.status(),
            typed=typed,
        )  # fmt: skip
        return self.prompter.ask(asked)

    def tell(self, found: Found, value: Any) -> None:
        """The line that an answer leaves."""
        if not self.is_said(found[1]):
            for line in answer_lines(*found, value, self.screen.edge.width):
                self.screen.line(*line)

    def _ended(self, back_to: Item | None) -> Item | None:
        """Walk to the end; the question that has to be answered otherwise before it can be the end."""
        self._walk(back_to)
        try:
            self.end()
        except Refused as fault:
            item = next((each for each in self._asked() if each.key == fault.field), None)
            if item is None:
                raise
            self._refused(fault, item.key)
            return item
        return None

    def _asked(self) -> list[Item]:
        return questions(self.forms, self.values)

    def _walk(self, back_to: Item | None) -> None:
        typed: Any = None
        while True:
            item = back_to or next_question(self.forms, self.values, self.passed)
            if item is None:
                return
            went = self._section(*self.find(item.key)) if back_to is None else True
            if went is False:
                continue
            reply = went if isinstance(went, Move) else self.ask(self.find(item.key), typed)
            typed = None
            if isinstance(reply, Move):
                back_to = self._before(item)
            elif self._take(self.find(item.key), reply):
                back_to = None
            else:
                back_to, typed = item, reply  # what was refused is mended, not typed once more

    def _until_taken(self, found: Found, typed: Any) -> None:
        """An answer that was given beforehand and refused is asked for until it can be."""
        while True:
            reply = self.ask(found, typed)
            if not isinstance(reply, Move) and self._take(found, reply):
                return

    def _before(self, item: Item) -> Item:
        before = question_before(self.forms, self.values, item.key)
        return item if before is None or self.is_said(before) else before

    def _section(self, form: Form, item: Item) -> bool | Move:
        """A long section that may stay empty is offered as a whole; False when the person passes it over."""
        group = closed_section(form, item, self.values)
        if not group or not self.offers_sections() or any(key in self.passed for key in group):
            return True
        reply = self.prompter.ask(section_question(form, item, group, self.status()))
        if reply is True or isinstance(reply, Move):
            return reply
        self.leave(group)
        return False

    def _take(self, found: Found, reply: Any) -> bool:
        """Save a reply, settling doubts and clashes; False when the question has to be asked again."""
        item = found[1]
        if reply is None and is_masked(item):
            reply = self.values.get(item.key)
        value, problem = (None, None) if reply is None else read(item, reply, self.today)
        if value is None and problem is not None:
            self._refusal(fill(problem.message, problem.params, _), problem.hint)
            return False
        reason: str | None = None
        if self.stands(item.key, value):
            self.leave([item.key])
        else:
            try:
                done, reason = self._save(found, value)
            except Refused as fault:
                if fault.field is not None and fault.field in self._said():
                    raise  # the command said it, so no other answer to this question helps
                self._refused(fault, item.key)
                return False
            except Busy as fault:
                self._refusal(fault.text(_), fault.hint_text(_))
                return False
            if done is None:
                return False
            for key, now in done.noticed.items():
                self._notice(key, now)
        if reason is None:
            self.tell(found, self.values.get(item.key))
        else:
            self.screen.text(_("yes: {reason}").format(reason=reason), "grey", indent=4)
        if (note := note_of(problem)) is not None:
            below(self.screen, note, "orange")
        return True

    def _said(self) -> set[str]:
        return {item.key for form in self.forms for item in form.items if self.is_said(item)}

    def _save(self, found: Found, value: Any) -> tuple[Answered | None, str | None]:
        """What became of the answer (None when the person takes it back), and why it is right though doubtful.

        A doubtful answer stands on the screen before it is doubted.
        """
        item = found[1]
        reason: str | None = None
        over: dict[str, Any] = {}
        while True:
            done = self.keep(item.key, value, reason, over)
            if (clash := done.clash) is not None:
                if settle(self.prompter, self.screen, self.find(clash.key)[1], clash):
                    over[clash.key] = clash.theirs
                    continue
                self.let_theirs(clash.key)
                if clash.key == item.key:
                    return Answered(), None
            elif done.doubts:
                self.tell(found, value)
                reason = ask_reason(self.prompter, self.screen, done.doubts)
                if reason is None:
                    return None, None
            else:
                return done, reason

    def _refused(self, fault: Refused, key: str) -> None:
        why = fault.params.get("why")
        hint = None if fault.hint == MORE else fault.hint_text(_)
        said = why.text(_) if isinstance(why, Phrase) else fault.text(_)
        if fault.field != key and any(fault.field in form.by_key for form in self.forms):
            said = (
                f"{self.find(str(fault.field))[1].label[active()]}: {said}"  # that is where it can be mended
            )
        self._refusal(said, hint)

    def _refusal(self, why: str, hint: str | None) -> None:
        below(self.screen, why, "red", hint)

    def _notice(self, key: str, now: Any) -> None:
        if any(key in form.by_key for form in self.forms):
            item = self.find(key)[1]
            text = _("{question} was changed by somebody else meanwhile: {answer}")
            answer = answer_text(item, now)
            below(self.screen, text.format(question=item.label[active()], answer=answer), "orange")

"""What a guided entry asks beside the questions of the form: a centre, a medication, a reason, whose answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msreg.errors import NotFound
from msreg.forms.definition import Item
from msreg.forms.medicines import medicine
from msreg.rules.case_checks import CaseFinding
from msreg.rules.findings import Finding
from msreg.screen.entry_lines import answer_text
from msreg.screen.entry_told import below
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.prompter import Move, Option, Prompter, Question
from msreg.screen.shown import day
from msreg.services import adding
from msreg.services.drafts import Draft
from msreg.services.entry_steps import Clash
from msreg.services.records import read_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Record


def _until(ask: Prompter, question: Question) -> Any:
    """A reply that is one: here is no question to go back to, and it cannot stay open."""
    while True:
        reply = ask.ask(question)
        if reply is not None and not isinstance(reply, Move):
            return reply


def ask_centre(registry: Registry, *, by: Actor, ask: Prompter, code: str | None) -> tuple[str, str]:
    """Id and code of the centre that a new patient belongs to; asked only where there is a choice."""
    may = adding.own_centres(registry, by=by)
    if code is None and len(may) > 1:
        options = tuple(Option(each, found) for each, found in may.items())
        question = Question(
            _("Centre"), "--centre", required=True, options=options, value=by.centre, open_words=None
        )
        chosen = str(_until(ask, question))
    else:
        chosen = adding.own_centre(registry, by=by, code=code)
    return chosen, may[chosen]


def ask_medication(
    registry: Registry, *, by: Actor, ask: Prompter, patient: str | None, bsn: str | None
) -> Mapping[str, Any]:
    """Which medication a side effect belongs to; the only one is taken."""
    record = read_record(
        registry, by=by, event="adverse_event.add", patient=patient, bsn=bsn, segment="medication"
    )
    found = record.newest_first(Record.MEDICATION)
    if not found:
        raise NotFound(
            N_("This patient has no medication that a side effect could belong to."),
            hint=N_("Add it with: msreg medications add {patient}"),
            patient=record.number,
        )
    at = 0
    if len(found) > 1:
        options = tuple(Option(at, _period(each.values)) for at, each in enumerate(found))
        at = _until(
            ask, Question(_("Which medication"), "MEDICINE", required=True, options=options, open_words=None)
        )
    values = found[at].values
    return {"parent_medicine": values["medicine"], "parent_start_date": values["start_date"]}


def _period(values: Mapping[str, Any]) -> str:
    known = medicine(values["medicine"])
    name = known.label(active()) if known else values["medicine"]
    return f"{name}  {day(values['start_date'])} – {day(values.get('stop_date')) or ''}".rstrip()


def ask_open_draft(ask: Prompter, draft: Draft) -> bool:
    """Whether to go on with an unfinished entry of the same kind."""
    when = day(draft.changed_at.date()) if draft.changed_at else ""
    question = Question(
        _("You began one on {date} and did not finish it").format(date=when),
        "--new",
        required=True,
        options=(Option(True, _("go on with it")), Option(False, _("begin another"))),
        value=True,
        open_words=None,
    )
    return bool(_until(ask, question))


def ask_reason(ask: Prompter, screen: Screen, doubts: Sequence[Finding | CaseFinding]) -> str | None:
    """Whether doubtful answers are right, and why; None when they are not."""
    for each in doubts:
        below(screen, each.text(_), "orange", each.hint_text(_))
    right = Question(
        _("Is this right?"),
        "--reason",
        required=True,
        options=(Option(True, _("yes, and I say why")), Option(False, _("no, I correct it"))),
        open_words=None,
    )
    if _until(ask, right) is not True:
        return None

    def check(text: str) -> str | None:
        if not text.strip():
            return _("say in a few words why it is right")
        return _("longer than {limit} characters").format(limit=_LONGEST) if len(text) > _LONGEST else None

    reply = ask.ask(Question(_("Reason"), "--reason", required=True, check=check))
    return reply if isinstance(reply, str) else None


_LONGEST = 500


def settle(ask: Prompter, screen: Screen, item: Item, clash: Clash) -> bool:
    """Whose answer stands when two people answered the same question; True for one's own."""
    below(screen, _("Somebody else answered this question meanwhile."), "orange")
    theirs, mine = (answer_text(item, each) for each in (clash.theirs, clash.mine))
    question = Question(
        _("Which answer stands?"),
        "--version",
        required=True,
        options=(
            Option(False, _("theirs: {answer}").format(answer=theirs)),
            Option(True, _("yours: {answer}").format(answer=mine)),
        ),
        open_words=None,
    )
    return _until(ask, question) is True

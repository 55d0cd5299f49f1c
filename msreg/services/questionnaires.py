"""The questionnaire behind the link of an invitation (SPEC Q2): opened, kept half-way, handed in once.

Whoever has the link is the patient. Opening it writes nothing but the log, so that a program which fetches every
link of every mail changes nothing (decision 0044). Consent, death and the end of treatment count at that moment;
who wants no mail any more may still fill in the list that lies there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.errors import Phrase
from msreg.forms.columns import forms_of, to_json
from msreg.forms.definition import Item
from msreg.forms.values import REQUIRED, reader
from msreg.forms.wording import SCORE, worded
from msreg.models.ids import new_id
from msreg.rules.eq5d import DIMENSIONS
from msreg.services import access
from msreg.services.adding import defaults
from msreg.services.answering import judged, refuse, typed
from msreg.services.dossiers import Entry, read_by_ids
from msreg.services.link_actors import patient_actor
from msreg.services.links import DEFAULT_LANGUAGE, Closed, is_there, token_digest
from msreg.services.reading import looking
from msreg.services.saving import save
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import questionnaires as queries
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Language, LinkPurpose, Record, Right

OPEN, SAVE, HAND_IN = "questionnaire.open", "questionnaire.save", "questionnaire.hand-in"
LAPSE = "questionnaire.lapse"
ENTITY = "questionnaire"
"""What a questionnaire is called in the log, and its table."""

ASKED = (*DIMENSIONS, SCORE)
"""The questions, in their order. The day and how it was filled in are not asked: the page knows them."""

_WEB = "web"


@dataclass(frozen=True, slots=True)
class Page:
    """What the page behind a link shows: its questions and the answers so far, or why there is none."""

    closed: Closed | None
    language: Language
    until: date | None = None
    """The last day on which the link works."""
    questions: tuple[Item, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Answers that are kept, as the page gives them: the code of a level, a number in digits."""
    faults: Mapping[str, Phrase] = field(default_factory=dict)
    """What is wrong with an answer that was given, by question; nothing of it is kept."""
    handed_in: bool = False
    """Whether this call handed the questionnaire in."""


def open_questionnaire(registry: Registry, *, token: str, today: date) -> Page:
    """What a link of an invitation shows now. Nothing but the log changes."""
    if not is_there(registry, token, LinkPurpose.PROM):
        return _nothing()
    with looking(registry, by=patient_actor(registry), event=OPEN, right=Right.OWN_ANSWERS) as look:
        asked = queries.find(look.db, token_digest(token), today)
        if asked is None:
            return _nothing()
        look.patient_id, look.patients = asked["patient_id"], [asked["patient_id"]]
        closed = _closed(asked, registry.clock())
        look.about = {"closed": closed}
    return _page(registry, asked, closed, _kept(asked))


def save_answers(registry: Registry, *, token: str, answers: Mapping[str, str], today: date) -> Page:
    """Keep the answers that are valid, to go on with later; the others are told by question.

    A question that is not among the answers keeps the one that it had, and an empty answer takes it away.
    """
    return _write(registry, SAVE, token, answers, today)


def hand_in(registry: Registry, *, token: str, answers: Mapping[str, str], today: date) -> Page:
    """Hand the questionnaire in, once every question has an answer: it becomes a list of the patient, of today.

    `answers` are laid over those that are kept. With a fault or an open question nothing is handed in, and what is
    valid is kept. Handing in what was handed in changes nothing.
    """
    return _write(registry, HAND_IN, token, answers, today)


def forget_lapsed(registry: Registry, *, by: Actor) -> int:
    """Delete answers that were never handed in and whose link is over: nobody may read them. Gives how many.

    Where there are none nothing is written, and nothing is in the log.
    """
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=LAPSE)
    with registry.light() as db:
        if not queries.lapsed(db, registry.clock()):
            return 0
    with writing(registry, by=by, event=LAPSE, action=Action.DELETE, plain=True) as work:
        found = queries.lapsed(work.db, work.at)
        queries.remove(work.db, (each for each, _patient in found))
        for each, patient in found:
            work.touched(Action.DELETE, ENTITY, each, patient_id=patient)
    return len(found)


def _write(registry: Registry, event: str, token: str, answers: Mapping[str, str], today: date) -> Page:
    if not is_there(registry, token, LinkPurpose.PROM):
        return _nothing()
    by = patient_actor(registry)
    access.require(registry, by=by, right=Right.OWN_ANSWERS, event=event)
    with writing(registry, by=by, event=event, action=Action.UPDATE, plain=True) as work:
        asked = queries.find(work.db, token_digest(token), today)
        if asked is None:
            return _nothing()
        work.patient_id = asked["patient_id"]
        closed = _closed(asked, work.at)
        if closed is not None:
            work.about = {"closed": closed}
            return _page(registry, asked, closed, _kept(asked))
        values, faults = _laid_over(_kept(asked), answers, today)
        if event == HAND_IN:
            faults |= {key: Phrase(REQUIRED.message) for key in ASKED if key not in {**values, **faults}}
        if event == HAND_IN and not faults:
            _hand_in(work, asked, values, today, made_up=registry.made_up)
            return _page(registry, asked, Closed.ANSWERED, {}, handed_in=True)
        if values != _kept(asked):
            _keep(work, asked, values)
        return _page(registry, asked, None, values, faults)


def _nothing() -> Page:
    return Page(Closed.UNKNOWN, DEFAULT_LANGUAGE)


def _closed(asked: Mapping[str, Any], now: datetime) -> Closed | None:
    if asked["answered_on"] is not None:
        return Closed.ANSWERED
    if asked["revoked_at"] is not None:
        return Closed.REVOKED
    if now >= read_moment(asked["expires_at"]):
        return Closed.EXPIRED
    if not asked["consent"] or asked["withdrawn_on"] or asked["deceased"] or asked["treatment_ended"]:
        return Closed.ENDED
    return Closed.SAME_DAY if asked["same_day"] else None


def _page(
    registry: Registry,
    asked: Mapping[str, Any],
    closed: Closed | None,
    values: Mapping[str, Any],
    faults: Mapping[str, Phrase] | None = None,
    *,
    handed_in: bool = False,
) -> Page:
    settings = registry.settings
    language = Language(asked["language"] or DEFAULT_LANGUAGE)
    if closed is not None:
        return Page(closed, language, handed_in=handed_in)
    (form,) = forms_of(Record.PROM)
    form = worded(form, settings.proms_wording)
    ends = read_moment(asked["expires_at"]).astimezone(ZoneInfo(AMSTERDAM)) - timedelta(microseconds=1)
    questions = tuple(form[key] for key in ASKED)
    told = {key: str(value) for key, value in values.items()}
    return Page(None, language, ends.date(), questions, told, faults or {})


def _kept(asked: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked["answers"] or "{}")
    return found


def _laid_over(
    kept: Mapping[str, Any], answers: Mapping[str, str], today: date
) -> tuple[dict[str, Any], dict[str, Phrase]]:
    """The answers that hold from now on, and what is wrong with those that were given."""
    (form,) = forms_of(Record.PROM)
    values, faults = dict(kept), dict[str, Phrase]()
    for key in ASKED:
        if key not in answers:
            continue
        value, problem = reader(form[key], today)(answers[key])
        if value is not None:
            values[key] = to_json(value)
            continue
        values.pop(key, None)
        if problem is not None:
            faults[key] = Phrase(problem.message, problem.params)
    return {key: values[key] for key in ASKED if key in values}, faults


def _keep(work: Work, asked: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """The log tells how many, not which: as long as it is not handed in, it is the patient's own paper."""
    kept = queries.keep(work.db, asked, new_id(), values, work.at)
    _touch(work, asked, kept, {"answers": len(values)})


def _hand_in(
    work: Work, asked: Mapping[str, Any], values: Mapping[str, Any], today: date, *, made_up: bool
) -> None:
    """The same list as the desk would type in, and the questionnaire is done."""
    (dossier,) = read_by_ids(work.db, [asked["patient_id"]])
    entry = Entry(Record.PROM, {})
    dossier.of(Record.PROM).append(entry)
    told = {**values, "answered_on": today, "mode": _WEB}
    given = {**defaults(Record.PROM), **typed(Record.PROM, told, today)}
    found = judged(work.db, dossier, entry, given, today=today, made_up=made_up)
    refuse(found, entry, given)
    entry.id = new_id()
    save(work, [dossier])
    done = queries.finish(work.db, asked, new_id(), entry.id, today, work.at)
    _touch(work, asked, done, {"answered_on": today, "prom_id": entry.id})


def _touch(work: Work, asked: Mapping[str, Any], questionnaire: str, after: Mapping[str, Any]) -> None:
    action = Action.CREATE if asked["id"] is None else Action.UPDATE
    work.touched(action, ENTITY, questionnaire, patient_id=asked["patient_id"], after=after)

"""A new case by the month question: its theme, the questions that this brings, and its number (SPEC N2, N3)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from msreg.errors import MsregError, NotAllowed, Phrase, Refused, Usage
from msreg.rules.case_windows import Included
from msreg.services.case_by_mail import Reported, Session, is_reported, report, session
from msreg.services.links import Closed
from msreg.services.month_links import look_month
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Language, LinkPurpose
from msreg.web.case_form import THEME, YES_NO, Filled, fill_in
from msreg.web.house import House, house
from msreg.web.pages_month import month_page
from msreg.web.pages_plain import Telling
from msreg.web.rendering import language_of, query_of, speech
from msreg.web.sessions import FIELD, mark_of, require_mark, session_of

REPORT = "report"
SHOWN = "shown"
"""The hidden field with the keys of the questions that the page showed."""

OVER = Telling(
    N_("Please ask for a new code"),
    (N_("A code opens the form for half an hour and for one case. What you filled in here was not kept."),),
)
DONE = Telling(
    N_("This case was reported already"),
    (N_("You find it with the command: msreg cases list. For another case, ask for a new code."),),
)
NOT_YOURS = Telling(N_("You may not report this here"), (N_("Ask the registry office what you may report."),))


async def case(request: Request) -> Response:
    """GET shows the form, POST goes on in it or reports the case."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    own = session_of(request, here.site)
    fields = await here.fields(request, token) if request.method == "POST" else {}
    who = None if own is None else await here.look(lambda registry: session(registry, session=own))
    if own is None or who is None:
        # Only who reported a case is told so: after half an hour the session is over without one.
        before = own is not None and await here.look(lambda registry: is_reported(registry, session=own))
        return await _over(request, here, token, DONE if before else OVER)
    if request.method == "GET":
        return _form(request, here, own, who, fill_in({}, here.today()), {})
    require_mark(own, fields)
    filled = fill_in(fields, here.today())
    shown = set(fields.get(SHOWN, "").split())
    more = [item.key for item in filled.items if item.key not in shown]
    if filled.faults or more or fields.get("action") != REPORT:
        # What was not shown yet has no fault: it was not asked.
        faults = {key: why for key, why in filled.faults.items() if key in shown}
        return _form(request, here, own, who, filled, faults, more=bool(more) and THEME not in more)
    done = await here.do(lambda registry: _report(registry, own, filled, here))
    if isinstance(done, MsregError):
        return _not_reported(request, here, own, who, filled, done)
    if done.case is None:
        return await _over(request, here, token, DONE if done.closed is Closed.ANSWERED else OVER)
    return here.draw.page(
        request, "reported", language=who.language, case=done.case, who=who,
        theme=done.case.theme.label[language_of(request, who.language)],
        outside=done.case.judged.included is Included.NO, why=_words(request, who, done.case.judged.why),
    )  # fmt: skip


def _report(registry: Registry, own: str, filled: Filled, here: House) -> Reported | MsregError:
    try:
        return report(registry, session=own, answers=filled.answers, today=here.today())
    except (Refused, Usage, NotAllowed) as fault:
        return fault  # one of the form; the page tells it


def _not_reported(
    request: Request, here: House, own: str, who: Session, filled: Filled, fault: MsregError
) -> Response:
    if isinstance(fault, NotAllowed):
        return here.draw.page(request, "told", language=who.language, telling=NOT_YOURS, status=403)
    why = fault.params.get("why")
    told = why if isinstance(why, Phrase) else Phrase(fault.message, fault.params)
    key = fault.field if fault.field in {item.key for item in filled.items} else THEME
    return _form(request, here, own, who, filled, {str(key): told})


async def _over(request: Request, here: House, token: str, telling: Telling) -> Response:
    """Without a session it is the link that tells whose language to speak."""
    page = await here.look(lambda registry: look_month(registry, token=token, purpose=LinkPurpose.YES))
    to = here.draw.elsewhere(request, f"/yes/{token}")
    return month_page(request, here, page) or here.draw.page(
        request, "over", language=page.language, telling=telling, to=to, status=410
    )


def _form(
    request: Request, here: House, own: str, who: Session, filled: Filled, faults: dict[str, Phrase],
    *, more: bool = False,
) -> Response:  # fmt: skip
    language = language_of(request, who.language)
    told = {key: _sentence(_words(request, who, why)) for key, why in faults.items()}
    return here.draw.page(
        request, "case", language=who.language, status=422 if faults else 200, who=who, more=more,
        about=_about(filled, language), questions=filled.questions(language, faults), told=told, yes_no=YES_NO,
        mark=(FIELD, mark_of(own)), shown=(SHOWN, " ".join(item.key for item in filled.items)),
        again=query_of(request) or "?",
    )  # fmt: skip


def _about(filled: Filled, language: Language) -> dict[str, Any] | None:
    if filled.about is None:
        return None
    return {"label": filled.about.label[language], "inclusion": filled.about.inclusion[language]}


def _words(request: Request, who: Session, why: Phrase) -> str:
    return why.text(speech(language_of(request, who.language)).text)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."

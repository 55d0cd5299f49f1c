"""The questionnaire of a patient: shown, kept half-way, handed in (SPEC Q2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msreg.forms.definition import Item, Type
from msreg.forms.load import load
from msreg.forms.wording import FORM
from msreg.services.links import Closed
from msreg.services.questionnaires import ASKED, Page, hand_in, open_questionnaire, save_answers
from msreg.vocabulary import N_, Language
from msreg.web.forms import Fields
from msreg.web.house import House, house
from msreg.web.pages_plain import Telling
from msreg.web.rendering import language_of

SEND, SAVE, KEEP = "send", "save", "keep"
"""What a form asks for: hand it in, go on later, or keep it in passing, as the script of the page does."""
_LONGEST = 20

_ASK_MAIL = N_("You may get a new mail from us later. You need not do anything now.")
CLOSED: Mapping[Closed, Telling] = {
    Closed.ANSWERED: Telling(
        N_("Thank you"),
        (
            N_("We received your answers. You are done: you can close this page."),
            N_(
                "Your answers are not read at once. If you are not doing well, please call your doctor yourself."
            ),
        ),
    ),
    Closed.SAME_DAY: Telling(
        N_("You filled in a list today already"),
        (N_("One list a day is enough. Come back tomorrow if you want to fill in this one too."),),
    ),
    Closed.EXPIRED: Telling(N_("This link has expired"), (N_("It worked for a limited time."), _ASK_MAIL)),
    Closed.REVOKED: Telling(N_("This link is not in use any more"), (_ASK_MAIL,)),
    Closed.ENDED: Telling(
        N_("This questionnaire is not needed any more"), (N_("You need not do anything now."),)
    ),
}


class Asked(NamedTuple):
    """One question as the page shows it."""

    key: str
    label: str
    help: str
    choices: tuple[tuple[str, str], ...]
    """Codes with their words; without them it is a number."""
    given: str
    fault: bool


async def questionnaire(request: Request) -> Response:
    """GET shows it, POST keeps it or hands it in."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    today = here.today()
    if request.method == "GET":
        page = await here.look(lambda registry: open_questionnaire(registry, token=token, today=today))
        return _answer(request, here, page)
    fields = await here.fields(request, token)
    given = {key: fields[key][:_LONGEST] for key in ASKED if key in fields}
    service = hand_in if fields.get("action") == SEND else save_answers
    page = await here.do(lambda registry: service(registry, token=token, answers=given, today=today))
    if fields.get("action") == KEEP and page.closed is not Closed.UNKNOWN:
        return JSONResponse(
            {"kept": page.closed is None and not page.faults}, 200 if page.closed is None else 409
        )
    if page.closed is None and page.faults:
        return _answer(request, here, page, given, sent=fields.get("action") == SEND)
    if page.closed is None:
        return here.go(request, request.url.path, kept="1")
    return (
        _answer(request, here, page)
        if page.closed is not Closed.ANSWERED
        else here.go(request, request.url.path)
    )


def _answer(
    request: Request, here: House, page: Page, given: Fields | None = None, *, sent: bool = False
) -> Response:
    if page.closed is Closed.UNKNOWN:
        raise here.unknown(request)
    if page.closed is not None:
        return here.draw.page(
            request, "told", language=page.language, telling=CLOSED[page.closed],
            status=200 if page.closed is Closed.ANSWERED else 410,
        )  # fmt: skip
    language = language_of(request, page.language)
    told = {**page.answers, **(given or {})}
    asked = [
        _asked(item, language, told.get(item.key, ""), item.key in page.faults) for item in page.questions
    ]
    return here.draw.page(
        request, "questions", language=page.language, status=422 if page.faults else 200,
        asked=asked, until=page.until, kept=request.query_params.get("kept") == "1" and not page.faults,
        begun=bool(page.answers), sent=sent, faults=[each for each in asked if each.fault],
    )  # fmt: skip


def _asked(item: Item, language: Language, given: str, fault: bool) -> Asked:
    choices = (
        tuple((each.code, each.label[language]) for each in item.choices) if item.type is Type.CHOICE else ()
    )
    told = item.help.get(language, "")
    # Our own help is for who types over what a patient filled in; that of the office is for the patient.
    own = load(FORM)[item.key].help.get(language, "")
    return Asked(item.key, item.label[language], "" if told == own else told, choices, given, fault)

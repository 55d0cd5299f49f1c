"""Yes, there was a case: for which month, a code by mail, and the code entered (SPEC N2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from msreg.services.mail_codes import SESSION_MINUTES, CodeFault, CodePage, enter_code, request_code
from msreg.services.month_links import look_month
from msreg.vocabulary import N_, LinkPurpose
from msreg.web.house import House, address, allow, house
from msreg.web.pages_month import month_page
from msreg.web.posting import send_code
from msreg.web.sessions import open_session

FAULTS: Mapping[CodeFault, str] = {
    CodeFault.SHAPE: N_("A code has six digits."),
    CodeFault.WRONG: N_("This is not the code."),
    CodeFault.NO_CODE: N_("This code does not work any more. Ask for a new one."),
    CodeFault.TOO_MANY: N_("You asked for many codes. Use the last one, or try again in an hour."),
}
NOT_SENT = N_("The mail with the code could not be sent just now. Try again in a few minutes.")
_LONGEST = 40


async def yes(request: Request) -> Response:
    """GET says which centre and month; POST mails a code and goes on to where it is entered."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    if request.method == "POST":
        await here.fields(request, token)
        return await _mail_code(request, here, token)
    return await _shown(request, here, token, "yes")


async def code(request: Request) -> Response:
    """GET asks for the code; POST enters it, or mails another."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    if request.method == "GET":
        return await _shown(
            request, here, token, "code",
            fault=None, left=None, minutes=SESSION_MINUTES, code_at=_code_at(request, here),
        )  # fmt: skip
    fields = await here.fields(request, token)
    if fields.get("action") == "again":
        return await _mail_code(request, here, token)
    allow(here.limits.tries, address(request))
    typed = fields.get("code", "")[:_LONGEST]
    page = await here.do(lambda registry: enter_code(registry, token=token, code=typed))
    if page.session is None:
        return _faulty(request, here, page)
    answer = here.go(request, f"/yes/{token}/case")
    open_session(answer, here.site, token, page.session)
    return answer


async def _shown(request: Request, here: House, token: str, name: str, **values: Any) -> Response:
    page = await here.look(lambda registry: look_month(registry, token=token, purpose=LinkPurpose.YES))
    return month_page(request, here, page) or here.draw.page(
        request, name, language=page.language, page=page, **values
    )


async def _mail_code(request: Request, here: House, token: str) -> Response:
    today = here.today()
    page = await here.do(lambda registry: request_code(registry, token=token, today=today))
    if page.fault is None and page.closed is None and page.outbox_id is not None:
        mail = page.outbox_id
        if await here.wait_for(lambda registry: send_code(registry, mail, today)):
            return here.go(request, f"/yes/{token}/code")
        return _faulty(request, here, page, NOT_SENT, status=503)
    return _faulty(request, here, page)


def _faulty(
    request: Request, here: House, page: CodePage, why: str | None = None, *, status: int = 422
) -> Response:
    why = why or FAULTS.get(page.fault or CodeFault.NO_CODE, "")
    return month_page(request, here, page) or here.draw.page(
        request, "code", language=page.language, page=page, fault=why, left=page.tries_left,
        minutes=SESSION_MINUTES, code_at=_code_at(request, here), status=status,
    )  # fmt: skip


def _code_at(request: Request, here: House) -> str:
    return here.draw.elsewhere(request, f"/yes/{request.path_params['token']}/code")

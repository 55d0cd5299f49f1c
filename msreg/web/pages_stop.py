"""No more mail: a page with a button, and the one click of a mail program (RFC 8058)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from msreg.services.links import Closed
from msreg.services.mail_stopping import StopPage, look_stop, stop_by_link
from msreg.vocabulary import N_
from msreg.web.forms import is_one_click
from msreg.web.house import House, house
from msreg.web.pages_plain import Telling

_CALL = N_("Do you want no more mails? Tell us: it is arranged at once.")
CLOSED: Mapping[Closed, Telling] = {
    Closed.EXPIRED: Telling(N_("This link has expired"), (_CALL,)),
    Closed.REVOKED: Telling(N_("This link is not in use any more"), (_CALL,)),
}
STOPPED = Telling(
    N_("You will get no more mails from us"),
    (
        N_("That is done. You will get one last mail that says so."),
        N_("Nothing else changes. If you want the questionnaires again later, tell us."),
    ),
)


async def stop(request: Request) -> Response:
    """GET shows what stands, POST lets no mail come any more."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    if request.method == "GET":
        return _answer(request, here, await here.look(lambda registry: look_stop(registry, token=token)))
    fields = await here.fields(request, token, in_parts=True)
    today = here.today()
    page = await here.do(lambda registry: stop_by_link(registry, token=token, today=today))
    if is_one_click(fields) and page.closed is None:
        return PlainTextResponse("")  # no page and no other place: nobody reads it
    return here.go(request, request.url.path) if page.closed is None else _answer(request, here, page)


def _answer(request: Request, here: House, page: StopPage) -> Response:
    if page.closed is Closed.UNKNOWN:
        raise here.unknown(request)
    if page.closed is not None:
        telling = CLOSED.get(page.closed, CLOSED[Closed.REVOKED])
        return here.draw.page(request, "told", language=page.language, telling=telling, status=410)
    if page.stopped_on is not None:
        return here.draw.page(request, "told", language=page.language, telling=STOPPED)
    return here.draw.page(request, "stop", language=page.language)

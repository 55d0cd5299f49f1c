"""The month question: "no" records itself and can be taken back, "yes" leads to a new case (SPEC N2)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from msreg.services.links import Closed
from msreg.services.mail_codes import CodePage
from msreg.services.month_links import MonthPage, MonthStanding, answer_nothing, look_month, take_back
from msreg.vocabulary import N_, LinkPurpose
from msreg.web.house import House, house
from msreg.web.pages_plain import Telling

_BY_COMMAND = N_(
    "You can still answer for that month. No case: msreg cases nothing. There was one: msreg cases new --month."
)
CLOSED: Mapping[Closed, Telling] = {
    Closed.EXPIRED: Telling(N_("This link has expired"), (_BY_COMMAND,)),
    Closed.REVOKED: Telling(N_("This link is not in use any more"), (_BY_COMMAND,)),
    Closed.ENDED: Telling(
        N_("You are not asked this any more"),
        (N_("This link belonged to a notifier of a centre that takes part. You need not do anything."),),
    ),
}


async def nothing(request: Request) -> Response:
    """GET changes nothing: the page that it shows hands its form in by itself; POST records or takes back."""
    here = house(request)
    token = here.token(request)
    if request.method == "HEAD":
        return Response()
    today = here.today()
    if request.method == "GET":
        page = await here.look(lambda registry: look_month(registry, token=token, purpose=LinkPurpose.NO))
        return month_page(request, here, page) or _standing(request, here, page)
    fields = await here.fields(request, token)
    back = fields.get("action") == "back"
    page = await here.do(
        lambda registry: (
            take_back(registry, token=token) if back else answer_nothing(registry, token=token, today=today)
        )
    )
    return month_page(request, here, page) or here.go(
        request, request.url.path, done="back" if back else "no"
    )


def month_page(request: Request, here: House, page: MonthPage | CodePage) -> Response | None:
    """The page of a link that does nothing any more; None when it does."""
    if page.closed is Closed.UNKNOWN:
        raise here.unknown(request)
    if page.closed is None:
        return None
    telling = CLOSED.get(page.closed, CLOSED[Closed.REVOKED])
    return here.draw.page(request, "told", language=page.language, telling=telling, status=410)


def _standing(request: Request, here: House, page: MonthPage) -> Response:
    done = request.query_params.get("done")
    return here.draw.page(
        request, "no", language=page.language, page=page, standing=page.standing.value, done=done, back=done == "back",
        # Once it was handed in, or taken back, the page waits for a person.
        by_itself=page.standing is MonthStanding.OPEN and done is None,
    )  # fmt: skip

"""Pages that are about nobody: what this is, whether it works, and why something is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from msreg.store.registry import Registry
from msreg.vocabulary import N_
from msreg.web.guard import log
from msreg.web.house import house
from msreg.web.rendering import file_answer
from msreg.web.worker import Away


class Telling(NamedTuple):
    """A page that says one thing: its title, what there is to say, and whether to tell whom to ask."""

    title: str
    lines: tuple[str, ...]
    ask: bool = True


_RETRY_SECONDS = "30"
_LATER = Telling(
    N_("This page does not work just now"),
    (N_("Please try again in a few minutes. Nothing that you sent before is lost."),),
)
_NOT_TAKEN = Telling(
    _LATER.title,
    (N_("What you sent just now has not arrived. Go back, wait a few minutes and send it again."),),
)
TELLINGS: Mapping[int, Telling] = {
    400: Telling(N_("This form was not understood"), (N_("Please open the link in your mail again."),)),
    403: Telling(
        N_("This form did not come from our page"), (N_("Please open the link in your mail again."),)
    ),
    404: Telling(
        N_("This page is not there"),
        (
            N_("Perhaps a part of the link is missing, or the link is not in use any more."),
            N_("Open the link in your mail again, or copy the whole address."),
        ),
    ),
    405: Telling(N_("This cannot be done here"), (N_("Please open the link in your mail again."),)),
    408: Telling(N_("That took too long"), (N_("Please try again."),)),
    413: Telling(N_("That is too much for this page"), (N_("Please fill in less text and try again."),)),
    429: Telling(N_("That was too often"), (N_("Please wait a minute and try again."),), ask=False),
    500: Telling(
        N_("Something went wrong here"),
        (N_("It is not your fault. Please try again in a few minutes."),),
    ),
    503: _LATER,
}


async def start(request: Request) -> Response:
    """What this is, for who came without a link."""
    return house(request).draw.page(request, "start")


async def health(request: Request) -> Response:
    """Whether the database answers; nothing about what is in it."""
    try:
        await house(request).look(alive)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it does not work
        log.error("health: %s", type(fault).__name__)
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


def alive(registry: Registry) -> None:
    """Ask the database anything at all."""
    with registry.light() as db:
        db.one("SELECT value FROM meta LIMIT 1")


async def robots(_request: Request) -> Response:
    """No search engine has business here."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def no_icon(_request: Request) -> Response:
    """There is none; browsers ask for it whatever a page says."""
    return Response(status_code=204, headers={"cache-control": "public, max-age=86400"})


async def file(request: Request) -> Response:
    """The style and the script of the pages."""
    found = file_answer(request)
    if found is None:
        raise HTTPException(404)
    return found


async def away(request: Request, fault: Exception) -> Response:
    """The registry cannot be used now."""
    assert isinstance(fault, Away)
    log.error("no registry: %s", fault.reason)
    return told(request, 503)


async def refused(request: Request, fault: Exception) -> Response:
    """A request that is not answered with a page of its own."""
    assert isinstance(fault, HTTPException)
    return told(request, fault.status_code, fault.headers)


async def failed(request: Request, _fault: Exception) -> Response:
    """A fault of ours: a calm page; what it was is in our own log."""
    return told(request, 500)


def told(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The page that says why: calm, with what to do, and nothing of what was sent."""
    telling = TELLINGS.get(status) or TELLINGS[400 if status < 500 else 500]
    if status == 503 and request.method == "POST":
        telling = _NOT_TAKEN  # nobody may think that a form is in that is not
    answer = house(request).draw.page(request, "told", status=status, telling=telling)
    answer.headers.update(headers or {})
    if status in (408, 413):
        answer.headers["connection"] = "close"  # the rest of what is sent is not read
    if status == 503:
        answer.headers["retry-after"] = _RETRY_SECONDS
    return answer

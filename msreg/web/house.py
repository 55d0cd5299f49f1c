"""What every page stands on: settings, the site, threads at work, limits, today; and short ways to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from msreg.config import Settings
from msreg.services.links import is_token
from msreg.web.forms import Fields, is_one_click, read_form
from msreg.web.limits import Limiter, Limits, address_of
from msreg.web.rendering import Renderer
from msreg.web.security import Site, from_elsewhere
from msreg.web.worker import T, Work, Worker


class TooMany(HTTPException):
    """Somebody tries too often; `seconds` until the next try is taken."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, headers={"Retry-After": str(max(1, round(seconds)))})


@dataclass(frozen=True, slots=True)
class House:
    """One of them for each application."""

    settings: Settings
    site: Site
    draw: Renderer
    quick: Worker
    """For short work: looking and saving."""
    slow: Worker
    """For work that waits for another machine: sending a code."""
    today: Callable[[], date]
    limits: Limits = field(default_factory=Limits)

    async def look(self, work: Work[T]) -> T:
        """Look something up: it writes nothing but the log, with other looks in one transaction."""
        return await self.quick.run(work, together=True)

    async def do(self, work: Work[T]) -> T:
        """Do short work that changes something."""
        return await self.quick.run(work)

    async def wait_for(self, work: Work[T]) -> T:
        """Do work that may take seconds."""
        return await self.slow.run(work)

    def token(self, request: Request) -> str:
        """The token of the link that was followed.

        Raises `HTTPException` for what can be none, for an address that tried too many that are none, and for a
        page that is asked for again and again.
        """
        token: str = request.path_params["token"]
        seconds = self.limits.unknown.wait(address(request))
        if seconds:
            raise TooMany(seconds)
        if not is_token(token):
            raise self.unknown(request)
        if request.method == "GET":
            allow(self.limits.looks, token)
        return token

    def unknown(self, request: Request) -> HTTPException:
        """The answer to a link that is none; the try is counted."""
        self.limits.unknown.count(address(request))
        return HTTPException(404)

    async def fields(self, request: Request, token: str, *, in_parts: bool = False) -> Fields:
        """The fields of a form of ours. Raises `HTTPException` when another site handed it in, or too often."""
        elsewhere = from_elsewhere(request, self.site)
        if elsewhere and not in_parts:
            raise HTTPException(403)
        allow(self.limits.posts, token)
        fields = await read_form(request, in_parts=in_parts)
        if elsewhere and not is_one_click(fields):
            raise HTTPException(403)  # a mail program that works in a browser is one: its link vouches
        return fields

    def go(self, request: Request, path: str, **query: str) -> Response:
        """Send the reader to another page after a form was taken: reloading that hands in nothing again."""
        return RedirectResponse(self.draw.elsewhere(request, path, **query), 303)


def house(request: Request) -> House:
    """The house of the application that answers."""
    found: House = request.app.state.house
    return found


def address(request: Request) -> str:
    """By what the sender of a request is counted."""
    return address_of(request.client.host if request.client else None)


def allow(limiter: Limiter, who: str) -> None:
    """Count a try. Raises `TooMany` when it is one too many."""
    seconds = limiter.take(who)
    if seconds:
        raise TooMany(seconds)

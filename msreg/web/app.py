"""The pages as one application: `make_app(settings)` (SPEC Q2, N2; decision 0045)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from msreg import clock
from msreg.config import Settings
from msreg.web import pages_case, pages_month, pages_plain, pages_questions, pages_stop, pages_yes
from msreg.web.guard import Guard
from msreg.web.house import House
from msreg.web.rendering import Renderer, warm_up
from msreg.web.security import Site
from msreg.web.worker import Away, Worker

_ROUTES = (
    ("/", ("GET",), pages_plain.start),
    ("/health", ("GET",), pages_plain.health),
    ("/favicon.ico", ("GET",), pages_plain.no_icon),
    ("/robots.txt", ("GET",), pages_plain.robots),
    ("/static/{name}", ("GET",), pages_plain.file),
    ("/q/{token}", ("GET", "POST"), pages_questions.questionnaire),
    ("/stop/{token}", ("GET", "POST"), pages_stop.stop),
    ("/no/{token}", ("GET", "POST"), pages_month.nothing),
    ("/yes/{token}", ("GET", "POST"), pages_yes.yes),
    ("/yes/{token}/code", ("GET", "POST"), pages_yes.code),
    ("/yes/{token}/case", ("GET", "POST"), pages_case.case),
)


def make_app(
    settings: Settings,
    *,
    today: Callable[[], date] = clock.today,
    now: Callable[[], datetime] = clock.now,
) -> ASGIApp:
    """The pages of one registry. `today` and `now`: the clock, which tests and demo registries set."""
    site = Site(settings)
    house = House(
        settings,
        site,
        Renderer(settings, site),
        quick=Worker(settings, name="pages", clock=now),
        slow=Worker(settings, name="pages-mail", threads=2, waiting=20, clock=now),
        today=today,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        # The first reader does not wait for what all need: the registry opened, the pages compiled.
        warm_up()
        with suppress(Away):
            await house.quick.run(pages_plain.alive)
        yield
        for each in (house.quick, house.slow):
            each.close()

    # A link is matched as it is: no answer sends somebody elsewhere by a slash more or less.
    app = Starlette(
        routes=[Route(path, handler, methods=list(methods)) for path, methods, handler in _ROUTES],
        exception_handlers={
            Away: pages_plain.away,
            HTTPException: pages_plain.refused,
            Exception: pages_plain.failed,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.house = house

    def refuse(scope: object, status: int) -> Response:
        return pages_plain.told(Request({**scope, "app": app}), status)  # type: ignore[dict-item]

    return Guard(app, site, refuse)

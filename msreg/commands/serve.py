"""`msreg serve`: the pages behind the links in mails."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Annotated

import typer

from msreg.commands.opening import at_work
from msreg.config import Settings
from msreg.errors import Unavailable, Usage
from msreg.screen.command import alone, command
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from socket import socket

app = alone()


@command(
    app,
    "serve",
    help=N_("The pages behind the links in mails: questionnaires, and the answers to the monthly mail."),
    example="msreg serve\nmsreg serve --port 8080\nmsreg serve --check && systemctl restart msreg-serve",
)
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help=N_("Address on which to listen; see the setting web.host."))
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65_535, help=N_("Port on which to listen; see the setting web.port.")
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=N_("Only look whether the pages could be served, and stop."))
    ] = False,
) -> Result | None:
    """Serve until somebody says stop."""
    _require_web()
    with at_work(told=True) as desk:
        settings = desk.registry.settings
        host, port = host or settings.web.host, port or settings.web.port
        _require_safe(settings, host)
        from msreg.services.serving import note_serving
        from msreg.web.app import make_app
        from msreg.web.serving import run

        place = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
        if check:  # not whether the place is free: the pages that run now have it
            note_serving(desk.registry, by=desk.by, place=place, check=True)
            told = _("The pages can be served at {place}.").format(place=place)
            return Result(None, lambda screen: screen.line(told))
        with _listening(host, port, place) as opened:
            note_serving(desk.registry, by=desk.by, place=place)
            day = desk.edge.today
            app_ = make_app(settings) if day is None else make_app(settings, today=lambda: day)
            screen = Screen(desk.edge)
            begun = _("The pages are at {place}; links in mails begin with {url}. Stop with ctrl-c.")
            screen.note(begun.format(place=place, url=settings.web.address))
            desk.registry.close()  # each thread of the pages opens its own
            run(app_, opened)
            screen.note(_("Stopped; what was begun is finished."))
    return None


def _listening(host: str, port: int, place: str) -> socket:
    from msreg.web.serving import listen

    try:
        return listen(host, port)
    except OSError as fault:
        raise Unavailable(
            N_("The pages cannot be served at {place}: {why}."),
            hint=N_("Take another place: msreg serve --port PORT"),
            field="port",
            place=place,
            why=fault.strerror or type(fault).__name__,
        ) from None


def _require_web() -> None:
    """Raise `Unavailable` with what to install when there are no libraries for pages."""
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError:
        raise Unavailable(
            N_("Pages need the libraries starlette and uvicorn, which are not installed here."),
            hint=N_("Install them with: {command}"),
            command="pip install 'msreg[web]'",
        ) from None


def _require_safe(settings: Settings, host: str) -> None:
    """Raise `Usage` when answers of patients would go over a network in clear."""
    if _is_loopback(host) or (settings.web.url or "").startswith("https://"):
        return
    raise Usage(
        N_(
            "The pages are not served at {host}: whoever is on that network could read the answers of patients."
        ),
        hint=N_(
            "Put a proxy with TLS in front, set web.url to its https address, and listen on 127.0.0.1;"
            " see docs/how-to/pages.md."
        ),
        field="host",
        host=host,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

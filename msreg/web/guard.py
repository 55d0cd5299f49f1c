"""Around everything: requests that are not looked at, headers on every answer, a line in our own log, calm failures."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from msreg.web.security import NEVER_KEPT, Site, header

log = logging.getLogger("msreg.web")

LONGEST_PATH = 256
LONGEST_QUERY = 256
AT_ONCE = 250
"""Requests that are answered at the same time; more are told to come back."""

Refusal = Callable[[Scope, int], Response]
"""Makes the page that tells why a request is not answered."""


class Guard:
    """The outermost layer of the pages."""

    def __init__(self, app: ASGIApp, site: Site, refuse: Refusal) -> None:
        self._app = app
        self._site = site
        self._refuse = refuse
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what is no request goes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._site)
        self._now += 1
        try:
            status = self._judge(scope)
            if status:
                refused = self._refuse(scope, status)
                if status == 405:
                    refused.headers["allow"] = ", ".join(_METHODS)
                await refused(scope, receive, answer.send)
            else:
                await self._app(scope, receive, answer.send)
        except Exception as fault:  # noqa: BLE001 - the last resort: a calm page, and never a value in the log
            where = traceback.extract_tb(fault.__traceback__)[-1]
            log.error("%s in %s:%s", type(fault).__name__, where.filename.rpartition("/")[2], where.lineno)
            if not answer.status:
                await self._refuse(scope, 500)(scope, receive, answer.send)
        finally:
            self._now -= 1
            log.info(
                "%s %s %d %.0f ms", _method(scope), told(scope), answer.status,
                (perf_counter() - answer.begun) * 1000,
            )  # fmt: skip

    def _judge(self, scope: Scope) -> int:
        """The status of a refusal; 0 when the request may be looked at. Takes our own prefix off its path."""
        if self._now > AT_ONCE:
            return 503
        if len(scope["path"]) > LONGEST_PATH or len(scope["query_string"]) > LONGEST_QUERY:
            return 414
        if not self._site.knows(header(scope, b"host")):
            return 421
        if scope["method"] not in _METHODS:
            return 405
        prefix = self._site.prefix
        if prefix and scope["path"].startswith(prefix + "/"):
            scope["path"] = scope["path"][len(prefix) :]
        return 0


class _Answer:
    """What is sent: its status, and our headers on it."""

    def __init__(self, send: Send, site: Site) -> None:
        self._send = send
        self._site = site
        self.status = 0
        self.begun = perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = list(message.get("headers", ()))
            names = {name for name, _ in own}
            if NEVER_KEPT[0] not in names:
                own.append(NEVER_KEPT)
            own += self._site.headers
            message = {**message, "headers": own}
        await self._send(message)


def told(scope: Scope) -> str:
    """The path of a request as it may be logged: its first word, never a link."""
    first, _, rest = scope["path"].lstrip("/").partition("/")
    known = first if first in _KNOWN else "…"
    return f"/{known}/…" if rest else f"/{known if first else ''}"


_METHODS = ("GET", "HEAD", "POST")
_KNOWN = ("q", "stop", "no", "yes", "static", "health", "robots.txt")


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"

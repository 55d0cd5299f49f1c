"""The server around the pages: connections that dawdle are closed, our own log, a calm end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from msreg.web.security import HEADERS, NEVER_KEPT

_HEAD_SECONDS = 10.0
_IDLE_SECONDS = 15
_STOP_SECONDS = 20
_LARGEST_HEAD = 16 * 1024
_WAITING = 512
_COLLECT_AFTER = (1_000, 10, 20)


class _Brisk(H11Protocol):
    """A connection that has to say what it wants within seconds, however slowly it trickles."""

    _until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._hurry()

    def data_received(self, data: bytes) -> None:
        if self._until is None and not self._is_answering():
            self._hurry()
        super().data_received(data)
        if self._until is not None and self._is_answering():
            self._until.cancel()
            self._until = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What cannot be read as a request gets the same headers as everything else."""
        head = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"connection", b"close"),
            NEVER_KEPT,
            *HEADERS,
        ]
        for event in (
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=b"Bad request\n"),
            h11.EndOfMessage(),
        ):
            if output := self.conn.send(event):
                self.transport.write(output)
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _hurry(self) -> None:
        self._until = self.loop.call_later(_HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        self._until = None
        if not self.transport.is_closing() and not self._is_answering():
            self.transport.close()


class _Server(uvicorn.Server):
    """A server for which being told to stop is the way to end, not a failure."""

    alone = False
    """Whether the process is there for the pages and nothing else."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.alone:
            # What is loaded by now stays. Commands collect rarely and then much at once, which a page would wait for.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_COLLECT_AFTER)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop calmly at ctrl-c and SIGTERM; ctrl-c twice does not wait for what was begun."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def make_server(app: ASGIApp) -> _Server:
    """A server for the pages. What a proxy says of its client is believed of one on this machine alone."""
    return _Server(
        uvicorn.Config(
            app,
            http=_Brisk,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1,::1",
            backlog=_WAITING,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_STOP_SECONDS,
            h11_max_incomplete_event_size=_LARGEST_HEAD,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket at this place; port 0 takes one that is free. Raises `OSError` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio sends small pieces at once: a browser waits 40 ms for the second one otherwise.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(_WAITING)  # who comes from here on is answered, if a moment later
    except BaseException:
        opened.close()
        raise
    return opened


def run(app: ASGIApp, opened: socket.socket) -> None:
    """Serve until somebody says stop (ctrl-c, SIGTERM); requests that were begun are answered first."""
    _log_to_stderr()
    server = make_server(app)
    server.alone = True
    server.run(sockets=[opened])


def _log_to_stderr() -> None:
    """One line for each request, with its moment in UTC: no address, no link, nothing that was filled in."""
    handler = logging.StreamHandler(sys.stderr)
    form = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    for name, level in (("msreg.web", logging.INFO), ("uvicorn.error", logging.ERROR)):
        logger: Any = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)

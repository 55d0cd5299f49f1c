"""A server of the pages in a thread, and a browser without eyes that asks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

from msreg.config import Settings
from msreg.store.registry import Registry
from msreg.web.app import make_app
from msreg.web.serving import listen, make_server
from tests.web_links import TODAY


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """Serve the pages at a free port of this machine until the block ends; gives the port."""
    opened = listen("127.0.0.1", 0)
    server = make_server(make_app(settings, today=lambda: TODAY))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    until = monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert monotonic() < until, "the server did not start in time"
        sleep(0.005)
    try:
        yield opened.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        opened.close()


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    text: str

    def data(self) -> Any:
        return json.loads(self.text)


@dataclass
class Site:
    """The pages, and the registry behind them."""

    folder: Path
    registry: Registry
    port: int
    jar: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answer:
        """One request; names of headers with _ for -."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            if self.jar:
                named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
            link.request(method, path, body, named)
            found = link.getresponse()
            answer = Answer(found.status, found.headers, found.read().decode())
        finally:
            link.close()
        for each in found.headers.get_all("set-cookie") or ():
            name, _, value = each.partition(";")[0].partition("=")
            self.jar[name] = value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """A form as a browser of today hands it in."""
        headers.setdefault("Sec_Fetch_Site", "same-origin")
        headers.setdefault("Content_Type", "application/x-www-form-urlencoded")
        return self.ask("POST", path, urlencode(fields), **headers)

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        with self.registry.light() as db:
            return db.rows(sql, params)

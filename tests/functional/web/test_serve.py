"""`msreg serve`: starts where nobody can listen in, and stops calmly."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path

import pytest

from msreg.store.registry import Registry
from msreg.web.serving import listen
from tests.conftest import Run


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "ctrl-c"])
def test_it_serves_until_it_is_told_to_stop(
    home: Mapping[str, str], tmp_path: Path, port: int, sign: signal.Signals
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "msreg", "serve", "--port", str(port)],
        env=dict(home), cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stderr is not None
        told = server.stderr.readline()
        assert told.startswith(f"The pages are at http://127.0.0.1:{port};")
        link = HTTPConnection("127.0.0.1", port, timeout=20)
        link.request("GET", f"/q/{'A' * 22}")
        assert link.getresponse().status == 404
        link.close()
        server.send_signal(sign)
        out, err = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    assert (server.returncode, out) == (0, "")
    first, last = err.splitlines()
    assert first.split(" ", 1)[1].startswith("GET /q/… 404 ")
    assert last == "Stopped; what was begun is finished."


def test_small_pieces_are_sent_at_once() -> None:
    """asyncio does so for a socket that is known as TCP; readers would wait 40 ms for each page otherwise."""
    with listen("127.0.0.1", 0) as opened:
        assert opened.proto == socket.IPPROTO_TCP


def test_nobody_on_a_network_reads_along(run: Run, registry: Registry) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "example.org"):
        done = run("serve", "--check", "--host", host)
        assert (done.code, done.out) == (2, "")
        assert "could read the answers of patients" in done.err
    registry.settings.config_file.write_text('[web]\nurl = "http://vragen.example.org"\n')
    assert run("serve", "--check", "--host", "0.0.0.0").code == 2
    for host in ("127.0.0.1", "::1", "localhost"):
        assert run("serve", "--check", "--host", host).code == 0
    registry.settings.config_file.write_text('[web]\nurl = "https://vragen.example.org"\n')
    assert run("serve", "--check", "--host", "0.0.0.0").code == 0


@pytest.mark.usefixtures("registry")
def test_a_place_that_is_taken_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        done = run("serve", "--port", place.getsockname()[1])
    assert (done.code, done.out) == (9, "")
    assert done.err.endswith("Take another place: msreg serve --port PORT\n")


@pytest.mark.usefixtures("registry")
def test_without_the_extra_it_says_what_to_install(run: Run, home: Mapping[str, str], tmp_path: Path) -> None:
    lacking = tmp_path / "lacking"
    lacking.mkdir()
    (lacking / "uvicorn.py").write_text("raise ModuleNotFoundError")
    done = run("serve", PYTHONPATH=f"{lacking}:{home['PYTHONPATH']}")
    assert done.code == 9
    assert done.err.splitlines()[-1] == "Install them with: pip install 'msreg[web]'"

"""Security F3: a document is clean only when a scanner looked at it and said so."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from msreg.errors import Usage
from msreg.formats import scanner
from msreg.formats.scanner import Scanned, scan
from msreg.vocabulary import ScanResult

CLEAN, INFECTED, NOT_SCANNED = ScanResult.CLEAN, ScanResult.INFECTED, ScanResult.NOT_SCANNED
BAD = b"something bad"
EICAR = b"".join(scanner._test_file(0))


class Clamd:
    """The INSTREAM command of clamd, as its manual tells it: chunks with their size before them, a nought at the end."""

    def __init__(
        self, *, limit: int = 2**30, blind: int = 2**30, said: bytes | None = None, wait: float = 0
    ) -> None:
        self.streams: list[int] = []
        self.limit, self.blind, self.said, self.wait = limit, blind, said, wait

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                line.sendall(self.answer(line))

    def answer(self, line: socket.socket) -> bytes:
        command = self.read(line, 10)
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        data = bytearray()
        while size := struct.unpack(">I", self.read(line, 4))[0]:
            data += self.read(line, size)
            if len(data) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.streams.append(len(data))
        time.sleep(self.wait)
        if self.said is not None:
            return self.said
        if len(data) > self.blind:
            return b"stream: OK\0"
        if BAD in data:
            return b"stream: Own.Bad-1 FOUND\0"
        return b"stream: Eicar-Signature FOUND\0" if data.startswith(EICAR) else b"stream: OK\0"

    @staticmethod
    def read(line: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size and (piece := line.recv(size - len(data))):
            data += piece
        return data


@contextmanager
def running(clamd: Clamd, where: Path | None = None) -> Iterator[str]:
    """Its address: a socket in a folder, or a port of this machine."""
    server = socket.socket(socket.AF_UNIX if where else socket.AF_INET)
    server.bind(str(where) if where else ("127.0.0.1", 0))
    server.listen()
    thread = threading.Thread(target=clamd.serve, args=[server])
    thread.start()
    try:
        yield str(where) if where else f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def asked(data: bytes, address: str | None, by: str = "clamd") -> Scanned:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        found = scan(file, len(data), scanner=by, address=address)
        assert file.tell() == 0
        return found


def why(found: Scanned) -> str:
    assert found.result is NOT_SCANNED
    return str(found.why)


@pytest.mark.parametrize("socket_file", [True, False])
@pytest.mark.parametrize(
    ("data", "result"),
    [
        (b"a", CLEAN),
        (b"a" * 1_000_000, CLEAN),
        (BAD, INFECTED),
        (b"a" * 200_000 + BAD, INFECTED),
        (EICAR, INFECTED),
    ],
)
def test_clamd(data: bytes, result: ScanResult, socket_file: bool, tmp_path: Path) -> None:
    clamd = Clamd()
    with running(clamd, tmp_path / "s" if socket_file else None) as address:
        found = asked(data, address)
    assert (found.result, found.why) == (result, None)
    assert found.found == ("" if result is CLEAN else "Own.Bad-1" if BAD in data else "Eicar-Signature")
    assert clamd.streams == [len(data)]


def test_nobody_is_asked_without_a_scanner() -> None:
    assert why(asked(b"a", None, "none")) == "No scanner is set."


def test_a_scanner_that_is_away(tmp_path: Path) -> None:
    assert "cannot be reached" in why(asked(b"a", str(tmp_path / "missing")))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "cannot be reached" in why(asked(b"a", f"127.0.0.1:{port}"))


def test_a_scanner_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    with running(Clamd(wait=0.6)) as address:
        assert "in time" in why(asked(b"a", address))


def test_a_stream_above_the_limit_of_the_scanner() -> None:
    with running(Clamd(limit=100_000)) as address:
        assert asked(b"a" * 100_000, address).result is CLEAN
        found = asked(b"a" * 3_000_000, address)
    assert found.result is NOT_SCANNED


def test_a_scanner_that_says_ok_to_what_it_leaves_out() -> None:
    """clamd says OK to a file above its MaxFileSize; it is asked for one of that size with something to find."""
    large = b"a" * (scanner._SURELY_SCANNED + 1)
    clamd = Clamd(blind=1_000_000)
    with running(clamd) as address:
        assert "this size" in why(asked(large, address))
    assert len(clamd.streams) == 2
    assert clamd.streams[1] >= len(large)
    with running(Clamd()) as address:
        assert asked(large, address).result is CLEAN
        assert asked(large + BAD, address).result is INFECTED


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\0", b"stream: OK", b"OK\0", b"stream: ERROR\0", b"stream: OK FOUND?\0", b"xstream: OK\0", b"\xff\0",
        b"stream: Can't allocate memory ERROR\0", b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
        b"UNKNOWN COMMAND\0", b"COMMAND READ TIMED OUT\0", b"a" * 10_000, b"stream: OK\nstream: ERROR\0",
    ],
)  # fmt: skip
def test_what_is_no_clear_answer_is_none(said: bytes) -> None:
    with running(Clamd(said=said)) as address:
        assert asked(b"a", address).result is NOT_SCANNED


def test_a_finding_beside_a_limit_is_a_finding() -> None:
    said = b"stream: Heuristics.Limits.Exceeded FOUND\nstream: Own.Bad-1 FOUND\0"
    with running(Clamd(said=said)) as address:
        assert asked(b"a", address) == Scanned(INFECTED, found="Own.Bad-1")


@pytest.mark.parametrize(
    "address", ["192.0.2.1:3310", "clamd.example:3310", "0.0.0.0:3310", "[2001:db8::1]:3310"]
)
def test_no_document_goes_to_another_machine(address: str) -> None:
    with pytest.raises(Usage, match="must be on this machine"):
        asked(b"a", address)


def test_a_scanner_that_nobody_knows() -> None:
    with pytest.raises(Usage, match="none, clamd, clamscan"):
        asked(b"a", None, "other")


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """A program in the place of clamscan."""

    def made(lines: str) -> str:
        path = tmp_path / "clamscan"
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o700)
        return str(path)

    return made


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        ("echo 'stdin: OK'", CLEAN),
        ("cat > /dev/null; echo 'stdin: Own.Bad-1.UNOFFICIAL FOUND'; exit 1", INFECTED),
        ("echo 'stdin: Heuristics.Limits.Exceeded.MaxFileSize FOUND'; exit 1", NOT_SCANNED),
        ("echo 'stdin: OK'; exit 2", NOT_SCANNED),
        ("echo 'stdin: OK'; exit 1", NOT_SCANNED),
        ("echo 'stdin: Own.Bad-1 FOUND'; exit 0", NOT_SCANNED),
        ("echo 'LibClamAV Error: no database' >&2; exit 2", NOT_SCANNED),
        ("exit 0", NOT_SCANNED),
        ("kill -9 $$", NOT_SCANNED),
    ],
)
def test_clamscan(lines: str, result: ScanResult, program: Callable[[str], str]) -> None:
    assert asked(b"a", program(lines), "clamscan").result is result


def test_clamscan_gets_the_document_from_its_start(program: Callable[[str], str]) -> None:
    address = program('test "$(cat)" = "whole document" && echo "stdin: OK"')
    assert asked(b"whole document", address, "clamscan").result is CLEAN
    assert asked(b"other document", address, "clamscan").result is NOT_SCANNED


def test_clamscan_is_told_to_say_what_it_leaves_out(program: Callable[[str], str]) -> None:
    address = program('case "$*" in *--alert-exceeds-max=yes*) echo "stdin: OK";; esac')
    assert asked(b"a", address, "clamscan").result is CLEAN


def test_clamscan_that_is_missing_or_slow(
    program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cannot be reached" in why(asked(b"a", "/missing/clamscan", "clamscan"))
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    assert "in time" in why(asked(b"a", program("exec sleep 5"), "clamscan"))


def test_no_scanner_finds_this_program() -> None:
    """The text that is sent to see whether a scanner looks does not stand in it as a whole."""
    assert EICAR not in Path(scanner.__file__).read_bytes()
    assert EICAR not in Path(__file__).read_bytes()
    assert len(EICAR) == 68

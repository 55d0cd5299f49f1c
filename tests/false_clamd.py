"""A scanner that speaks as clamd does (INSTREAM), over a socket of this machine, with an answer that a test chooses."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

CLEAN, FOUND, ERROR = (
    b"stream: OK\0",
    b"stream: Test.Made.Up FOUND\0",
    b"INSTREAM size limit exceeded. ERROR\0",
)


class FalseClamd:
    """What it was sent, and what it says: `says` gets the bytes; None hangs up without a word."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self.seen: list[str] = []
        """SHA-256 of each stream that came."""
        self.says: Callable[[bytes], bytes | None] = lambda _data: CLEAN
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(self.address)
        self._server.listen(4)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _peer = self._server.accept()
            except OSError:
                return
            with line, suppress(OSError):
                data = _stream(line)
                self.seen.append(sha256(data).hexdigest())
                if (answer := self.says(data)) is not None:
                    line.sendall(answer)

    def close(self) -> None:
        """Nobody answers any more."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def _stream(line: socket.socket) -> bytes:
    command = b""
    while not command.endswith(b"\0"):
        command += line.recv(1)
    assert command == b"zINSTREAM\0"
    data = bytearray()
    while size := struct.unpack(">I", _exactly(line, 4))[0]:
        data += _exactly(line, size)
    return bytes(data)


def _exactly(line: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = line.recv(size - len(found))
        if not piece:
            raise ConnectionError
        found += piece
    return bytes(found)


@contextmanager
def false_clamd(folder: Path) -> Iterator[FalseClamd]:
    """One that answers until the end of the block."""
    server = FalseClamd(folder / "clamd.socket")
    try:
        yield server
    finally:
        server.close()

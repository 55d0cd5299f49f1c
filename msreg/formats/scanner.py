"""Asks a scanner for malicious files what it thinks of a document. Whatever is not a clear answer is `not_scanned`.

Two ways: the service clamd (INSTREAM, over a socket of this machine), and the program clamscan. A scanner that is
away, slow, or leaves a document out because it is large has not scanned it (security F3).
"""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from typing import BinaryIO, NamedTuple

from msreg.errors import Phrase, Usage
from msreg.vocabulary import N_, ScanResult

CLAMD, CLAMSCAN, NONE = "clamd", "clamscan", "none"
SCANNERS = (NONE, CLAMD, CLAMSCAN)
"""What the setting `cases.scanner` takes."""

SECONDS = 120
"""A scanner that takes longer has not scanned the document."""

PIECE = 2**16
_SURELY_SCANNED = 20 * 2**20
"""Larger documents are above the limit of some clamd, which then says OK without having looked."""

_LIMIT = "Heuristics.Limits.Exceeded"
_MOST_SAID = 4096
_FOUND = re.compile(r"^[^\0\n]*: ([^\0\n]+) FOUND$", re.MULTILINE)

_OFF = N_("No scanner is set.")
_AWAY = N_("The scanner {scanner} cannot be reached.")
_SLOW = N_("The scanner {scanner} did not answer in time.")
_UNCLEAR = N_("The scanner {scanner} could not judge the file.")
_TOO_LARGE = N_("The scanner {scanner} leaves out files of this size.")


class Scanned(NamedTuple):
    """What a scanner said; `why` tells of a document that was not scanned, `found` is its name for what it found."""

    result: ScanResult
    why: Phrase | None = None
    found: str = ""


def scan(file: BinaryIO, size: int, *, scanner: str = NONE, address: str | None = None) -> Scanned:
    """Have one document scanned. `address`: of clamd a path or HOST:PORT of this machine; of clamscan the program.

    Raises `Usage` for settings that cannot be. Never raises for what the scanner does.
    """
    file.seek(0)
    if scanner == NONE:
        return Scanned(ScanResult.NOT_SCANNED, Phrase(_OFF))
    if scanner not in SCANNERS:
        raise Usage(
            N_("The setting cases.scanner takes {known}."), field="cases.scanner", known=", ".join(SCANNERS)
        )
    try:
        return _by_clamd(file, size, address) if scanner == CLAMD else _by_clamscan(file, address)
    except (TimeoutError, subprocess.TimeoutExpired):
        return _not(_SLOW, scanner)
    except OSError:
        return _not(_AWAY, scanner)
    finally:
        file.seek(0)


def _not(why: str, scanner: str) -> Scanned:
    return Scanned(ScanResult.NOT_SCANNED, Phrase(why, {"scanner": scanner}))


def _by_clamd(file: BinaryIO, size: int, address: str | None) -> Scanned:
    said = _judged(_asked(address, _pieces(file)), CLAMD)
    if said.result is ScanResult.CLEAN and size > _SURELY_SCANNED:
        # Does it look into files of this size? Ask with one that has something to find.
        test = _judged(_asked(address, _test_file(size)), CLAMD)
        if test.result is not ScanResult.INFECTED:
            return _not(_TOO_LARGE, CLAMD)
    return said


def _asked(address: str | None, pieces: Iterator[bytes]) -> str:
    """What clamd answers to a stream of bytes."""
    with _connected(address) as line:
        line.settimeout(SECONDS)
        try:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hangs up on too large a stream, and may have said so
        said = b""
        while not said.endswith(b"\0") and len(said) < _MOST_SAID:
            try:
                piece = line.recv(_MOST_SAID)
            except ConnectionResetError:
                break
            if not piece:
                break
            said += piece
        return said.rstrip(b"\0").decode("utf-8", "replace") if said.endswith(b"\0") else ""


def _connected(address: str | None) -> socket.socket:
    address = address or "/var/run/clamav/clamd.ctl"
    host, _colon, port = address.rpartition(":")
    if host and port.isdigit():
        host = host.strip("[]")
        if not _is_here(host):
            raise Usage(
                N_(
                    "The setting cases.scanner_address must be on this machine: the file goes there as it is."
                ),
                field="cases.scanner_address",
            )
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(SECONDS)
        line.connect(address)
    except BaseException:
        line.close()
        raise
    return line


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _by_clamscan(file: BinaryIO, address: str | None) -> Scanned:
    done = subprocess.run(
        [
            address or "clamscan", "--no-summary", "--stdout", "--alert-exceeds-max=yes", "--max-filesize=100M",
            "--max-scansize=400M", f"--max-scantime={SECONDS * 1000}", "-",
        ],
        stdin=file.fileno(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    )  # fmt: skip
    said = done.stdout[-_MOST_SAID:].decode("utf-8", "replace")
    judged = _judged(said.strip(), CLAMSCAN)
    # 0: nothing found, 1: something, 2: it could not
    if {ScanResult.CLEAN: 0, ScanResult.INFECTED: 1}.get(judged.result, done.returncode) != done.returncode:
        return _not(_UNCLEAR, CLAMSCAN)
    return judged


def _judged(said: str, scanner: str) -> Scanned:
    found = [each for each in _FOUND.findall(said) if not each.startswith(_LIMIT)]
    if found:
        return Scanned(ScanResult.INFECTED, found=found[0][:200])
    if _LIMIT in said or "size limit exceeded" in said:
        return _not(_TOO_LARGE, scanner)
    if re.fullmatch(r"(?:stream|stdin|-): OK", said):
        return Scanned(ScanResult.CLEAN)
    return _not(_UNCLEAR, scanner)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _test_file(size: int) -> Iterator[bytes]:
    """The text that every scanner finds (EICAR), in two halves here so that none finds this module; then blanks."""
    yield b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    for _ in range(size // PIECE):
        yield b" " * PIECE

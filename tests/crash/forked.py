"""The program itself in a process that is forked with everything loaded: it starts in a hundredth of the time.

What it does is what `python -m msreg` does from `main` on, with the environment and the signals of a process
that a shell starts. Killing it is a real SIGKILL of a real process.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.conftest import environment

TODAY = date(2026, 11, 21)
PATIENCE = 120.0

LOADED = (
    "msreg.commands.imports msreg.commands.exports msreg.commands.opening msreg.screen.batch msreg.screen.undone"
    " msreg.services.imports msreg.services.undoing msreg.services.exports msreg.services.marked_copy"
    " msreg.formats.csv_folder msreg.formats.csv_out msreg.formats.jsonl_out msreg.formats.xlsx_out"
    " msreg.forms.load msreg.store.connect msreg.store.anchors sqlcipher3.dbapi2 orjson xlsxwriter"
    " cryptography.hazmat.primitives.asymmetric.ed25519 cryptography.hazmat.primitives.ciphers.aead"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, or minus the signal; what it told; and after how many seconds."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Running:
    """A call of the program on the registry in a folder, under way."""

    def __init__(self, folder: Path, *words: object, first: Callable[[], None] | None = None) -> None:
        for name in LOADED.split():
            importlib.import_module(name)
        self.folder = folder
        self.data = folder / "home" / "data"
        self._ended: int | None = None
        self._told = b"", b""
        # Pipes, because a limit on the size of files is one for what is told too.
        (self._out, out), (self._err, err) = os.pipe(), os.pipe()
        for each in (self._out, self._err):
            os.set_blocking(each, False)
        self.touched = self.database().st_mtime_ns
        self.begun = time.monotonic()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # until there is a program to stop
        self.pid = os.fork()
        if not self.pid:
            self._become([*map(str, words), "--today", TODAY.isoformat()], (out, err), first)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(out)
        os.close(err)

    def _become(self, words: Sequence[str], handles: Sequence[int], first: Callable[[], None] | None) -> None:
        """In the child: run the program and leave, whatever happens."""
        code = 99
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            own = environment(self.folder)
            os.environ.clear()
            os.environ.update(own)
            os.chdir(self.folder)
            for number, handle in enumerate((os.open(os.devnull, os.O_RDONLY), *handles)):
                os.dup2(handle, number)
            sys.stdin, sys.stdout, sys.stderr = (
                os.fdopen(number, mode, encoding="utf-8", closefd=False)
                for number, mode in ((0, "r"), (1, "w"), (2, "w"))
            )
            if first is not None:
                first()
            from msreg.__main__ import main

            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
                code = main(words)
                sys.stdout.flush()
                sys.stderr.flush()
            except KeyboardInterrupt:  # before or after the program's own care, as the interpreter ends on it
                code = 130
        finally:
            os._exit(code)

    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.begun

    def over(self) -> bool:
        """Whether it has ended by itself or by a signal."""
        if self._ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = os.waitstatus_to_exitcode(status)
        return self._ended is not None

    def until(self, moment: Callable[[], bool]) -> None:
        """Wait until something is so, or until it is over."""
        while not moment() and not self.over():
            self._listen()
            if self.age() > PATIENCE:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.0003)

    def commits(self) -> bool:
        """Whether it has begun to write its transaction, which is kept in memory until the commit."""
        return self.pending() > 0

    def pending(self) -> int:
        """Bytes of transactions that the database itself has not taken over."""
        try:
            return (self.data / "registry.db-wal").stat().st_size
        except FileNotFoundError:
            return 0

    def database(self) -> os.stat_result:
        """The database file itself, which is written only after a commit."""
        return (self.data / "registry.db").stat()

    def send(self, number: signal.Signals) -> None:
        if not self.over():
            os.kill(self.pid, number)

    def end(self) -> Ended:
        """Wait for its end."""
        self.until(self.over)
        took = self.age()
        self._listen()
        os.close(self._out)
        os.close(self._err)
        assert self._ended is not None
        out, err = (each.decode("utf-8") for each in self._told)
        return Ended(self._ended, out, err, took)

    def _listen(self) -> None:
        """Take what it told, or it would wait for that with its pipe full."""
        self._told = self._told[0] + _read(self._out), self._told[1] + _read(self._err)


def _read(handle: int) -> bytes:
    found = b""
    try:
        while more := os.read(handle, 1 << 16):
            found += more
    except BlockingIOError:
        pass
    return found


def run(folder: Path, *words: object, first: Callable[[], None] | None = None) -> Ended:
    """Run the program to its end."""
    return Running(folder, *words, first=first).end()


def small_files(room: int) -> Callable[[], None]:
    """For `first`: no file may grow beyond so many bytes, which is told as a full disk is."""

    def narrow() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    return narrow

"""The program standing by: a process that has loaded all of it forks for every call, so that a call starts at once.

A call is a process of its own all the same, with its own environment, folder and three streams. What it does is
what `python -m msreg` does from `main` on; how the program starts is for the tests that start it themselves.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent
PATIENCE = 120.0
PASSED_OVER = ("msreg.__main__", "msreg.screen.browse", "msreg.store.migrations")
SEEN_LATE = ("TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES")
LOADED = (
    "msreg.commands openpyxl.workbook xlsxwriter rich.table stdnum.nl.bsn orjson sqlalchemy.dialects.sqlite"
)
"""What the modules of msreg load when they need it, and nothing that works when it is imported."""


def seen_late(name: str) -> bool:
    """Whether a variable of the environment is looked at by the program itself, and not when Python starts."""
    return name.startswith("MSREG_") or name in SEEN_LATE


class Call:
    """One process that was asked for: `handles` are its standard input, output and error."""

    def __init__(self, link: socket.socket, handles: Sequence[int], request: Mapping[str, Any]) -> None:
        self._mine, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(link, [b"!"], [theirs.fileno(), *handles])
        self._mine.sendall(json.dumps(request).encode() + b"\n")
        self._told = self._mine.makefile("rb")
        self.pid = int(self._told.readline())

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code, which is the last that it tells."""
        self._mine.settimeout(seconds)
        try:
            told = self._told.readline()
        except TimeoutError:
            os.kill(self.pid, signal.SIGKILL)
            raise AssertionError("a call of the program does not end") from None
        finally:
            self._told.close()
            self._mine.close()
        assert told, "a call of the program ended and told no code"
        return int(told)


class StandingBy:
    """The program standing by, to be closed."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.standing_by", str(theirs.fileno())], pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, cwd=ROOT,
                env={"LANG": "C", "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            )  # fmt: skip

    def begin(
        self, words: Sequence[object], handles: Sequence[int], *, env: Mapping[str, str], folder: Path, many: bool = False
    ) -> Call:  # fmt: skip
        """Start a call on these streams; `many`: of one process that answers line after line, see `_serve`."""
        request = {"words": [*map(str, words)], "env": {**env}, "folder": str(folder), "many": many}
        return Call(self._link, handles, request)

    def run(
        self, *words: object, given: bytes = b"", env: Mapping[str, str], folder: Path
    ) -> tuple[int, bytes, bytes]:
        """Make a call to its end; gives its exit code, and what it wrote to standard output and error."""
        pipes = [os.pipe() for _stream in range(3)]
        (theirs, into), (out, their_out), (err, their_err) = pipes
        call = self.begin(words, (theirs, their_out, their_err), env=env, folder=folder)
        for each in (theirs, their_out, their_err):
            os.close(each)
        told = _communicate(into, (out, err), given, call.pid)
        return call.wait(), told[0], told[1]

    def close(self) -> None:
        """End it."""
        self._link.close()
        self._process.wait(PATIENCE)


def _communicate(into: int, streams: tuple[int, int], given: bytes, pid: int) -> list[bytes]:
    """Give bytes and take bytes at the same time, as pipes hold only so much."""
    end = time.monotonic() + PATIENCE
    told = {each: bytearray() for each in streams}
    left = memoryview(given)
    os.set_blocking(into, False)
    with selectors.DefaultSelector() as ready:
        ready.register(into, selectors.EVENT_WRITE)
        for each in streams:
            ready.register(each, selectors.EVENT_READ)
        while ready.get_map():
            for key, _events in ready.select(max(0.0, end - time.monotonic())):
                if key.fd == into:
                    with suppress(BrokenPipeError):  # it ended, or wants no more of it
                        left = left[os.write(into, left[:65536]) :] if left else left
                        if left:
                            continue
                elif data := os.read(key.fd, 65536):
                    told[key.fd] += data
                    continue
                ready.unregister(key.fd)
                os.close(key.fd)
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError("a call of the program does not end")
    return [bytes(each) for each in told.values()]


# -- the other side --------------------------------------------------------------------------------------------


def _load() -> None:
    import gc
    import pkgutil
    from importlib import import_module

    import msreg

    for module in pkgutil.walk_packages(msreg.__path__, "msreg."):
        if not module.name.startswith(PASSED_OVER):
            import_module(module.name)
    for name in LOADED.split():
        import_module(name)
    gc.collect()
    gc.freeze()


def _stand_by(link: socket.socket) -> None:
    _load()
    while True:
        told, handles, _flags, _from = socket.recv_fds(link, 1, 4)
        _bury()
        if not told:
            return
        if not os.fork():
            link.close()
            _become(*handles)
        for each in handles:
            os.close(each)


def _bury() -> None:
    """Let go of calls that ended: what they have to tell they told themselves."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(call: int, *handles: int) -> NoReturn:
    """In the child: be the program, and leave, whatever happens."""
    code = 99
    told = socket.socket(fileno=call)
    try:
        told.sendall(f"{os.getpid()}\n".encode())
        with told.makefile("rb") as asked:
            request = json.loads(asked.readline())
        _sit_down(handles)
        # An interpreter that starts in the locale C makes it one that knows all letters, and says so here.
        ours = {name: value for name, value in os.environ.items() if name == "LC_CTYPE"}
        os.environ.clear()
        os.environ.update(ours | request["env"])
        os.chdir(request["folder"])
        if request["many"]:
            _serve()
            code = 0
        else:
            from msreg.__main__ import main

            code = main(request["words"])
        sys.stdout.flush()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        _end(told, code)


def _sit_down(handles: Sequence[int]) -> None:
    """Take the streams, and the terminal when they are one, as an interpreter does that starts on them."""
    if os.isatty(handles[0]):
        os.setsid()
        fcntl.ioctl(handles[0], termios.TIOCSCTTY, 0)
    for to, each in enumerate(handles):
        os.dup2(each, to)
        os.close(each)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        ours = getattr(sys, name)
        number = ("stdin", "stdout", "stderr").index(name)
        buffering = 1 if name == "stderr" or os.isatty(number) else -1
        stream = open(number, mode, buffering, encoding="utf-8", errors=ours.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _end(told: socket.socket, code: int) -> NoReturn:
    import atexit
    import threading

    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stderr.flush()
    told.sendall(f"{code}\n".encode())
    os._exit(code)


def _serve() -> None:
    """Answer calls line by line, each with an exit code and both outputs: `[words, standard input]`."""
    from contextlib import redirect_stderr, redirect_stdout

    from msreg.cli import main

    for line in sys.stdin:
        words, typed = json.loads(line)
        out, err, theirs = io.StringIO(), io.StringIO(), sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        sys.stdin = theirs
        print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)


if __name__ == "__main__":
    _stand_by(socket.socket(fileno=int(sys.argv[1])))

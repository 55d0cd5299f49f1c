"""The process at a pseudo-terminal: the program, forked with everything loaded or as a shell starts it."""

from __future__ import annotations

import fcntl
import importlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

LOADED = (
    "msreg.cli msreg.commands.opening msreg.commands.entry msreg.screen.guided msreg.screen.terminal"
    " msreg.screen.entered msreg.services.entering msreg.services.answers_file msreg.forms.load"
    " msreg.store.connect msreg.store.anchors sqlcipher3.dbapi2 orjson questionary"
    " cryptography.hazmat.primitives.asymmetric.ed25519 cryptography.hazmat.primitives.ciphers.aead"
)
"""What a process is forked with, so that it starts in a tenth of the time; none of it does work when imported."""


def load() -> None:
    """Have it all in memory before forking."""
    for name in LOADED.split():
        importlib.import_module(name)


def sit_down(slave: int) -> None:
    """In the child: make the terminal that of a session of its own."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(slave, number)
    if slave > 2:
        os.close(slave)


def become(
    words: Sequence[str], env: Mapping[str, str], folder: Path, *, anew: bool,
    first: Callable[[], None] | None,
) -> NoReturn:  # fmt: skip
    """In the child: run the program and leave, whatever happens."""
    code = 99
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(folder)
        if first is not None:
            first()
        if anew:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
            os.execv(sys.executable, [sys.executable, "-m", "msreg", *words])
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(number, mode, encoding="utf-8", closefd=False)
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc,assignment]
        from msreg.__main__ import main

        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        try:
            code = main(list(words))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    except KeyboardInterrupt:  # before or after the program's own care, as the interpreter ends on it
        code = 130
    finally:
        os._exit(code)

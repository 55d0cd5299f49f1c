"""A person at a real pseudo-terminal: sees the screen as a terminal shows it, types, and is never in a hurry.

Nothing waits for a fixed time: a key is pressed once the screen shows what it answers, so the tests hold on a
busy machine. What is on the screen comes from pyte, lines that scrolled away included.
"""

from __future__ import annotations

import codecs
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

from msreg.screen.entry_lines import label_room
from tests.conftest import environment
from tests.keyboard_child import become, load, sit_down

ENTER, ESCAPE, BACKSPACE, SPACE = "\r", "\x1b", "\x7f", " "
UP, DOWN = "\x1b[A", "\x1b[B"
BACK, STOP, EOF, WIPE = "\x02", "\x03", "\x04", "\x15"
"""ctrl-b, ctrl-c, ctrl-d, ctrl-u."""

PATIENCE = 60.0
"""Seconds after which what was waited for is not coming any more, however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a terminal."""

    columns: int = 80
    rows: int = 24


class _Shown(pyte.HistoryScreen):
    """The screen of a terminal that answers by itself when it is asked where the cursor is."""

    reply: Callable[[str], object]

    def write_process_input(self, data: str) -> None:
        self.reply(data)


class Seat:
    """One call of the program at a terminal of its own: `Seat(folder, "patients", "add", lang="nl")`.

    `anew` starts an interpreter of its own, as a shell does; otherwise the process is forked with everything
    loaded. Either way it has its own terminal, session and signals.
    """

    def __init__(
        self, folder: Path, *words: object, lang: str = "en", size: Size | None = None, anew: bool = False,
        env: Mapping[str, str | None] | None = None, first: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        self.size = size or Size()
        own: dict[str, str | None] = {
            **environment(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8", "MSREG_LANG": lang,
            "PROMPT_TOOLKIT_NO_CPR": "1", **(env or {}),
        }  # fmt: skip
        told = {name: value for name, value in own.items() if value is not None}
        arguments = [str(word) for word in words]
        self.screen = _Shown(self.size.columns, self.size.rows, history=2000, ratio=1.0)
        self._stream = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.raw = ""
        self.code: int | None = None
        """The exit code, or minus the signal that ended it; None while it runs."""
        self.sane = False
        """Whether the terminal was left as it was found: it echoes, and reads line by line."""
        if not anew:
            load()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # until there is a program to stop
        master, slave = pty.openpty()
        _narrow(slave, self.size)
        self.pid = os.fork()
        if not self.pid:
            os.close(master)
            sit_down(slave)
            become(arguments, told, folder, anew=anew, first=first)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(slave)
        self._master: int | None = master
        self._gone = False
        """Whether the other side of the terminal is closed: the program has ended."""
        # Sent when the text is taken in: who types, reads too, and the stream takes one text at a time.
        self._replies: list[str] = []
        self.screen.reply = self._replies.append

    def shown(self) -> list[str]:
        """The lines on the screen, without what is blank below them."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def told(self) -> str:
        """Everything that stands on the screen or scrolled off it."""
        gone = ["".join(line[at].data for at in range(self.size.columns)) for line in self.screen.history.top]
        return "\n".join(each.rstrip() for each in [*gone, *self.screen.display]).rstrip()

    def until(self, *texts: str) -> Seat:
        """Wait until every one of these is on the screen."""
        return self.when(lambda: all(text in self.seen() for text in texts), " and ".join(texts))

    def seen(self) -> str:
        """The screen as it is now, its lines joined as a reader joins them."""
        return " ".join(" ".join(self.shown()).split())

    def line(self) -> str:
        """The line of the cursor."""
        return str(self.screen.display[self.screen.cursor.y]).rstrip()

    def asks(self, label: str) -> Seat:
        """Wait until a new question is there, and the cursor stands at this label."""
        return self.when(lambda: self.at(label), f"the question {label!r}")

    def one_of(self, labels: Sequence[str]) -> str:
        """Wait for one of these questions; gives its label."""
        self.when(lambda: any(map(self.at, labels)), "one of the questions")
        return next(each for each in labels if self.at(each))

    def answer(self, label: str, *keys: str) -> Seat:
        """Wait for a question and answer it; the next question is another one, even with the same label."""
        self.asks(label)
        past = self._ended()
        self.type(*keys)
        return self.when(lambda: self._ended() > past or self._gone, f"an end to {label!r}")

    def reply(self, keys: str) -> bool:
        """Answer whatever is asked; False when the program has ended instead."""
        self.when(lambda: self._begun() > self._ended() or self._gone, "a question or the end")
        if self._begun() <= self._ended():
            return False
        past = self._ended()
        self.type(keys)
        self.when(lambda: self._ended() > past or self._gone, "an end to the question")
        return True

    def _begun(self) -> int:
        return self.raw.count("\x1b[?2004h")  # a question begins to listen for pastes

    def _ended(self) -> int:
        return self.raw.count("\x1b[?2004l")

    def at(self, label: str) -> bool:
        """Whether the cursor stands at this question; of a label that ends in … the beginning counts."""
        if self._begun() <= self._ended():
            return False
        text = self.line().removeprefix("*").strip()
        if label.endswith("…"):
            return text.startswith(label[:-1])
        # Two spaces end a label, one does where it leaves no room for more; a hint may follow it.
        narrow = len(label) >= label_room(max(self.size.columns, 40)) - 4
        return text == label or text.startswith((f"{label} " if narrow else f"{label}  ", f"{label} spa"))

    def when(self, so: Callable[[], bool], what: str) -> Seat:
        """Wait until something is so; say what the screen showed instead when it never is."""
        end = time.monotonic() + PATIENCE
        while not so():
            alive = self._listen(min(0.2, max(0.0, end - time.monotonic())))
            if (not alive and not so()) or time.monotonic() > end:
                ended = "it runs" if alive else f"it ended with {self.wait()}"
                raise AssertionError(f"waited for {what}; {ended}; the screen:\n" + "\n".join(self.shown()))
        return self

    def type(self, *keys: str) -> Seat:
        """Press keys."""
        assert self._master is not None
        left = "".join(keys).encode("utf-8", "surrogateescape")
        while left:
            self._listen(0)
            _reading, ready, _odd = select.select([], [self._master], [], 0.05)
            if ready:
                left = left[os.write(self._master, left[:512]) :]
        return self

    def paste(self, text: str) -> Seat:
        """What a terminal sends when somebody pastes, between the marks of a paste."""
        return self.type("\x1b[200~", text, "\x1b[201~")

    def resize(self, columns: int, rows: int) -> Seat:
        """Make the window another size, as a person does with the mouse."""
        assert self._master is not None
        self.size = Size(columns, rows)
        self.screen.resize(rows, columns)
        _narrow(self._master, self.size)
        return self

    def send(self, number: signal.Signals) -> Seat:
        """Send it a signal."""
        if self.code is None:
            os.kill(self.pid, number)
        return self

    def kill(self) -> None:
        """End it as a power cut does."""
        self.send(signal.SIGKILL)
        self.wait()

    def close(self) -> None:
        """Close the window: the terminal is gone for the program."""
        if self._master is not None:
            os.close(self._master)
            self._master = None

    def wait(self) -> int:
        """Wait for its end; gives the exit code."""
        end = time.monotonic() + PATIENCE
        while self.code is None:
            alive = self._listen(0.05) if self._master is not None else False
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError("it does not end; the screen:\n" + "\n".join(self.shown()))
            elif not alive:
                time.sleep(0.005)
        while self._master is not None and self._listen(0):
            pass
        if self._master is not None:
            local = termios.tcgetattr(self._master)[3]
            cooked = bool(local & termios.ICANON and local & termios.ECHO)
            self.sane = cooked and self._begun() == self._ended()
        self.close()
        return self.code

    def _listen(self, seconds: float) -> bool:
        """Take what it wrote; False when there will be no more, or nothing came and none was waited for."""
        if self._master is None:
            return False
        ready, _writing, _odd = select.select([self._master], [], [], seconds)
        if not ready:
            return seconds > 0
        try:
            data = os.read(self._master, 1 << 16)
        except OSError as fault:
            if fault.errno != errno.EIO:  # the other side is closed
                raise
            data = b""
        self._gone = not data
        text = self._decode(data)
        self.raw += text
        self._stream.feed(text)
        while self._replies:
            self.type(self._replies.pop(0))
        return bool(data)


def _narrow(handle: int, size: Size) -> None:
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))

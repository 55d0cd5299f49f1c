"""What every full screen has: a title, a body, a line for what is to be said, and a line of keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from msreg.errors import MsregError
from msreg.screen.browse.keys import ALWAYS, Hints, hint_line
from msreg.screen.browse.lines import Lines
from msreg.screen.browse.pens import Line
from msreg.screen.language import _
from msreg.screen.table import Cell

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse

T = TypeVar("T")
Step = Callable[[], Awaitable[None]]


class Page(Screen[Any]):
    """A screen whose work is done step by step, in the order of the keys; the screen stays awake meanwhile."""

    last_hints: Hints = ALWAYS
    """Keys that are always told, at the end."""

    AUTO_FOCUS = ""  # None would be the usual, which is the first field

    def __init__(self, browse: Browse) -> None:
        super().__init__()
        self.browse = browse
        self.title_line = Lines(browse.pens, id="title")
        self.note_line = Lines(browse.pens, id="note")
        self.key_line = Lines(browse.pens, id="keys")
        self._steps: asyncio.Queue[Step] = asyncio.Queue()
        self._said: Line = ()

    def on_mount(self) -> None:
        """Begin to work; textual calls this beside the one of each kind of page."""
        self.run_worker(self._work(), name="steps")

    def step(self, do: Step) -> None:
        """Do this after what is being done."""
        self._steps.put_nowait(do)

    async def settled(self) -> None:
        """Wait until everything that was asked for is done."""
        await self._steps.join()

    async def _work(self) -> None:
        while True:
            do = await self._steps.get()
            try:
                await do()
            except MsregError as error:
                self.say(error.text(_), error.hint_text(_))
            except Exception as error:  # noqa: BLE001 - told by the one place that tells errors, without values
                self.browse.give_up(error)
            finally:
                self._steps.task_done()

    async def aside(self, do: Callable[[], T]) -> T:
        """Do work that takes time, such as asking the registry, while the screen stays awake."""
        return await asyncio.to_thread(do)

    def say(self, *texts: str | None) -> None:
        """Say something at the bottom, until the next key."""
        self._said = [Cell(" " + "  ".join(text for text in texts if text), "accent")]
        self.show_note()

    def hush(self) -> None:
        """Take away what was said."""
        if self._said:
            self._said = ()
            self.show_note()

    def show_note(self) -> None:
        """Show what was said, or what stands there otherwise."""
        self.note_line.show(self._said or self.legend())

    def legend(self) -> Line:
        """What the note line says when there is nothing to say."""
        return ()

    def hints(self) -> Hints:
        """The keys of this screen, the most useful first."""
        return ()

    @property
    def room(self) -> int:
        """Rows of a table that fill the screen: all lines but title, header, note and keys."""
        return max(1, self.size.height - 4)

    def show_keys(self) -> None:
        """Show the keys that fit."""
        self.key_line.show(hint_line(self.hints(), self.size.width, last=self.last_hints))

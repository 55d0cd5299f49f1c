"""The window on the patients: fetching, moving, looking again. Keys are in `overview_screen`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msreg.screen.browse.columns import Shown, overview_columns
from msreg.screen.browse.grid import Grid
from msreg.screen.browse.listing import Fetch, Listing
from msreg.screen.browse.page import Page
from msreg.screen.browse.told import asked_line
from msreg.screen.language import _
from msreg.screen.overview import table_row
from msreg.services.browsing import Counted, Window, window
from msreg.services.patients import Asked

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse


class WindowPage(Page):
    """A table of patients of whom only those near the screen were read."""

    def __init__(self, browse: Browse, asked: Asked) -> None:
        super().__init__(browse)
        self.asked = asked
        self.counted: Counted | None = None
        self.listing = Listing(1)
        self.grid = Grid(browse.pens, id="grid")
        self._columns: Shown = []
        self._sorted_on = ""

    async def ask(self, fetch: Fetch) -> Window:
        browse, asked = self.browse, self.asked
        found = await self.aside(
            partial(window, browse.registry, by=browse.by, asked=asked, today=browse.today,
                    counted=self.counted, **fetch._asdict())
        )  # fmt: skip
        self.counted = found.counted
        return found

    async def begin(self, fetch: Fetch, *, on: int | None = None) -> None:
        """Fetch anew, from a place or an end."""
        self.listing.height = self.room
        fetch = fetch._replace(limit=self.room)
        self.listing.begin(fetch, await self.ask(fetch), on=on)
        await self.fill()

    async def fill(self) -> None:
        while (fetch := self.listing.unfilled()) is not None:
            self.listing.add(fetch, await self.ask(fetch))
        self.draw()

    async def move(self, by: int) -> None:
        if (fetch := self.listing.missing(by)) is not None:
            self.listing.add(fetch, await self.ask(fetch))
        self.listing.move(by)
        self.draw()

    async def again(self) -> None:
        """Look again at the same place, with the cursor on the same patient; what went meanwhile is gone."""
        here, near = self.listing.here, self.listing.top
        self.counted = None
        await self.begin(Fetch(0, near, inclusive=near is not None), on=here["number"] if here else None)

    async def change(self, asked: Asked) -> None:
        """Ask for something else. When that cannot be asked, what was asked before stays."""
        before, counted = self.asked, self.counted
        self.asked, self.counted = asked, None
        try:
            await self.begin(Fetch(0))
        except Exception:
            self.asked, self.counted = before, counted
            raise

    def draw(self) -> None:
        """Show what there is."""
        if self._sorted_on != self.asked.sort:
            self._sorted_on = self.asked.sort
            many = self.browse.by.centres is None
            self._columns = overview_columns(self.browse.today, many_centres=many, sort=self.asked.sort)
            self.grid.head([column for column, _show in self._columns])
        rows = [table_row(self._columns, row) for row in self.listing.shown]
        self.grid.show(rows, self.listing.cursor, nothing=_("No patients."))
        self.title_line.show(asked_line(self.asked, self.counted, self.size.width))
        self.show_note()
        self.show_keys()

    async def resized(self) -> None:
        self.listing.height = self.room
        self.listing.settle()
        await self.fill()

"""The overview of patients over the full screen (SPEC P5-P7)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from msreg.errors import MsregError
from msreg.screen.browse.keys import ALWAYS, Hints
from msreg.screen.browse.listing import Fetch
from msreg.screen.browse.pens import Line
from msreg.screen.browse.state import Start, Wanted
from msreg.screen.browse.typing_line import TypingLine
from msreg.screen.browse.window_page import WindowPage
from msreg.screen.language import _
from msreg.screen.overview import legend
from msreg.screen.table import Cell
from msreg.services.naming import registry_number
from msreg.services.patients import Asked
from msreg.vocabulary import N_, Record

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse

PAUSE = 0.25  # seconds after the last letter, so that not every letter of a name is a look

_LABELS = {"name": N_("Name begins with"), "born": N_("Born (a date, or a year alone)")}


def _key(keys: str, action: str) -> Binding:
    return Binding(keys, action, show=False)


class OverviewScreen(WindowPage):
    """A window on the patients; what is not on the screen is not read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("up", "move(-1)"), _key("down", "move(1)"), _key("pageup", "turn(-1)"), _key("pagedown", "turn(1)"),
        _key("home", "edge(False)"), _key("end", "edge(True)"), _key("enter", "open"), _key("escape", "back"),
        _key("slash", "type('name')"), _key("b", "type('born')"), _key("f", "filter"), _key("s", "sort"),
        _key("r", "reverse"), _key("o", "scope"), _key("x", "reset"), _key("n", "new"), _key("f5", "again"),
        _key("question_mark,f1", "help"), _key("q", "quit"),
    ]  # fmt: skip

    def __init__(self, browse: Browse, start: Start) -> None:
        super().__init__(browse, start.asked)
        self.start = start
        self.typing = TypingLine(browse.pens)
        self._before: Asked | None = None  # what was asked before somebody began to type
        self._waiting: Timer | None = None
        self._begun = False

    def compose(self) -> ComposeResult:
        """Title, table, what is to be said, keys."""
        yield self.title_line
        yield self.grid
        yield self.typing
        yield self.note_line
        yield self.key_line

    async def _first_window(self) -> None:
        """Where the person was before, or the beginning."""
        start = self.start
        fetch = Fetch(0, start.near, inclusive=start.near is not None)
        try:
            await self.begin(fetch, on=start.on)
        except MsregError as error:
            if start.note:
                raise
            self.browse.give_up(error)  # a call that cannot be answered ends, with the exit code of its error
        if start.opened:
            await self._open(start.opened, start.section, start.row, start.note)
        elif start.note:
            self.say(start.note)

    def legend(self) -> Line:
        """The marks of the table."""
        shown = self.listing.shown
        return [Cell(" " + "   ".join(legend(shown)), "grey")] if shown else ()

    def hints(self) -> Hints:
        """The keys of the overview."""
        if self.typing.display:
            return (("Enter", N_("keep")), ("Esc", N_("take back")), ("↑↓", N_("which")))
        new: Hints = (("n", N_("new")),) if self.browse.writes else ()
        return (
            ("Enter", N_("open")), ("/", N_("name")), ("b", N_("born")), ("f", N_("filter")),
            ("s", N_("sort")), ("r", N_("reverse")), ("o", N_("own")), ("x", N_("reset")), *new,
        )  # fmt: skip

    def on_resize(self) -> None:
        """Fit the rows to the screen."""
        if not self._begun:
            self._begun = True
            self.step(self._first_window)
        else:
            self.step(self.resized)

    # -- keys ---------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A letter that is no key of this screen begins a name; any key takes away what was said."""
        self.hush()
        letter = event.character or ""
        bound = event.key in self._bindings.key_to_bindings
        if self.typing.display or bound or not (event.is_printable and letter.isalpha()):
            return
        event.stop()
        self._type("name", letter)

    def action_move(self, by: int) -> None:
        """One up or down."""
        self.step(partial(self.move, by))

    def action_turn(self, way: int) -> None:
        """A page up or down."""
        self.step(lambda: self.move(way * max(2, self.listing.height)))

    def action_edge(self, back: bool) -> None:
        """The first or the last patient."""
        self.step(partial(self.begin, Fetch(0, back=back)))

    def action_again(self) -> None:
        """Look again."""
        self.step(self.again)

    def action_sort(self) -> None:
        """Choose the column to sort on."""
        from msreg.screen.browse.choose_screen import ChooseScreen
        from msreg.screen.browse.told import SORT_NAMES

        keys = list(SORT_NAMES)
        chosen = ChooseScreen(
            self.browse, _("Sort on"), [_(SORT_NAMES[key]) for key in keys], keys.index(self.asked.sort)
        )

        def sort(at: int | None) -> None:
            if at is not None:
                self.step(partial(self.change, self.asked._replace(sort=keys[at], descending=False)))

        self.app.push_screen(chosen, sort)

    def action_reverse(self) -> None:
        """The other way round."""
        self.step(lambda: self.change(self.asked._replace(descending=not self.asked.descending)))

    def action_scope(self) -> None:
        """All, own, shared, all …; the registry office has no patients of its own."""
        own = self.browse.by.centres is not None or self.asked.centre is not None
        scopes = ("all", "own", "shared") if own else ("all", "shared")
        at = scopes.index(self.asked.scope) if self.asked.scope in scopes else 0
        self.step(partial(self.change, self.asked._replace(scope=scopes[(at + 1) % len(scopes)])))

    def action_reset(self) -> None:
        """Everybody again, in the order that was chosen."""
        kept = Asked(sort=self.asked.sort, descending=self.asked.descending)
        self.step(partial(self.change, kept))

    def action_filter(self) -> None:
        """A filter for every column."""
        from msreg.screen.browse.filter_screen import FilterScreen

        def apply(asked: Asked | None) -> None:
            if asked is not None:
                self.step(partial(self.change, asked))

        self.app.push_screen(FilterScreen(self.browse, self.asked), apply)

    def action_help(self) -> None:
        """The keys, one a line."""
        from msreg.screen.browse.help import overview_help
        from msreg.screen.browse.text_screen import TextScreen

        self.app.push_screen(TextScreen(self.browse, _("Keys"), overview_help(self.browse.writes)))

    def action_quit(self) -> None:
        """The end."""
        self.browse.action_leave()

    # -- typing -------------------------------------------------------------------------------------------

    def action_type(self, what: str) -> None:
        """Ask for a name or a birth date."""
        self._type(what, getattr(self.asked, what) or "")

    def _type(self, what: str, text: str) -> None:
        self._before = self.asked
        self.note_line.display = False
        self.typing.ask(what, _(_LABELS[what]), text)
        self.last_hints = ()
        self.show_keys()
        if what == "name" and text != (self.asked.name or ""):
            self._later(text)

    def on_typing_line_typed(self, event: TypingLine.Typed) -> None:
        """Names are looked for while they are typed; the rest at the end."""
        event.stop()
        if event.done:
            self._stop_typing()
            self._look_for(event.what, event.text)
        elif event.what == "name":
            self._later(event.text)

    def _later(self, text: str) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, partial(self._look_for, "name", text))

    def _look_for(self, what: str, text: str) -> None:
        text_or_none: Any = text.strip() or None
        wanted = self.asked._replace(**{what: text_or_none})
        if wanted != self.asked:
            self.step(partial(self.change, wanted))

    def action_back(self) -> None:
        """Leave the field as it was before."""
        if self.typing.display and self._before is not None:
            before = self._before
            self._stop_typing()
            if before != self.asked:
                self.step(partial(self.change, before))

    def _stop_typing(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        self.typing.leave()
        self.last_hints = ALWAYS
        self.show_keys()
        self.note_line.display = True

    # -- patients -----------------------------------------------------------------------------------------

    def here(self) -> Start:
        """Where the person is."""
        here = self.listing.here
        return Start(self.asked, self.listing.top, here["number"] if here else None)

    def action_open(self) -> None:
        """Open the patient under the cursor."""
        self.step(self._open_here)

    async def _open_here(self) -> None:
        if (here := self.listing.here) is not None:
            await self._open(registry_number(here["number"]))

    async def _open(self, patient: str, section: int = 0, row: int = 0, note: str = "") -> None:
        from msreg.screen.browse.patient_screen import PatientScreen, read

        try:
            record = await self.aside(partial(read, self.browse, patient))
        except Exception:
            await self.again()  # somebody else may have taken the patient away
            raise

        def back(_result: Any) -> None:
            self.step(self.again)

        page = PatientScreen(self.browse, self.here, record, section, row)
        await self.app.push_screen(page, back)
        if note:
            page.say(note)

    def action_new(self) -> None:
        """Add a patient, question after question."""
        if self.browse.writes:
            self.browse.exit(Wanted(Record.PATIENT, self.here()))

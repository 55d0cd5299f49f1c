"""One patient over the full screen: the synopsis on top, below it the records by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from msreg.screen.browse.grid import Grid
from msreg.screen.browse.keys import Hints
from msreg.screen.browse.lines import Lines
from msreg.screen.browse.page import Page
from msreg.screen.browse.pens import Line
from msreg.screen.browse.scroll import Scroll
from msreg.screen.browse.sections import SECTIONS, entries_of, patient_rows, which_of
from msreg.screen.browse.state import Start, Wanted
from msreg.screen.language import _
from msreg.screen.synopsis import lines as synopsis_lines
from msreg.screen.table import Cell, Row
from msreg.screen.why import edit_command
from msreg.screen.widths import width as columns
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord, read_record
from msreg.services.synopsis import synopsis_of
from msreg.vocabulary import N_, Record

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse

LEAST_ROWS = 8
"""Lines that the records keep, header included, however long the synopsis is."""


def read(browse: Browse, patient: str) -> PatientRecord:
    """The record of a patient, which is a look that is logged."""
    return read_record(
        browse.registry, by=browse.by, event="patients.browse", patient=patient, segment="dossier"
    )


class PatientScreen(Page):
    """Reads and shows; adding and changing are asked of whoever runs the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("left,shift+tab", "section(-1)", show=False),
        Binding("right,tab", "section(1)", show=False),
        *(Binding(str(at + 1), f"go({at})", show=False) for at in range(len(SECTIONS))),
        Binding("a", "add", show=False),
        Binding("e", "edit", show=False),
        Binding("enter", "enter", show=False),
        Binding("v", "view", show=False),
        Binding("y", "synopsis", show=False),
        Binding("d", "delete", show=False),
        Binding("escape", "leave", show=False),
        Binding("q", "quit", show=False),
        Binding("question_mark,f1", "help", show=False),
    ]

    def __init__(
        self, browse: Browse, start: Callable[[], Start], record: PatientRecord, section: int, row: int
    ) -> None:
        super().__init__(browse)
        self.record = record
        self.overview = start
        self.synopsis = Lines(browse.pens, id="synopsis")
        self.tabs = Lines(browse.pens, id="tabs")
        self.grid = Grid(browse.pens)
        self.section = section
        self.at = Scroll(0, row)
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """The synopsis, the names of the sections, a table, what is to be said, keys."""
        yield self.synopsis
        yield self.tabs
        yield self.grid
        yield self.note_line
        yield self.key_line

    def on_mount(self) -> None:
        """Show the section that was asked for."""
        self._head()

    def on_resize(self) -> None:
        """Fit everything to the screen."""
        self._draw()

    # -- what is shown ------------------------------------------------------------------------------------

    def _synopsis(self, room: int) -> list[Line]:
        found = synopsis_of(self.record, today=self.browse.today)
        return [(" ", *line) for line in synopsis_lines(found, width=room - 2)]

    def _head(self) -> None:
        section = SECTIONS[self.section]
        self.grid.head(section.columns)
        if section.record is Record.PATIENT:
            self._rows = patient_rows(self.record)
        else:
            self._rows = [section.row(self.record, entry) for entry in self.entries]
        self._draw()

    def _draw(self) -> None:
        width, height = self.size.width, self.size.height
        if not height:
            return
        lines = self._synopsis(width)
        room = max(2, height - LEAST_ROWS - 4)
        if len(lines) > room:
            lines = [*lines[: room - 1], [Cell(f" … {_('y: the whole synopsis')}", "grey")]]
        lines.append(())
        self.synopsis.styles.height = len(lines)
        self.synopsis.show(*lines)
        self.tabs.show(self._tabs(width))
        # The table has what is left; its own size is known only after the next layout.
        self._shown = max(1, height - len(lines) - 4)
        self.at.settle(len(self._rows), self._shown)
        self.grid.show(
            self._rows[self.at.top : self.at.top + self._shown],
            self.at.cursor - self.at.top if self._rows else None,
            nothing=_(SECTIONS[self.section].nothing),
        )
        self.show_note()
        self.show_keys()

    def _tabs(self, room: int) -> Line:
        line: list[Cell] = [Cell(" ")]
        names = [
            _(each.label) + ("" if at == 0 else f" {len(entries_of(self.record, each))}")
            for at, each in enumerate(SECTIONS)
        ]
        whole = sum(columns(name) + 3 for name in names) < room
        for at, full in enumerate(names):
            here = at == self.section
            name = full if whole or here else str(at + 1)
            line.append(Cell(f"[{name}]" if here else f" {name} ", "accent" if here else "grey"))
            line.append(Cell(" "))
        return line

    def hints(self) -> Hints:
        """The keys that do something here."""
        writes: Hints = (("Enter", N_("change it")), ("a", N_("add"))) if self.browse.writes else ()
        view: Hints = (("v", N_("view")), ("d", N_("delete it")))
        return (("Esc", N_("back")), ("←→", N_("section")), *writes, *view, ("y", N_("synopsis")))

    # -- which record -------------------------------------------------------------------------------------

    @property
    def entries(self) -> list[Entry]:
        """The records of the section, as the table has them."""
        return entries_of(self.record, SECTIONS[self.section])

    @property
    def here(self) -> Entry | None:
        """The record under the cursor; in the first section it is the patient."""
        if SECTIONS[self.section].record is Record.PATIENT:
            return self.record.dossier.patient
        return self.entries[self.at.cursor] if self.entries else None

    def _back(self) -> Start:
        return replace(self.overview(), opened=self.record.number, section=self.section, row=self.at.cursor)

    # -- keys ---------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Any key takes away what was said."""
        self.hush()

    def action_move(self, by: int) -> None:
        """One record up or down."""
        self.at.step(by, len(self._rows), self._shown)
        self._draw()

    def action_turn(self, way: int) -> None:
        """A page up or down."""
        self.at.page(way * self._shown, len(self._rows), self._shown)
        self._draw()

    def action_section(self, by: int) -> None:
        """The next section."""
        self.action_go((self.section + by) % len(SECTIONS))

    def action_go(self, at: int) -> None:
        """This section."""
        self.section, self.at = at, Scroll()
        self._head()

    def action_enter(self) -> None:
        """Change the record, for who may; show it otherwise."""
        if self.browse.writes:
            self.action_edit()
        else:
            self.action_view()

    def action_edit(self) -> None:
        """Change the record under the cursor, question after question."""
        if self.browse.writes and (entry := self.here) is not None:
            self._enter(which=which_of(entry))

    def action_add(self) -> None:
        """Add a record to the section."""
        from msreg.screen.browse.choose_screen import ChooseScreen

        section = SECTIONS[self.section]
        if not self.browse.writes:
            return
        if section.record is Record.PATIENT:
            self.say(_("Go to the section of what is to be added (← →), and press a there."))
        elif section.kinds:

            def add(at: int | None) -> None:
                if at is not None:
                    self._enter(fixed=section.kinds[at][1])

            names = [_(name) for name, _fixed in section.kinds]
            self.app.push_screen(ChooseScreen(self.browse, _("Add"), names), add)
        else:
            self._enter()

    def _enter(
        self, *, which: Mapping[str, Any] | None = None, fixed: Mapping[str, Any] | None = None
    ) -> None:
        record = SECTIONS[self.section].record
        self.browse.exit(Wanted(record, self._back(), self.record.number, which, fixed or {}))

    def action_delete(self) -> None:
        """Nothing is deleted from here: the command is shown."""
        entry = self.here
        if entry is None:
            return
        if entry.record is Record.PATIENT:
            command = f"msreg patients withdraw {self.record.number} --erase"
        else:
            command = edit_command(self.record, entry).replace(" edit ", " delete ", 1)
        self.say(_("To delete it: {command}").format(command=command))

    def action_view(self) -> None:
        """Every answer of the record under the cursor."""
        from msreg.screen.browse.answers import answer_lines
        from msreg.screen.browse.text_screen import TextScreen

        if (entry := self.here) is not None:
            show = partial(answer_lines, self.record, entry)
            self.app.push_screen(TextScreen(self.browse, _(SECTIONS[self.section].label), show))

    def action_synopsis(self) -> None:
        """The whole synopsis."""
        from msreg.screen.browse.text_screen import TextScreen

        self.app.push_screen(TextScreen(self.browse, _("Synopsis"), self._synopsis))

    def action_help(self) -> None:
        """The keys, one a line."""
        from msreg.screen.browse.help import overview_help
        from msreg.screen.browse.text_screen import TextScreen

        self.app.push_screen(TextScreen(self.browse, _("Keys"), overview_help(self.browse.writes)))

    def action_leave(self) -> None:
        """Back to the overview."""
        self.dismiss(None)

    def action_quit(self) -> None:
        """The end."""
        self.browse.action_leave()

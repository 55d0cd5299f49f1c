"""Questions on a terminal, by questionary: text, one of a list, several of a list.

Each question is wiped when it is answered: what stays on the screen is the line that the entry writes.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app_or_none
from prompt_toolkit.filters import is_done
from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from msreg.screen.edge import edge
from msreg.screen.entry_lines import label_room
from msreg.screen.entry_told import below
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.prompter import Move, Option, Question, Reply
from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.terminal_keys import HELP, with_end, with_keys, with_letters
from msreg.screen.terminal_line import Harmless, can_be_mended, one_line
from msreg.screen.terminal_search import Search, found, named
from msreg.screen.widths import cut, pad, width, wrap

_SEARCHED = 12
"""A list that is longer is searched by typing instead of walked through."""

_STYLE = Style(
    [
        # Of the 16 colours and no background: they follow the theme of the terminal, light or dark.
        ("qmark", "nobold ansired"),
        ("question", "bold"),
        ("answer", "nobold ansicyan"),
        ("instruction", "dim"),
        ("pointer", "ansicyan"),
        ("highlighted", "ansicyan"),
        ("selected", "noreverse ansicyan"),
        ("status", "dim"),
        ("placeholder", "dim"),
        ("completion-menu", "noreverse bg:default fg:default"),
        ("completion-menu.completion", "noreverse bg:default fg:default"),
        ("completion-menu.completion.current", "noreverse bg:default ansicyan bold"),
        ("completion-menu.meta.completion", "noreverse bg:default fg:default dim"),
        ("completion-menu.meta.completion.current", "noreverse bg:default ansicyan"),
        ("scrollbar.background", "bg:default"),
        ("scrollbar.button", "bg:default reverse"),
    ]
)

_OPEN = "\0open"


class Terminal:
    """A person at a terminal: `?` helps, ctrl-b goes back, ctrl-c stops."""

    def __init__(self) -> None:
        # A terminal that waits for single keys is of no use to a shell: who is told to end puts it back first.
        signal.signal(signal.SIGTERM, _stop)

    def ask(self, question: Question) -> Reply:
        """The reply; help is shown as often as it is asked for, and what is wrong with a reply until it is right."""
        typed: str | None = None
        while True:
            reply = self._ask(question if typed is None else replace(question, value=typed))
            if reply is HELP:
                _show_help(question)
                continue
            if isinstance(reply, Move) or (wrong := _wrong(question, reply)) is None:
                return found(question.options, reply) if _searched(question) and reply else reply
            if not question.options or _searched(question):
                typed = reply if reply and can_be_mended(reply) else ""
            below(Screen(edge()), wrong, "red")

    def _ask(self, question: Question) -> Reply:
        if question.several:
            return self._several(question)
        if question.options and not _searched(question):
            return self._one(question)
        return self._text(question)

    def _text(self, question: Question) -> Reply:
        """A text, of a question with a long list too: what was typed or chosen below it, or None."""
        offered = next((o.title for o in question.options if o.value == question.value), question.value)
        offered = safe(offered or "")
        asked = questionary.text(
            _label(question),
            default=offered,
            qmark=_mark(question),
            style=_STYLE,
            input_processors=[Harmless()],
            completer=Search(question.options) if question.options else None,
            complete_while_typing=bool(question.options),
            reserve_space_for_menu=6 if question.options else 0,
            placeholder=[("class:placeholder", question.shape)] if question.shape else None,
            erase_when_done=True,
            color_depth=_depth(),
        )
        reply = with_keys(_with_status(asked.application, question.status), offered=offered).run()
        return one_line(reply) or None if isinstance(reply, str) else reply

    def _one(self, question: Question) -> Reply:
        # Nothing is picked for who only presses Enter: where no answer is offered, one line stands for none.
        left_open = question.open_words is not None or question.value is None
        nothing = questionary.Choice(question.open_words or _("choose one"), value=_OPEN)
        asked = questionary.select(
            _label(question),
            choices=[*([nothing] if left_open else []), *(_choice(each, 3) for each in question.options)],
            default=_OPEN if question.value is None else question.value,
            qmark=_mark(question),
            pointer="❯",
            style=_STYLE,
            use_jk_keys=False,
            instruction=" ",
            erase_when_done=True,
            color_depth=_depth(),
        )
        app = with_letters(_with_status(asked.application, question.status), question.options, int(left_open))
        reply = with_keys(with_end(app)).run()
        return None if reply is _OPEN else reply

    def _several(self, question: Question) -> Reply:
        chosen = question.value or ()
        how, status = _("space chooses, enter goes on"), question.status
        if 3 + width(_label(question)) + width(how) >= edge().width:
            how, status = " ", how  # on a narrow terminal it stands below
        asked = questionary.checkbox(
            _label(question),
            choices=[_choice(each, 5, checked=each.value in chosen) for each in question.options],
            qmark=_mark(question),
            pointer="❯",
            style=_STYLE,
            use_jk_keys=False,
            instruction=how,
            erase_when_done=True,
            color_depth=_depth(),
        )
        app = with_letters(_with_status(asked.application, status), question.options, 0)
        reply = with_keys(with_end(app)).run()
        return tuple(reply) or None if isinstance(reply, list) else reply


def _stop(_number: int, _frame: object) -> None:
    app = get_app_or_none()
    if app is None or not app.is_running:
        raise KeyboardInterrupt
    if not app.is_done:
        app.exit(exception=KeyboardInterrupt)


def _depth() -> ColorDepth | None:
    return None if edge().color else ColorDepth.DEPTH_1_BIT  # --no-color, which prompt_toolkit cannot know of


def _searched(question: Question) -> bool:
    return len(question.options) > _SEARCHED and not question.several


def _wrong(question: Question, reply: Reply) -> str | None:
    """What is wrong with a reply; an answer of a list is right, but there has to be one."""
    if _searched(question) and reply:
        hits = len({each.value for each in named(question.options, reply)})
        if hits > 1:
            return _("more than one of the list; type more of the name, or choose it with the arrow keys")
        return None if hits else _("not in the list; type part of a name, or ? for help")
    if not question.options or (reply is None and (_searched(question) or question.several)):
        return question.check(reply or "")
    if reply is None and question.open_words is None:
        return _("choose one of these")
    return None


def _with_status(app: Application[Any], status: str) -> Application[Any]:
    if status:
        line = Window(FormattedTextControl([("class:status", status)]), height=1, dont_extend_height=True)
        below = ConditionalContainer(line, filter=~is_done)
        focused = app.layout.current_window
        app.layout = Layout(HSplit([app.layout.container, below]), focused_element=focused)
    return app


def _choice(option: Option, before: int, *, checked: bool = False) -> questionary.Choice:
    """One line of a list, or more on a narrow terminal; `before` is what stands in front of it."""
    lines = [cut(each, edge().width - before) for each in wrap(safe(option.title), edge().width - before)]
    return questionary.Choice(("\n" + " " * before).join(lines), value=option.value, checked=checked)


def _label(question: Question) -> str:
    room = label_room(edge().width)
    text = safe(question.label)
    return pad(text, room) if width(text) <= room else text


def _mark(question: Question) -> str:
    return "*" if question.required else " "


def _show_help(question: Question) -> None:
    screen = Screen(edge(), out=sys.stdout)
    screen.line(Cell(question.label.strip(), "accent"))
    for line in question.help:
        screen.text(line, "grey", indent=2)
    keys = _("enter keeps what stands there, ctrl-b goes back, ctrl-c stops and keeps your answers")
    screen.text(keys, "grey", indent=2)

"""Questions on a terminal, by questionary: text, one of a list, several of a list.

Each question is wiped when it is answered: what stays on the screen is the line that the entry writes.
"""

from __future__ import annotations

import sys
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Iterable
from typing import Any

import questionary
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, is_done
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from msreg.screen.edge import edge
from msreg.screen.entry_lines import label_room
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.prompter import Move, Option, Question, Reply
from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width

_HELP = object()
_SEARCHED = 12
"""A list that is longer is searched by typing instead of walked through."""

_STYLE = Style(
    [
        # Of the 16 colours and no background: they follow the theme of the terminal, light or dark.
        ("qmark", "ansired"),
        ("question", ""),
        ("answer", "ansicyan"),
        ("pointer", "ansicyan"),
        ("highlighted", "ansicyan"),
        ("selected", "ansicyan"),
        ("status", "noreverse ansibrightblack"),
        ("bottom-toolbar", "noreverse"),
        ("bottom-toolbar.text", "noreverse"),
        ("validation-toolbar", "noreverse bg:default ansired"),
        ("placeholder", "ansibrightblack"),
        ("completion-menu", "noreverse bg:default fg:default"),
        ("completion-menu.completion", "noreverse bg:default fg:default"),
        ("completion-menu.completion.current", "noreverse bg:default ansicyan bold"),
        ("completion-menu.meta.completion", "noreverse bg:default ansibrightblack"),
        ("completion-menu.meta.completion.current", "noreverse bg:default ansicyan"),
    ]
)


class Terminal:
    """A person at a terminal: `?` helps, ctrl-b goes back, ctrl-c stops."""

    def ask(self, question: Question) -> Reply:
        """The reply; help is shown as often as it is asked for."""
        while True:
            reply = self._ask(question)
            if reply is not _HELP:
                return reply
            _show_help(question)

    def _ask(self, question: Question) -> Reply:
        if question.several:
            return self._several(question)
        if question.options and len(question.options) <= _SEARCHED:
            return self._one(question)
        return self._text(question)

    def _text(self, question: Question) -> Reply:
        offered = next((o.title for o in question.options if o.value == question.value), question.value)
        asked = questionary.text(
            _label(question),
            default=safe(offered or ""),
            qmark=_mark(question),
            style=_STYLE,
            validate=_Check(question),
            validate_while_typing=False,
            completer=_Search(question.options) if question.options else None,
            complete_while_typing=bool(question.options),
            reserve_space_for_menu=6 if question.options else 0,
            placeholder=[("class:placeholder", question.shape)] if question.shape else None,
            erase_when_done=True,
        )
        reply = _run(_with_status(asked.application, question.status), in_text=True)
        if not isinstance(reply, str):
            return reply
        text = one_line(reply)
        if question.options and text:
            return _found(question.options, text)
        return text or None

    def _one(self, question: Question) -> Reply:
        choices = [questionary.Choice(safe(each.title), value=each.value) for each in question.options]
        if question.open_words is not None:
            # First, so that an enter too many never becomes an answer.
            choices.insert(0, questionary.Choice(question.open_words, value=_OPEN))
        asked = questionary.select(
            _label(question),
            choices=choices,
            default=choices[0].value if question.value is None else question.value,
            qmark=_mark(question),
            pointer="❯",
            style=_STYLE,
            use_jk_keys=False,
            use_search_filter=True,
            instruction=" ",
            erase_when_done=True,
        )
        reply = _run(_with_status(asked.application, question.status))
        return None if reply is _OPEN else reply

    def _several(self, question: Question) -> Reply:
        chosen = question.value or ()
        asked = questionary.checkbox(
            _label(question),
            choices=[
                questionary.Choice(each.title, value=each.value, checked=each.value in chosen)
                for each in question.options
            ],
            qmark=_mark(question),
            pointer="❯",
            style=_STYLE,
            use_jk_keys=False,
            instruction=_("space chooses, enter goes on"),
            erase_when_done=True,
        )
        reply = _run(_with_status(asked.application, question.status))
        return tuple(reply) or None if isinstance(reply, list) else reply


_OPEN = "\0open"


class _Check(Validator):
    """Says below the line what is wrong with a text, and does not let it through."""

    def __init__(self, question: Question) -> None:
        self._question = question

    def validate(self, document: Document) -> None:
        text = one_line(document.text)
        options = self._question.options
        wrong = self._question.check(text)
        if options and text and wrong is None and _found(options, text) is None:
            wrong = _("not in the list; type part of a name, or ? for help")
        if wrong:
            raise ValidationError(cursor_position=len(document.text), message=safe(wrong))


class _Search(Completer):
    """Finds options by any part of their title or of their other words."""

    def __init__(self, options: Iterable[Option]) -> None:
        self._options = tuple(options)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text.casefold().strip()
        for each in self._options:
            words = (each.title, *each.words)
            if any(typed in word.casefold() for word in words):
                other = next((w for w in each.words if typed and w.casefold().startswith(typed)), "")
                yield Completion(each.title, start_position=-len(document.text), display_meta=other)


def _found(options: Iterable[Option], text: str) -> Any:
    """The value of the one option that a text names; None when it names none or more."""
    typed = text.casefold()
    found = {o.value for o in options if typed in (o.title.casefold(), *(w.casefold() for w in o.words))}
    found = found or {o.value for o in options if any(typed in w.casefold() for w in (o.title, *o.words))}
    return found.pop() if len(found) == 1 else None


def one_line(text: str) -> str:
    """What was typed or pasted as one line: line ends and tabs become spaces."""
    return " ".join(text.split()) if any(c in "\r\n\t\v\f" for c in text) else text.strip()


def _run(app: Application[Any], *, in_text: bool = False) -> Any:
    """Run a question with msreg's keys on top of its own."""
    keys = KeyBindings()
    empty = Condition(lambda: not in_text or not get_app().current_buffer.text)

    @keys.add("c-b", eager=True)
    def back(event: KeyPressEvent) -> None:
        event.app.exit(result=Move.BACK)

    @keys.add("?", eager=True, filter=empty)
    def help_wanted(event: KeyPressEvent) -> None:
        event.app.exit(result=_HELP)

    app.key_bindings = merge_key_bindings([app.key_bindings, keys] if app.key_bindings else [keys])
    failed: list[BaseException] = []

    def leave(_loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        # prompt_toolkit would print a traceback, with what was typed in it.
        failed.append(context.get("exception") or RuntimeError("the terminal failed"))
        if app.is_running:
            app.exit(result=None)

    reply = app.run(
        pre_run=lambda: get_running_loop().set_exception_handler(leave), set_exception_handler=False
    )
    if failed:
        raise failed[0]
    return reply


def _with_status(app: Application[Any], status: str) -> Application[Any]:
    # Right below the question: prompt_toolkit's own toolbar waits for a terminal that tells its cursor.
    if status:
        line = Window(FormattedTextControl([("class:status", status)]), height=1, dont_extend_height=True)
        below = ConditionalContainer(line, filter=~is_done)
        focused = app.layout.current_window
        app.layout = Layout(HSplit([app.layout.container, below]), focused_element=focused)
    return app


def _label(question: Question) -> str:
    room = label_room(edge().width)
    text = safe(question.label)
    return pad(text, room) if width(text) <= room else text


def _mark(question: Question) -> str:
    return "*" if question.required else " "


def _show_help(question: Question) -> None:
    screen = Screen(edge(), out=sys.stdout)
    screen.line(Cell(question.label, "accent"))
    for line in question.help:
        screen.text(line, "grey", indent=2)
    keys = _("enter keeps what stands there, ctrl-b goes back, ctrl-c stops and keeps your answers")
    screen.text(keys, "grey", indent=2)

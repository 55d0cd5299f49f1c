"""The keys of a question on a terminal, on top of those that its kind has already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.selection import SelectionState
from questionary.prompts.common import InquirerControl

from msreg.screen.prompter import Move, Option
from msreg.screen.terminal_search import ranked

HELP = object()
"""What a question gives when somebody asks for help."""


def with_keys(app: Application[Any], *, offered: str | None = None) -> Application[Any]:
    """Give a question the keys for help and back. `offered` is the text that stood in it; None for a list.

    A question mark is one as soon as somebody has typed something.
    """
    keys = KeyBindings()
    untouched = Condition(lambda: offered is None or get_app().current_buffer.text in ("", offered))

    @keys.add("c-b", eager=True)
    def back(event: KeyPressEvent) -> None:
        event.app.exit(result=Move.BACK)

    @keys.add("?", eager=True, filter=untouched)
    def help_wanted(event: KeyPressEvent) -> None:
        event.app.exit(result=HELP)

    if offered:
        _select(app, keys)
    return _with(app, keys)


def _select(app: Application[Any], keys: KeyBindings) -> None:
    """Let the text that is offered stand selected, as in a form of a window: who types replaces it.

    Otherwise somebody who types the whole answer anew would lengthen the old one. Moving the cursor, or wiping a
    letter, begins to mend it.
    """
    buffer = app.current_buffer
    buffer.selection_state = SelectionState(0)
    buffer.selection_state.enter_shift_mode()
    selected = Condition(lambda: get_app().current_buffer.selection_state is not None)

    @keys.add(Keys.Backspace, eager=True, filter=selected)
    def wipe(event: KeyPressEvent) -> None:
        event.current_buffer.exit_selection()
        event.current_buffer.delete_before_cursor()

    @keys.add(Keys.BracketedPaste, eager=True, filter=selected)
    def paste(event: KeyPressEvent) -> None:
        event.current_buffer.cut_selection()
        event.current_buffer.insert_text(event.data.replace("\r\n", "\n").replace("\r", "\n"))


def with_letters(app: Application[Any], options: Sequence[Option], before: int) -> Application[Any]:
    """Let letters point at an answer of a list. `before`: so many lines stand above the options.

    The first letters are enough; a letter that finds nothing with those before it begins anew.
    """
    keys, control = KeyBindings(), _control(app)
    typed = ""

    def letter(event: KeyPressEvent) -> None:
        nonlocal typed
        if len(event.data) != 1 or not event.data.isprintable():
            return
        for text in (typed + event.data, event.data):
            if text.strip() and (hits := ranked(options, text)):
                typed, control.pointed_at = text, before + options.index(hits[0])
                return

    def anew(_event: KeyPressEvent) -> None:
        nonlocal typed
        typed = ""

    keys.add(Keys.Any)(letter)
    for key in ("a", "i"):  # these would take all, or turn all round, where several may be chosen
        keys.add(key, eager=True)(letter)
    keys.add(Keys.Backspace, eager=True)(anew)
    keys.add(Keys.BracketedPaste, eager=True)(_nothing)
    return _with(app, keys)


def with_end(app: Application[Any]) -> Application[Any]:
    """Let ctrl-d and a signal stop at a list too, as they do at a text."""
    keys = KeyBindings()

    @keys.add("c-d", eager=True)
    def end(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    @keys.add("<sigint>")
    def interrupt(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    return _with(app, keys)


def _nothing(_event: KeyPressEvent) -> None:
    """A paste into a list says nothing."""


def _control(app: Application[Any]) -> InquirerControl:
    found: Callable[[], Any] = app.layout.find_all_windows
    return next(each.content for each in found() if isinstance(each.content, InquirerControl))


def _with(app: Application[Any], keys: KeyBindings) -> Application[Any]:
    app.key_bindings = merge_key_bindings([app.key_bindings, keys] if app.key_bindings else [keys])
    return app

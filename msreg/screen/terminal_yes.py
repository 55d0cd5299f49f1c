"""A question that one key answers: yes or no, in the words and with the keys of the language."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from msreg.screen.language import _

YES, NO = "yYjJ", "nN"
"""The letters of both languages: whoever typed y for years goes on doing so."""


def ask_yes(question: str) -> bool:
    """Whether the person says yes; enter says no. Raises `KeyboardInterrupt` when they stop."""
    answered: list[bool] = []
    keys = KeyBindings()

    def answers(letter: str, answer: bool) -> None:
        @keys.add(letter)
        def pressed(event: KeyPressEvent) -> None:
            answered.append(answer)
            event.app.exit(result="")

    for letter in YES:
        answers(letter, True)
    for letter in (*NO, Keys.ControlM):
        answers(letter, False)

    @keys.add(Keys.ControlC, eager=True)
    def stops(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    @keys.add(Keys.Any)
    def nothing(event: KeyPressEvent) -> None:
        """Any other key is no answer."""

    def shown() -> FormattedText:
        told = (_("yes") if answered[0] else _("no")) if answered else _("(y/N)")
        return FormattedText([("#5f819d", "?"), ("bold", f" {question} "), ("", f"{told} ")])

    session: PromptSession[str] = PromptSession(shown, key_bindings=keys)
    session.app.run()
    return answered[0]

"""Which document of the theme's list a file is, asked of who uploads it."""

from __future__ import annotations

from msreg.formats.upload_names import clean_name
from msreg.forms.themes import Theme
from msreg.rules.case_guess import guessed
from msreg.screen.case_words import label
from msreg.screen.language import _
from msreg.screen.prompter import Move, Option, Prompter, Question
from msreg.screen.prompting import prompter
from msreg.screen.safe import safe
from msreg.services.case_files import OTHER


def ask_wanted(about: Theme, name: str, *, ask: Prompter | None = None) -> str:
    """The key of a document of the list, or `OTHER`. What the file's name tells is offered."""
    guess = guessed(name, about.wanted)
    options = [Option(each.key, label(each), (each.key,)) for each in about.wanted if each.form is None]
    question = Question(
        label=_("What is {file}?").format(file=safe(clean_name(name))),
        name="--as",
        value=guess.key if guess else OTHER,
        options=(*options, Option(OTHER, _("something else"))),
        open_words=None,
    )
    who = ask or prompter()
    while True:
        reply = who.ask(question)
        if isinstance(reply, str) and not isinstance(reply, Move):
            return reply

"""Single questions of a form, asked by a command that lacks an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from msreg.forms.columns import forms_of
from msreg.screen.entry_lines import as_question, read
from msreg.screen.prompter import Move, Prompter
from msreg.screen.prompting import prompter
from msreg.vocabulary import Record


def ask_answer(
    record: Record, key: str, *, option: str, today: date, required: bool = True, ask: Prompter | None = None
) -> Any:
    """The answer to one question of a form; asked until there is one, unless it may stay open.

    `option` is what would have given it: where nobody can be asked, a usage error names it.
    """
    form = next(form for form in forms_of(record) if key in form.by_key)
    question = as_question(form, form[key], {}, today=today, needed=required, status="")
    question = replace(question, label=question.label.strip(), name=option, required=required, value=None)
    who = ask or prompter()
    while True:
        reply = who.ask(question)
        if isinstance(reply, Move):
            continue  # there is no question before this one
        if reply is None and required:
            continue
        return read(form[key], reply, today)[0] if isinstance(reply, str) else reply

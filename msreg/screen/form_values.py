"""What the Tab key offers of the forms: answers to a question, keys of questions, sheets and their columns.

All of it is the same for everybody and stands in the codebook: no registry is opened for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from typer._click.core import Context

from msreg.screen.language import _, active
from msreg.screen.manual import ANSWER
from msreg.vocabulary import N_, Record

if TYPE_CHECKING:
    from msreg.forms.definition import Choice, Item

YES_OR_NO = N_("yes|no")

Told = list[tuple[str, str]]


def answers_to(item: Item) -> Callable[[Context, list[str], str], Told]:
    """A completion with the possible answers to a question, for the option that takes its answer."""

    def complete(ctx: Context, args: list[str], incomplete: str) -> Told:
        if item.type == "boolean":
            return _yes_or_no(incomplete)
        if item.type == "choices":  # codes with commas between them; the last is being typed
            before, comma, begun = incomplete.rpartition(",")
            given = set(before.split(","))
            left = [each for each in item.choices if each.code not in given]
            return [(before + comma + word, help) for word, help in _named(left, begun)]
        return list(_named(item.choices, incomplete))

    return complete


def question_keys(ctx: Context, incomplete: str) -> Told:
    """The keys of the questions that this verb has options for (`--clear`), with what they ask."""
    asked = (each for each in ctx.command.params if (each.name or "").startswith(ANSWER))
    # Options are written with hyphens, keys of the codebook with underscores; both are read.
    keys = ((str(each.name).removeprefix(ANSWER), str(getattr(each, "help", ""))) for each in asked)
    return [(key.replace("_", "-") if "-" in incomplete else key, help) for key, help in keys]


def keys_of_records(ctx: Context, incomplete: str) -> Told:
    """The keys of all questions about a patient, or about the kind of record that `--record` names."""
    from msreg.forms.columns import forms_of

    wanted = ctx.params.get("record")
    records = [Record(getattr(wanted, "value", wanted))] if wanted else list(Record)
    items = (item for record in records for form in forms_of(record) for item in form.items)
    return list({item.key: item.label[active()] for item in items}.items())


def sheet_keys() -> Told:
    """The sheets of a batch file."""
    from msreg.forms.columns import sheets

    return [(sheet.key, sheet.label[active()]) for sheet in sheets()]


def column_keys(incomplete: str) -> Told:
    """Columns of an export with commas between them, of which the last is being typed."""
    from msreg.forms.columns import sheets

    before, comma, begun = incomplete.rpartition(",")
    found: dict[str, str] = {}
    for sheet in sheets():
        for column in sheet.columns:
            # The name of a sheet is offered once it is being typed: most columns are of one sheet.
            key = f"{sheet.key}.{column.key}" if "." in begun else column.key
            found.setdefault(key, column.label[active()])
    return [(before + comma + key, label) for key, label in found.items()]


def _yes_or_no(incomplete: str) -> Told:
    own = _(YES_OR_NO).split("|")
    fits = [word for word in own if word.startswith(incomplete)]
    return [(word, "") for word in fits or YES_OR_NO.split("|")]


def _named(choices: Iterable[Choice], begun: str) -> Iterator[tuple[str, str]]:
    """Choices by code; by another of their names, such as a brand, when no code begins like this."""
    small = begun.casefold()
    found = [each for each in choices if each.code.casefold().startswith(small)]
    for each in found:
        yield begun + each.code[len(begun) :], each.label[active()]
    if found:
        return
    for each in choices:
        for name in dict.fromkeys(name.casefold() for name in each.also):
            if name.startswith(small) and name.isalnum():
                yield begun + name[len(begun) :], each.label[active()]

"""Questions of a form as options of a command: `--mri-new-t2`, one a question (SPEC C2).

They are made when the command is used, not when its module loads: reading a form costs time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from typer._click.core import Context, Parameter
from typer.core import TyperOption

from msreg.screen.command import Command
from msreg.screen.language import _, active
from msreg.vocabulary import N_, CaseForm, DiseaseKind, Record

if TYPE_CHECKING:
    from msreg.forms.definition import Item

METAVARS = {  # by the value of forms.definition.Type, which 3 ms of every start would go into
    "text": N_("TEXT"),
    "date": N_("DATE"),
    "partial_date": N_("DATE"),
    "integer": N_("NUMBER"),
    "decimal": N_("NUMBER"),
    "boolean": N_("yes|no"),
    "choice": N_("CODE"),
    "choices": N_("CODES"),
}

_given: ContextVar[dict[str, str] | None] = ContextVar("given", default=None)


def given() -> Mapping[str, str]:
    """The answers that were given as options, by the keys of the codebook."""
    return _given.get() or {}


def _take(_ctx: Context, param: Parameter, value: str | None) -> None:
    if value is not None and param.name is not None:
        _given.set({**given(), param.name.removeprefix("answer_"): value})


def asking(record: Record, kind: DiseaseKind | None = None) -> type[Command]:
    """A kind of command with an option for every question of a record; for `command(..., base=)`.

    `kind`: only the questions of one kind of row of the disease history.
    """
    return type("FormCommand", (FormCommand,), {"record": record, "disease": kind})


def asking_form(form: CaseForm) -> type[Command]:
    """The same for a form that is no record of a patient: one of a case."""
    return type("CaseFormCommand", (CaseFormCommand,), {"form": form})


class FormCommand(Command):
    """A verb whose options are the questions of one kind of record."""

    record: ClassVar[Record]
    disease: ClassVar[DiseaseKind | None] = None

    def make_context(self, *words: Any, **settings: Any) -> Context:
        """Add the options of the form, then go on as every command does."""
        _given.set(None)
        if not any(param.name and param.name.startswith("answer_") for param in self.params):
            self.params = [*self._questions(), *self.params]
        return super().make_context(*words, **settings)

    def _questions(self) -> list[TyperOption]:
        from msreg.screen.form_values import answers_to

        return [
            TyperOption(
                param_decls=[f"answer_{item.key}", "--" + item.key.replace("_", "-")],
                type=str,
                expose_value=False,
                callback=_take,
                help=item.label[active()],
                metavar=_(METAVARS[item.type]),
                autocompletion=answers_to(item),
            )
            for item in self._items()
        ]

    def _items(self) -> Iterator[Item]:
        from msreg.forms.columns import forms_of

        for form in forms_of(self.record):
            others = {each for each in DiseaseKind if each is not self.disease}
            for item in form.items:
                sections = {each.value for each in others} if self.disease else set()
                if not (self.disease and item.key == "kind") and item.section not in sections:
                    yield item


class CaseFormCommand(FormCommand):
    """A verb whose options are the questions of one form of a case."""

    form: ClassVar[CaseForm]

    def _items(self) -> Iterator[Item]:
        from msreg.forms.load import load

        yield from load(self.form).items

"""`msreg proms value` and `sets`: index values without a registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msreg.errors import Refused
from msreg.screen.command import command
from msreg.screen.result import Result
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.rules.eq5d import ValueSet


def _set_names() -> list[str]:
    from msreg.forms.value_sets import value_sets

    return [each.name for each in value_sets()]


VALUE_SET = typer.Option(
    "--value-set",
    help=N_("Value set by name (see msreg proms sets), or a file of your own ending in .toml."),
    autocompletion=_set_names,
)


def value_set_named(name: str | None) -> ValueSet:
    """The value set of an option: by name, or in a file; the published Dutch one when there is no option."""
    from msreg.forms.value_sets import default_set, named, own_set

    if name is None:
        return default_set()
    return own_set(Path(name).expanduser()) if name.endswith(".toml") else named(name)


def add_value(app: typer.Typer) -> None:
    """The verbs `value` and `sets` of `msreg proms`."""

    @command(app, "value", help=N_("The index value of a profile; needs no registry."),
             example="msreg proms value 21345\nmsreg proms value 21345 --value-set NL-EuroQol-7dp --json",
             json=True)  # fmt: skip
    def value_(
        profile: Annotated[
            str,
            typer.Argument(
                help=N_(
                    "Five digits from 1 to 5: mobility, self-care, usual activities, pain or discomfort,"
                    " anxiety or depression."
                )
            ),
        ],
        value_set: Annotated[str | None, VALUE_SET] = None,
    ) -> Result:
        """Exit 6 for what is no profile."""
        from msreg.rules.eq5d import value
        from msreg.screen.proms import value_result

        used = value_set_named(value_set)
        found = _profile(profile)
        return value_result(found, value(found, used), used)

    @command(app, "sets", help=N_("The value sets that there are, with their source."),
             example="msreg proms sets", json=True)  # fmt: skip
    def sets() -> Result:
        """The one that index values are kept in stands first."""
        from msreg.forms.value_sets import value_sets
        from msreg.screen.proms import sets_result

        return sets_result(value_sets())


def _profile(text: str) -> str:
    from msreg.rules.eq5d import DIMENSIONS, LEVELS, MISSING, is_profile

    found = text.strip()
    if is_profile(found):
        return found
    if len(found) == len(DIMENSIONS) and set(found) <= {*LEVELS, MISSING}:
        raise Refused(
            N_("This profile has no index value: a 9 stands for a level that was not answered."),
            field="profile",
        )
    raise Refused(
        N_("This is not a profile of the EQ-5D-5L, which has five digits from 1 to 5, such as 21345."),
        field="profile",
    )

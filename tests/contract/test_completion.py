"""Every value that msreg knows beforehand is completed, whichever verb it belongs to (decision 0027)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer._click.core import Context, Parameter
from typer._click.types import IntParamType
from typer._types import TyperChoice
from typer.models import TyperPath

from msreg.cli import root
from msreg.commands.completing import FINDERS
from msreg.screen.kinds import Kind
from msreg.screen.options import DateType

NOT_KNOWN = {
    "born", "city", "code", "date_", "effect", "email", "event", "from_", "host", "month", "name", "number", "patient_number", "profile",
    "project", "pseudonym", "purpose",
    "reason", "remark",
    "since", "text", "to", "until", "user", "when",
}  # fmt: skip
"""What nobody but the person at the keyboard knows, or what says who somebody is."""


def parameters(command: Any, ctx: Context, path: str = "") -> Iterator[tuple[str, Parameter]]:
    """Each argument and option that takes a value, with its command."""
    if not hasattr(command, "list_commands"):
        read = command.make_context(ctx.info_name, [], parent=ctx.parent, resilient_parsing=True)
        yield from (
            (path.strip(), each) for each in command.get_params(read) if not getattr(each, "is_flag", False)
        )
        return
    for name in command.list_commands(ctx):
        below = command.load(ctx, name)
        yield from parameters(below, Context(below, info_name=name, parent=ctx), f"{path} {name}")


FOUND = list(parameters(root(), Context(root(), info_name="msreg")))
EXPLAINED = (TyperChoice, TyperPath, IntParamType, DateType)
"""Types that shells complete, or that hold a number or a day of one's own choice."""


@pytest.mark.parametrize("path", sorted({path for path, _ in FOUND}))
def test_each_argument_and_option_is_completed_or_not_known_beforehand(path: str) -> None:
    for _path, each in (pair for pair in FOUND if pair[0] == path):
        completed = each._custom_shell_complete is not None  # type: ignore[attr-defined]
        assert completed or isinstance(each.type, EXPLAINED) or each.name in NOT_KNOWN, each.name


@pytest.mark.parametrize("path", sorted({path for path, _ in FOUND}))
def test_every_patient_is_a_patient(path: str) -> None:
    """One kind for all verbs: numbers, and nothing else of people."""
    for _path, each in (pair for pair in FOUND if pair[0] == path):
        if each.name == "patient":
            found = each._custom_shell_complete  # type: ignore[attr-defined]
            assert found is not None
            offers = found.__closure__[0].cell_contents.__wrapped__
            assert Kind.PATIENT in [cell.cell_contents for cell in offers.__closure__]


@pytest.mark.parametrize("path", sorted({path for path, each in FOUND if each.name == "case"}))
def test_every_case_is_a_case(path: str) -> None:
    (each,) = (each for place, each in FOUND if place == path and each.name == "case")
    found = each._custom_shell_complete  # type: ignore[attr-defined]
    assert found is not None
    offers = found.__closure__[0].cell_contents.__wrapped__
    assert Kind.CASE in [cell.cell_contents for cell in offers.__closure__]


def test_each_kind_has_a_finder() -> None:
    assert set(FINDERS) == set(Kind)

"""What every command on data begins with: the registry, who is at work, and what day it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from msreg import clock
from msreg.errors import Usage
from msreg.screen.edge import Edge, edge
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.services.access import whoami
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.services.drafts import Draft


@dataclass(frozen=True, slots=True)
class Desk:
    """The place of work of one command."""

    registry: Registry
    by: Actor
    today: date
    edge: Edge


@contextmanager
def at_work(*, told: bool = False) -> Iterator[Desk]:
    """Open the registry of this call for the person at the keyboard.

    `--today` is taken only in a registry of made-up people (C7). A person with an unfinished entry is told how
    to go on, unless the command tells that itself (`told`).
    """
    call = edge()
    with Registry.open(call.settings) as registry:
        if call.today is not None and not registry.made_up:
            raise Usage(N_("The option --today is for demo and test registries only."), field="today")
        by = whoami(registry, call.settings.environ)
        left = _unfinished(registry, by) if call.interactive and not told else []
        yield Desk(registry, by, call.today or clock.today(), call)
        if left:
            from msreg.screen.drafts import tell_drafts

            still = {each.id for each in _unfinished(registry, by)}  # this call may have finished one
            tell_drafts([each for each in left if each.id in still])
        if registry.unmarked is not None:
            Screen(call).note(
                _("The log could not be marked outside the database: {why}").format(
                    why=registry.unmarked.text(_)
                )
            )


def _unfinished(registry: Registry, by: Actor) -> list[Draft]:
    """The actor's entries that were not finished before this call."""
    with registry.light(keep=True) as db:
        if db.one("SELECT 1 FROM draft WHERE begun_by = ?", (by.user,)) is None:
            return []
    from msreg.services.drafts import drafts_of

    return drafts_of(registry, by=by)

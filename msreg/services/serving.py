"""Pages are opened to who comes by a link: who started that, and where they are (S5)."""

from __future__ import annotations

from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Right

EVENT = "pages.serve"


def note_serving(registry: Registry, *, by: Actor, place: str, check: bool = False) -> None:
    """Note in the log that the pages are opened, or that it was looked whether they can be (`check`).

    `place` is where they listen. Raises `NotAllowed` for who may not send mails either: the links in these lead here.
    """
    with looking(registry, by=by, event=EVENT, right=Right.REMINDERS_RUN) as look:
        look.action = Action.READ if check else Action.EXECUTE
        look.about = {"place": place, "check": check}

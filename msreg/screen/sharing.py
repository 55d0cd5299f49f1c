"""What sharing a patient did, for people and for programs."""

from __future__ import annotations

from typing import Any

from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.services.shares import Sharing


def sharing_result(done: Sharing) -> Result:
    """The result of `patients share` and `patients unshare`."""
    return Result(_data(done), lambda screen: _show(screen, done))


def _show(screen: Screen, done: Sharing) -> None:
    if done.until is None:
        text = _(
            "{patient} is shared with {centre} ({name}) from {date} on: both centres may add and change."
        )
        screen.text(
            text.format(patient=done.number, centre=done.centre, name=done.name, date=day(done.since))
        )
        screen.next(f"msreg patients unshare {done.number} --with {done.centre}", _("Take it back"))
        return
    text = _("{patient} is no longer shared with {centre} ({name}). What that centre wrote stays.")
    screen.text(text.format(patient=done.number, centre=done.centre, name=done.name))
    screen.next(f"msreg patients show {done.number}")


def _data(done: Sharing) -> dict[str, Any]:
    return {
        "registry_number": done.number,
        "centre": done.centre,
        "name": done.name,
        "since": done.since,
        "until": done.until,
    }

"""From the overview to a guided entry and back, until the person is done."""

from __future__ import annotations

import os
from datetime import date

from msreg.errors import MsregError
from msreg.screen.browse.app import Browse
from msreg.screen.browse.state import End, Start, Wanted
from msreg.screen.language import _, ngettext
from msreg.services import access
from msreg.services.patients import Asked
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Right


def browse(registry: Registry, *, by: Actor, today: date, asked: Asked, color: bool) -> None:
    """Show the overview until it is left.

    The full screen ends before questions are asked, and comes up again at the same place after them: the
    questions have the terminal, and Ctrl-C, to themselves. Raises `NotAllowed` before anything is shown,
    `KeyboardInterrupt` for Ctrl-C, and what broke the screen, which writes no traceback of its own.
    """
    access.require(registry, by=by, right=Right.PATIENTS_READ, event="patients.browse")
    if not color:
        os.environ["NO_COLOR"] = "1"  # the one word for it that textual listens to
    start = Start(asked)
    while True:
        app = Browse(registry, by=by, today=today, start=start, color=color)
        wanted = app.run(mouse=False)  # selecting with the mouse stays the terminal's
        if app.fault is not None:
            raise app.fault
        if wanted is End.LEFT:
            return
        if not isinstance(wanted, Wanted):
            raise KeyboardInterrupt  # by the key, or by a signal
        start = entered(registry, by=by, today=today, wanted=wanted)


def entered(registry: Registry, *, by: Actor, today: date, wanted: Wanted) -> Start:
    """Ask the questions of an entry; gives where to go on, with a line that says what came of it."""
    from msreg.screen.guided import guide

    try:
        done = guide(
            registry, by=by, today=today, record=wanted.record, patient=wanted.patient, which=wanted.which,
            fixed=wanted.fixed,
        )  # fmt: skip
    except KeyboardInterrupt:
        return wanted.back.saying(_("Stopped."))
    except MsregError as error:
        return wanted.back.saying("  ".join(filter(None, (error.text(_), error.hint_text(_)))))
    if not done.open_questions:
        return wanted.back.saying(_("Saved."))
    lacking = ngettext("{count} open question", "{count} open questions", len(done.open_questions))
    return wanted.back.saying(_("Saved, with {questions}.").format(questions=lacking))

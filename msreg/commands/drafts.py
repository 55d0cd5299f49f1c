"""`msreg drafts`: entries that were begun on a terminal and not finished."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.ask import confirm
from msreg.screen.command import command, group
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_

app = group("drafts", help=N_("Your entries that are not finished: go on, or throw them away."))

Number = Annotated[
    int | None, typer.Argument(min=1, help=N_("Its number in the list; the newest when left out."))
]


@command(
    app, "list", help=N_("Your unfinished entries, newest first."), example="msreg drafts list", json=True
)
def list_() -> Result:
    """Kind of record, patient and moment; the answers are seen on going on."""
    from msreg.screen.drafts import drafts_data, show_drafts
    from msreg.services.drafts import drafts_of

    with at_work(told=True) as desk:
        found = drafts_of(desk.registry, by=desk.by)
    return Result(lambda: drafts_data(found), lambda screen: show_drafts(screen, found))


@command(app, "resume", help=N_("Go on with an unfinished entry, at the question where it stopped."),
         example="msreg drafts resume\nmsreg drafts resume 2")  # fmt: skip
def resume(number: Number = None) -> Result:
    """Needs a terminal: without one nobody can be asked."""
    from msreg.services.drafts import drafts_of, find_draft

    with at_work(told=True) as desk:
        if not desk.edge.interactive:
            raise Usage(
                N_("An entry goes on at a terminal, and nobody can be asked here."),
                hint=N_("Give the answers that are open as options: msreg patients why"),
            )
        draft = find_draft(drafts_of(desk.registry, by=desk.by), number)
        from msreg.screen.entered import entered_result, follow_up
        from msreg.screen.guided import guide

        done = guide(desk.registry, by=desk.by, today=desk.today, record=draft.record, draft_id=draft.id)
        follow_up(desk.registry, done, by=desk.by, today=desk.today)
    return entered_result(done)


@command(app, "discard", help=N_("Throw an unfinished entry away; what stands in a record stays there."),
         example="msreg drafts discard\nmsreg drafts discard 2 --yes", json=True)  # fmt: skip
def discard(
    number: Number = None, yes: Annotated[bool, typer.Option("--yes", help=N_("Do not ask first."))] = False
) -> Result:
    """Asks first."""
    from msreg.screen.drafts import draft_data, in_words
    from msreg.services import drafts

    with at_work(told=True) as desk:
        draft = drafts.find_draft(drafts.drafts_of(desk.registry, by=desk.by), number)
        confirm(_("Throw away {what}?").format(what=in_words(draft)), yes=yes)
        gone = drafts.discard(desk.registry, by=desk.by, draft_id=draft.id)

    def show(screen: Screen) -> None:
        screen.line(_("Thrown away: {what}.").format(what=in_words(gone)))

    def data() -> dict[str, Any]:
        return {"discarded": draft_data(gone)}

    return Result(data, show)

"""`msreg reminders`: which mails are due, and sending them (R1-R5). What cron runs."""

from __future__ import annotations

from functools import partial

from msreg.commands.mail_options import DryRun, Yes
from msreg.commands.opening import at_work
from msreg.commands.reminders_log import Kinds, add_log
from msreg.commands.reminders_password import add_password
from msreg.commands.reminders_preview import add_preview
from msreg.screen.command import command, group
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.vocabulary import N_

app = group(
    "reminders", help=N_("Mails to patients, centres and notifiers: which are due, and sending them.")
)


@command(app, "due", help=N_("What would go to whom and why: mails that wait, and mails that are due."),
         example="msreg reminders due\nmsreg reminders due --kind prom-invitation --jsonl",
         json=True)  # fmt: skip
def due(kind: Kinds = None) -> Result:
    """Nothing is written but the log."""
    from msreg.screen.reminders import due_result
    from msreg.services.reminders import due as service

    with at_work() as desk:
        found = service(desk.registry, by=desk.by, today=desk.today, kinds=kind or None)
        return due_result(found, shown=desk.edge.settings.page_size)


@command(app, "run", help=N_("Send what is due, once, and what waits for another attempt."),
         example="msreg reminders run\nmsreg reminders run --dry-run --kind course-digest", json=True)  # fmt: skip
def run(kind: Kinds = None, dry_run: DryRun = False, yes: Yes = False) -> Result:
    """Asks first on a terminal; unattended it goes on, as cron wants it (SPEC 0, C5).

    Exit 7 when something was refused, failed or waits for later, 9 when the mail server could not be used at all.
    """
    from msreg.screen.ask import confirm
    from msreg.screen.errors import fail
    from msreg.screen.reminders_ran import is_any, ran_result, tell_before
    from msreg.services.reminders_run import Ran
    from msreg.services.reminders_run import run as service

    with at_work() as desk:

        def go(*, dry: bool) -> Ran:
            work = partial(
                service, desk.registry, by=desk.by, today=desk.today, kinds=kind or None, dry_run=dry
            )
            if not desk.edge.terminal:
                return work()  # whom cron mails what is printed wants to read of nothing but the end
            with progress(_("mails")) as step:
                return work(step=step)

        if desk.edge.interactive and not (dry_run or yes):
            tried = go(dry=True)
            if is_any(tried):
                tell_before(Screen(desk.edge), tried)
                confirm(_("Send?"), yes=False)
        ran = go(dry=dry_run)
        if ran.sent.away is not None:
            fail(ran.sent.away, desk.edge)  # why; what was done before it is told too
        return ran_result(ran)


add_log(app)
add_preview(app)
add_password(app)

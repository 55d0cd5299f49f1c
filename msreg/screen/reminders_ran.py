"""What a run of the reminders did: one line for people, one document for programs (SCREENS, "Reminders at night")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msreg.errors import Partial, Unavailable
from msreg.mail.transports import mail_folder
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.reminders import by_kind, mails
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.services.outbox_counts import Tally
from msreg.services.reminders_run import Ran
from msreg.vocabulary import MailKind


def is_any(tried: Ran) -> bool:
    """Whether there is anything to send."""
    return bool(_going(tried))


def tell_before(screen: Screen, tried: Ran) -> None:
    """What would go out and by which way, for who is asked whether it may."""
    settings, counts = screen.edge.settings, _going(tried)
    if settings.mail.transport == "folder":
        text = _("{mails} would go into the folder {where}: {kinds}.")
        where = str(mail_folder(settings))
    else:
        text = _("{mails} would go out by the mail server {where}: {kinds}.")
        where = str(settings.mail.host)
    screen.text(text.format(mails=mails(sum(counts.values())), where=where, kinds=by_kind(counts)))


def ran_result(ran: Ran) -> Result:
    """The result of `reminders run`."""
    return Result(_data(ran), lambda screen: _show(screen, ran), _exit_code(ran))


def _exit_code(ran: Ran) -> int:
    whole = ran.sent.whole
    if ran.sent.away is not None and not (whole.sent or whole.refused):
        return Unavailable.exit_code
    return Partial.exit_code if whole.refused or whole.later or whole.failed or ran.sent.away else 0


def _show(screen: Screen, ran: Ran) -> None:
    if ran.dry_run:
        _show_dry(screen, ran)
        return
    parts = [_of_kind(kind, tally) for kind, tally in _tallies(ran)]
    if not parts:
        # Whom cron mails what it prints reads nothing on a day without mails.
        if screen.edge.terminal:
            screen.line(_("Nothing was to be sent."))
        return
    line = f"{day(ran.today)}  {' · '.join(parts)}"
    whole = ran.sent.whole
    if whole.refused or whole.failed:
        line += " " + _("(MS desk: {command})").format(command="msreg reminders log --failed")
    screen.text(line)


def _show_dry(screen: Screen, ran: Ran) -> None:
    counts = _going(ran)
    if not counts:
        screen.line(_("Nothing would be sent."))
        return
    screen.text(f"{day(ran.today)}  {_('would be sent')}: {by_kind(counts)}")
    screen.line(_("Nothing was written or sent."), tone="grey")


def _of_kind(kind: MailKind, tally: Tally) -> str:
    return f"{kind.value} {', '.join(_outcomes(tally))}"


def _outcomes(tally: Tally) -> Iterator[str]:
    """41 sent, 1 refused by the server."""
    if tally.sent:
        yield ngettext("{count} sent", "{count} sent", tally.sent)
    if tally.refused:
        yield ngettext("{count} refused by the server", "{count} refused by the server", tally.refused)
    if tally.failed:
        yield ngettext("{count} failed", "{count} failed", tally.failed)
    if tally.later:
        yield ngettext("{count} waits for later", "{count} wait for later", tally.later)
    if tally.cancelled:
        yield ngettext("{count} not needed any more", "{count} not needed any more", tally.cancelled)


def _tallies(ran: Ran) -> list[tuple[MailKind, Tally]]:
    """What became of the mails, in the order of the kinds; kinds without any are left out."""
    return [(kind, ran.sent.kinds[kind]) for kind in MailKind if kind in ran.sent.kinds]


def _going(ran: Ran) -> dict[MailKind, int]:
    """How many of each kind a dry run would send: those that are due and those that wait."""
    counts = {kind: ran.queued.get(kind, 0) + ran.waiting.get(kind, 0) for kind in MailKind}
    return {kind: count for kind, count in counts.items() if count}


def _data(ran: Ran) -> dict[str, Any]:
    kinds = [kind for kind in MailKind if kind in ran.queued or kind in ran.waiting or kind in ran.sent.kinds]
    return {
        "today": ran.today,
        "dry_run": ran.dry_run,
        "queued": sum(ran.queued.values()),
        "waiting": sum(ran.waiting.values()),
        **_counts(ran.sent.whole),
        "kinds": [
            {
                "kind": kind,
                "queued": ran.queued.get(kind, 0),
                "waiting": ran.waiting.get(kind, 0),
                **_counts(ran.sent.kinds.get(kind, Tally())),
            }
            for kind in kinds
        ],
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in ("sent", "refused", "later", "cancelled", "failed")}

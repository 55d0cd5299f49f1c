"""A patient who wants no mail any more, or wants it again: what is asked and what was done."""

from __future__ import annotations

from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.services.mail_stopping import MailStanding


def question(tried: MailStanding, *, stop: bool) -> str:
    """What is asked before it is done."""
    text = _("Send {patient} no mail any more?") if stop else _("Send {patient} mails again?")
    return text.format(patient=tried.number)


def stopped_result(done: MailStanding, *, dry_run: bool) -> Result:
    """The result of `patients mail`."""

    def show(screen: Screen) -> None:
        screen.text(_told(done))
        if dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        else:
            screen.next(f"msreg patients show {done.number}")

    data = {
        "registry_number": done.number,
        "dry_run": dry_run,
        "mail_stopped_on": done.stopped_on,
        "ask_due_on": done.ask_due_on,
    }
    return Result(data, show)


def _told(done: MailStanding) -> str:
    if done.stopped_on is not None:
        text = _("{patient} gets no mail any more since {date}; what waited is cancelled. Consent stays.")
        return text.format(patient=done.number, date=day(done.stopped_on))
    if not done.has_address:
        return _("{patient} gets mails again, once there is an e-mail address.").format(patient=done.number)
    if done.ask_due_on is None:
        return _("{patient} gets mails again; none is due now.").format(patient=done.number)
    text = _("{patient} gets mails again; the next invitation is due on {date}.")
    return text.format(patient=done.number, date=day(done.ask_due_on))

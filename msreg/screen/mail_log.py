"""The log of mails: what became of each, and what trying again or cancelling did."""

from __future__ import annotations

from typing import Any

from msreg.errors import Partial
from msreg.screen.language import _, ngettext
from msreg.screen.mail_words import STATES, TONES, reason_words
from msreg.screen.output import Screen
from msreg.screen.reminders import mails
from msreg.screen.result import Result
from msreg.screen.shown import day, moment
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.outbox_desk import Cancelled, MailPage, Retried
from msreg.services.outbox_mails import Mail
from msreg.vocabulary import N_, MailState

COLUMNS = (
    Column("mail", N_("Mail")),
    Column("kind", N_("Kind")),
    Column("who", N_("About"), shrink=1, least=12),
    Column("period", N_("For"), drop=1),
    Column("told", N_("What became of it"), shrink=2, least=26, wrap=True),
)


def log_result(found: MailPage, *, failed: bool) -> Result:
    """The result of `reminders log`."""
    return Result(
        lambda: [mail_data(each) for each in found.rows], lambda screen: _show(screen, found, failed)
    )


def mail_data(each: Mail) -> dict[str, Any]:
    """A mail for programs; never its address."""
    who = each.who or None
    return {
        "mail": each.name,
        "id": each.id,
        "kind": each.kind,
        "who": who,
        "registry_number": who if each.patient_id else None,
        "case": who if each.notification_id else None,
        "user": who if each.operator_id and not each.notification_id else None,
        "centre": each.centre,
        "due_on": each.due_on,
        "period": each.period,
        "state": each.state,
        "reason": each.reason,
        "code": each.code,
        "tries": each.tries,
        "queued_at": each.queued_at,
        "next_at": each.next_at if each.state is MailState.NEW else None,
        "sent_at": each.sent_at,
    }


def in_words(each: Mail) -> str:
    """What became of a mail: "sent on 2026-12-01 07:00", "waits until …: the server asked to try later (451: …)"."""
    why = reason_words(each.reason, each.code)
    if each.state is MailState.SENT:
        return _("sent on {moment}").format(moment=moment(each.sent_at))
    if each.state is MailState.NEW:
        if each.tries == 0:
            return _("waits for the next run") + (f": {why}" if why else "")
        waits = _("waits until {moment}").format(moment=moment(each.next_at))
        return f"{waits}: {why}" if why else waits
    state = _(STATES[each.state])
    return f"{state}: {why}" if why else state


def _show(screen: Screen, found: MailPage, failed: bool) -> None:
    if not found.rows:
        if found.page > 1:
            screen.line(_("There are no more mails."))
        elif failed:
            screen.line(_("No mail failed."))
        else:
            screen.line(_("There are no such mails."))
        return
    screen.table(Table(COLUMNS, [_cells(each) for each in found.rows]))
    screen.line()
    counts = " · ".join(f"{count} {_(STATES[state])}" for state, count in found.counts.items())
    screen.line(_("Page {page}, newest first.").format(page=found.page), f"  {counts}", tone="grey")
    retried = next((each for each in found.rows if each.state is MailState.FAILED), None)
    if retried is not None:
        screen.next(f"msreg reminders retry {retried.name}", _("Once what was wrong is mended"))
    if found.more:
        screen.next(f"msreg reminders log --page {found.page + 1}", _("Older mails"))


def _cells(each: Mail) -> Row:
    return row(
        each.name,
        each.kind.value,
        each.who or None,
        _period(each.period),
        Cell(in_words(each), TONES[each.state]),
    )


def _period(period: str) -> str | None:
    """What a mail is for: a day, a month, or after how many weeks."""
    if period.startswith("w"):
        weeks = int(period[1:])
        return ngettext("{count} week", "{count} weeks", weeks)
    return day(period)


def retry_question(tried: Retried) -> str:
    """What is asked before all that failed are tried anew."""
    return _("{mails} would be tried anew at the next run. Go on?").format(mails=mails(len(tried.again)))


def retried_result(done: Retried) -> Result:
    """The result of `reminders retry`; done in part when addresses are still as they were."""

    def show(screen: Screen) -> None:
        if not (done.again or done.same_address):
            screen.line(_("No mail failed."))
            return
        if done.again:
            text = (
                ngettext(
                    "{count} mail would wait for the next run.",
                    "{count} mails would wait for the next run.",
                    len(done.again),
                )
                if done.dry_run
                else ngettext(
                    "{count} mail waits for the next run.",
                    "{count} mails wait for the next run.",
                    len(done.again),
                )
            )
            screen.line(text)
        if done.same_address:
            text = ngettext(
                "{count} mail stays: the server refused its address, and nobody changed that since.",
                "{count} mails stay: the server refused their addresses, and nobody changed those since.",
                len(done.same_address),
            )
            screen.text(text, tone="orange")
            for each in done.same_address:
                screen.line(f"  {each.name}  {each.who}")
        if done.dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        elif done.again:
            screen.next("msreg reminders run", _("Send them"))

    data = {
        "dry_run": done.dry_run,
        "again": [mail_data(each) for each in done.again],
        "same_address": [mail_data(each) for each in done.same_address],
    }
    return Result(data, show, Partial.exit_code if done.same_address else 0)


def cancel_question(tried: Cancelled) -> str:
    """What is asked before a mail is cancelled or its links end."""
    mail = tried.mail
    if mail.state is MailState.SENT:
        text = _("This mail ({kind}, {who}) went out on {day}. End its links?")
        return text.format(kind=mail.kind.value, who=mail.who or "–", day=_day(mail))
    text = _("Keep this mail ({kind}, {who}) from going out?")
    return text.format(kind=mail.kind.value, who=mail.who or "–")


def cancelled_result(done: Cancelled) -> Result:
    """The result of `reminders cancel`."""

    def show(screen: Screen) -> None:
        screen.text(_cancelled(done))
        if done.dry_run:
            screen.line(_("Nothing was written."), tone="grey")

    return Result({**mail_data(done.mail), "dry_run": done.dry_run, "links_ended": done.revoked}, show)


def _cancelled(done: Cancelled) -> str:
    if done.mail.state is not MailState.SENT:
        return _("The mail {mail} does not go out.").format(mail=done.mail.name)
    if not done.revoked:
        text = _("The mail {mail} went out on {day}; none of its links works any more.")
        return text.format(mail=done.mail.name, day=_day(done.mail))
    links = ngettext(
        "{count} link in it does nothing from now on.",
        "{count} links in it do nothing from now on.",
        done.revoked,
    )
    text = _("The mail {mail} went out on {day}: {links}")
    return text.format(mail=done.mail.name, day=_day(done.mail), links=links)


def _day(mail: Mail) -> str:
    return (moment(mail.sent_at) or day(mail.due_on) or "").partition(" ")[0]

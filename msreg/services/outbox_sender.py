"""The loop that sends: one transaction a mail, which marks the one before and claims the next (decision 0043).

The content of a mail leaves only when the mark of the mail before it is committed. Who is killed at any moment leaves
at most one mail that went out without a mark; it is sent again with the same Message-ID.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

from msreg.errors import Busy, MsregError, Unavailable
from msreg.mail.messages import BadAddress, build, message_id, on_the_line
from msreg.mail.moulds import Moulds
from msreg.mail.transports import (
    AddressRefused,
    Away,
    Envelope,
    Later,
    MailRefused,
    NotSent,
    NoWay,
    Transport,
)
from msreg.services.marking import mark
from msreg.services.outbox_claims import Claimed, Clerk, Done, Ended, Walk
from msreg.services.outbox_counts import Sent
from msreg.store.anchors import ROWS_BETWEEN
from msreg.store.dbapi import Database, transaction
from msreg.vocabulary import N_, MailReason, MailState

if TYPE_CHECKING:
    from datetime import datetime

AHEAD = 10
"""Mails that are claimed together: fewer pages are written, and at a kill nothing but their claims is undone."""

FRESH = 5.0
"""Seconds for which the last look at a mail holds; then it is looked at once more before it goes out."""
SHAKY = 5
"""So many times in a row without a mail that gets through, for no reason of its own: the server is not there."""
_PATIENCE = 120.0
"""Seconds that a mark waits for others who write: what went out must be known to have gone."""


class Sender:
    """Sends what waits, through one transport, until nothing is left or the server is away."""

    def __init__(
        self,
        clerk: Clerk,
        db: Database,
        transport: Transport,
        *,
        limit: int | None = None,
        step: Callable[[int], None] | None = None,
    ) -> None:
        self.sent = Sent()
        self._step, self._over_with = step, 0
        self._clerk, self._db, self._transport = clerk, db, transport
        self._moulds = Moulds(clerk.registry.settings.office)
        self._left = limit
        self._up_to: datetime = clerk.registry.clock()
        self._walk: Walk | None = Walk()
        self._claimed: deque[Claimed] = deque()
        self._ready: Envelope | Done | None = None
        """The first of them as it goes out."""
        self._done: list[Done] = []
        self._over = False
        self._shaky = 0
        self._since_mark = 0

    def send_all(self) -> Sent:
        """Send one mail after another. What this run tried it does not try again."""
        try:
            while self._has_next():
                self._attempt()
        except BaseException:
            # What is known is written down if that is still possible; the rest is known by the lock.
            with suppress(MsregError):
                self._stop()
            raise
        self._stop()
        return self.sent

    def send_claimed(self, claimed: Claimed) -> Sent:
        """Send this one mail."""
        self._walk = None
        self._claimed.append(claimed)
        return self.send_all()

    def _has_next(self) -> bool:
        """Whether there is a mail to send; what is done is written first when none is claimed."""
        while not self._over and not self._claimed and (self._walk is not None or self._done):
            self._turn()
        return not self._over and bool(self._claimed)

    def _attempt(self) -> None:
        if monotonic() - self._claimed[0].at > FRESH:
            self._look_again()
            return
        claimed, ready = self._claimed.popleft(), self._ready
        self._ready = None
        ready = self._made(claimed) if ready is None else ready
        if isinstance(ready, Envelope):
            ready = self._handed_over(claimed, ready)
        self._done.append(ready)
        if self._shaky >= SHAKY:
            self._over = True
            self.sent.away = Unavailable(
                N_("The mail server breaks off one mail after another; the others wait."),
                hint=N_("Try again later: msreg reminders run"),
            )

    def _look_again(self) -> None:
        """The server takes its time: what was claimed meanwhile waits again, and is looked at anew."""
        self._give_back(None)
        self._walk = Walk()

    def _give_back(self, reason: MailReason | None) -> None:
        self._done += [Done(each, MailState.NEW, reason, tried=False) for each in self._claimed]
        self._count_claimed(-len(self._claimed))
        self._claimed.clear()
        self._ready = None

    def _handed_over(self, claimed: Claimed, envelope: Envelope) -> Done:
        try:
            code = self._transport.send(envelope, first=self._turn, meanwhile=self._make_next)
        except AddressRefused as fault:
            self._shaky = 0
            return Done(claimed, MailState.FAILED, MailReason.ADDRESS_REFUSED, fault.code)
        except MailRefused as fault:
            self._shaky = 0
            return Done(claimed, MailState.FAILED, MailReason.MAIL_REFUSED, fault.code)
        except NoWay:
            return Done(claimed, MailState.FAILED, MailReason.BAD_ADDRESS)
        except Later as fault:
            self._shaky = self._shaky + 1 if fault.shaky else 0
            return Done(claimed, MailState.NEW, MailReason.SERVER_LATER, fault.code, sure=fault.sure)
        except Away as fault:
            self.sent.away, self._over = fault.told, True
            waits = self._clerk.kinds[claimed.kind].waits
            return Done(claimed, MailState.NEW, MailReason.SERVER_AWAY, fault.code, tried=not waits)
        except NotSent as fault:  # of a transport that others made
            return Done(claimed, MailState.NEW, MailReason.SERVER_LATER, fault.code, sure=False)
        self._shaky = 0
        return Done(claimed, MailState.SENT, code=code)

    def _turn(self) -> None:
        """One transaction: the marks of what is done, and the claims of what comes when nothing is claimed."""
        claims = not (self._over or self._claimed or self._walk is None)
        if claims or self._done:
            self._write(claims)

    def _write(self, claims: bool) -> None:
        until = monotonic() + _PATIENCE
        while True:
            try:
                with transaction(self._db):
                    marked = [self._clerk.mark(self._db, each) for each in self._done]
                    found = self._claim() if claims else ([], [], self._walk)
                break
            except Busy:
                if monotonic() > until:
                    raise
                sleep(0.05)
        self._done.clear()
        claimed, ended, self._walk = found
        self._claimed += claimed
        self._count_claimed(len(claimed))
        for each in marked:
            self.sent.count(each)
        for gone in ended:
            self.sent.count(gone)
        self._since_mark += len(marked) + len(ended)
        self._over_with += len(marked) + len(ended)
        if self._step is not None:
            self._step(self._over_with)
        if self._since_mark >= ROWS_BETWEEN:
            self._since_mark = 0
            mark(self._clerk.registry, self._db)

    def _claim(self) -> tuple[list[Claimed], list[Ended], Walk | None]:
        assert self._walk is not None
        most = AHEAD if self._left is None else min(AHEAD, self._left)
        return self._clerk.claim_some(self._db, self._walk, self._up_to, most) if most else ([], [], None)

    def _count_claimed(self, one: int) -> None:
        if self._left is not None:
            self._left -= one

    def _make_next(self) -> None:
        """While the server is busy: the next mail, when it is claimed already."""
        if self._claimed and self._ready is None:
            self._ready = self._made(self._claimed[0])

    def _made(self, claimed: Claimed) -> Envelope | Done:
        """The mail as it goes out; or that it cannot be made, which is of this mail alone."""
        from jinja2 import TemplateError

        sender, to = self._transport.sender, claimed.to
        links = claimed.made.values
        kind = claimed.kind.value.replace("-", "_")
        try:
            text = self._moulds.message(kind, to.language, to.values, links)
            name = message_id(claimed.row["key"], sender.address)
            address = on_the_line(to.to)
            content = build(
                text,
                to=address,
                sender=sender,
                message_id=name,
                at=self._clerk.registry.clock(),
                unsubscribe=None if to.unsubscribe is None else links[to.unsubscribe],
            )
        except BadAddress:
            return Done(claimed, MailState.FAILED, MailReason.BAD_ADDRESS)
        except (MsregError, ValueError, KeyError, TemplateError):
            return Done(claimed, MailState.FAILED, MailReason.NOT_MADE)
        return Envelope(sender.address, address, content, name)

    def _stop(self) -> None:
        """Write what is done, and give back what was claimed and not begun."""
        self._over = True
        self._give_back(None if self.sent.away is None else MailReason.SERVER_AWAY)
        if self._done:
            self._turn()
        mark(self._clerk.registry, self._db)

"""The loop that sends: some mails are claimed together, sent one by one, and marked together (decision 0043).

Each mail is noted in the lock of its worker as soon as the server has answered, before the next one goes. Who is killed
at any moment leaves at most one mail that went out without a note; it is sent again with the same Message-ID.
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
    NotWanted,
    NoWay,
    Transport,
)
from msreg.services.marking import mark
from msreg.services.outbox_claims import Claimed, Clerk, Walk
from msreg.services.outbox_counts import Sent
from msreg.services.outbox_done import Done, Ended
from msreg.store.anchors import ROWS_BETWEEN
from msreg.store.dbapi import Database, changes, transaction
from msreg.store.locks import Held
from msreg.vocabulary import N_, MailReason, MailState

if TYPE_CHECKING:
    from datetime import datetime

AHEAD = 50
"""Mails that are claimed and marked together: one transaction writes the same pages for all of them."""

FRESH = 5.0
"""Seconds for which mails stay claimed that are not begun; then they wait again, and others may have them."""
SHOWN = 1.0
"""Seconds after which what went out is marked, however slow the server is: people look at the log of mails."""
SHAKY = 5
"""So many times in a row without a mail that gets through, for no reason of its own: the server is not there."""
_PATIENCE = 120.0
"""Seconds that marks wait for others who write."""


class Sender:
    """Sends what waits, through one transport, until nothing is left or the server is away."""

    def __init__(
        self,
        clerk: Clerk,
        db: Database,
        lock: Held,
        transport: Transport,
        *,
        limit: int | None = None,
        step: Callable[[int], None] | None = None,
    ) -> None:
        self.sent = Sent()
        self._clerk, self._db, self._lock, self._transport = clerk, db, lock, transport
        self._moulds = Moulds(clerk.registry.settings.office)
        self._left = limit
        self._step, self._count = step, 0
        self._up_to: datetime = clerk.registry.clock()
        self._walk: Walk | None = Walk()
        self._claimed: deque[Claimed] = deque()
        self._seen: int | None = None
        """How the registry stood when they were claimed; None when that is not known."""
        self._ready: Envelope | MailReason | None = None
        """The first of them as it goes out, or why it cannot be made."""
        self._done: list[Done] = []
        self._over = False
        self._shaky = 0
        self._since_mark = 0
        self._turned = monotonic()

    def send_all(self) -> Sent:
        """Send one mail after another. What this run tried it does not try again."""
        try:
            while self._has_next():
                self._attempt()
        except BaseException:
            # What is known is written down if that is still possible; else whoever comes next reads the notes.
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
        """Whether there is a mail to send. What is done is written when none is claimed, or a while has passed."""
        if self._done and monotonic() - self._turned > SHOWN:
            self._turn()
        while not self._over and not self._claimed and (self._walk is not None or self._done):
            self._turn()
        return not self._over and bool(self._claimed)

    def _attempt(self) -> None:
        if monotonic() - self._claimed[0].clock > FRESH:
            self._begin_anew()  # the server takes its time
            return
        claimed, ready = self._claimed.popleft(), self._ready
        self._ready = None
        ready = self._made(claimed) if ready is None else ready
        if isinstance(ready, MailReason):
            self._note(self._clerk.done(claimed, MailState.FAILED, ready))
        else:
            try:
                done = self._handed_over(claimed, ready)
            except NotWanted:
                if self._clerk.kinds[claimed.kind].waits:
                    self._claimed.appendleft(claimed)
                    self._begin_anew()
                    return
                done = self._clerk.done(claimed, MailState.NEW, MailReason.OVERTAKEN)
            self._note(done)
        if self._shaky >= SHAKY:
            self._over = True
            self.sent.away = Unavailable(
                N_("The mail server breaks off one mail after another; the others wait."),
                hint=N_("Try again later: msreg reminders run"),
            )

    def _handed_over(self, claimed: Claimed, envelope: Envelope) -> Done:
        done, shaky = self._clerk.done, self._shaky
        self._shaky = 0
        try:
            code = self._transport.send(
                envelope, wanted=lambda: self._is_wanted(claimed), meanwhile=self._make_next
            )
        except AddressRefused as fault:
            return done(claimed, MailState.FAILED, MailReason.ADDRESS_REFUSED, fault.code)
        except MailRefused as fault:
            return done(claimed, MailState.FAILED, MailReason.MAIL_REFUSED, fault.code)
        except NoWay:
            return done(claimed, MailState.FAILED, MailReason.BAD_ADDRESS)
        except Later as fault:
            self._shaky = shaky + 1 if fault.shaky else 0
            return done(claimed, MailState.NEW, MailReason.SERVER_LATER, fault.code, sure=fault.sure)
        except Away as fault:
            self.sent.away, self._over = fault.told, True
            waits = self._clerk.kinds[claimed.kind].waits
            return done(claimed, MailState.NEW, MailReason.SERVER_AWAY, fault.code, tried=not waits)
        except NotSent as fault:  # of a transport that others made
            return done(claimed, MailState.NEW, MailReason.SERVER_LATER, fault.code, sure=False)
        return done(claimed, MailState.SENT, code=code)

    def _is_wanted(self, claimed: Claimed) -> bool:
        """The last look. While nobody else wrote anything since the claim it would find what that found."""
        return self._seen == changes(self._db) or self._clerk.is_still(self._db, claimed)

    def _begin_anew(self) -> None:
        """Let all that is claimed wait again, to be looked at anew."""
        self._give_back(None)
        self._walk = Walk()

    def _note(self, done: Done) -> None:
        self._done.append(done)
        if done.tried:
            try:
                self._lock.note(done.note())
            except OSError:
                self._turn()  # no room for a note: it is marked at once
        self._tell(1)

    def _tell(self, more: int) -> None:
        self._count += more
        if self._step is not None and more:
            self._step(self._count)

    def _turn(self) -> None:
        """One transaction: the marks of what is done, and the claims of what comes when nothing is claimed."""
        claims = not (self._over or self._claimed or self._walk is None)
        if claims or self._done:
            self._write(claims)
        self._turned = monotonic()

    def _write(self, claims: bool) -> None:
        until = monotonic() + _PATIENCE
        while True:
            try:
                with transaction(self._db):
                    self._clerk.mark(self._db, self._done)
                    found = self._claim() if claims else ([], [], self._walk)
                    seen = changes(self._db) if claims else self._seen
                break
            except Busy:
                if monotonic() > until:
                    raise
                sleep(0.05)
        self._lock.wipe()
        for each in self._done:
            self.sent.count(each)
        (claimed, ended, self._walk), self._seen = found, seen
        for gone in ended:
            self.sent.count(gone)
        self._tell(len(ended))
        self._since_mark += len(self._done) + len(ended)
        self._done = []
        self._claimed += claimed
        self._count_claimed(len(claimed))
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

    def _give_back(self, reason: MailReason | None) -> None:
        self._done += [self._clerk.done(each, MailState.NEW, reason, tried=False) for each in self._claimed]
        self._count_claimed(-len(self._claimed))
        self._claimed.clear()
        self._ready = None

    def _make_next(self) -> None:
        """While the server is busy: the next mail, when it is claimed already."""
        if self._claimed and self._ready is None:
            self._ready = self._made(self._claimed[0])

    def _made(self, claimed: Claimed) -> Envelope | MailReason:
        """The mail as it goes out; or why it cannot be made, which is of this mail alone."""
        from jinja2 import TemplateError

        sender, to, links = self._transport.sender, claimed.to, claimed.made.values
        try:
            text = self._moulds.message(claimed.kind.value.replace("-", "_"), to.language, to.values, links)
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
            return MailReason.BAD_ADDRESS
        except (MsregError, ValueError, KeyError, TemplateError):
            return MailReason.NOT_MADE
        return Envelope(sender.address, address, content, name)

    def _stop(self) -> None:
        """Write what is done, and give back what was claimed and not begun."""
        self._over = True
        self._give_back(None if self.sent.away is None else MailReason.SERVER_AWAY)
        self._turn()
        mark(self._clerk.registry, self._db)

"""What became of the mails of a run, counted by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from msreg.errors import MsregError
from msreg.services.outbox_done import Done, Ended, kind_of
from msreg.vocabulary import MailKind, MailReason, MailState

REFUSED = frozenset({MailReason.ADDRESS_REFUSED, MailReason.MAIL_REFUSED})


@dataclass(slots=True)
class Tally:
    """Of one kind: mails that went out, were refused by the server, wait, were not wanted, or failed otherwise."""

    sent: int = 0
    refused: int = 0
    later: int = 0
    cancelled: int = 0
    failed: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass(slots=True)
class Sent:
    """Of a run, by kind; `away` says why it stopped when the mail server could not be used."""

    kinds: dict[MailKind, Tally] = field(default_factory=dict)
    away: MsregError | None = None

    @property
    def whole(self) -> Tally:
        """Of all kinds together."""
        found = Tally()
        for each in self.kinds.values():
            found += each
        return found

    def of(self, kind: MailKind) -> Tally:
        """Of one kind."""
        return self.kinds.setdefault(kind, Tally())

    def count(self, each: Done | Ended) -> None:
        """One more."""
        if isinstance(each, Done) and not each.tried:
            return  # given back: it waits as before
        tally = self.of(kind_of(each))
        if each.state is MailState.SENT:
            tally.sent += 1
        elif each.state is MailState.NEW:
            tally.later += 1
        elif each.state is MailState.CANCELLED:
            tally.cancelled += 1
        elif each.reason in REFUSED:
            tally.refused += 1
        else:
            tally.failed += 1

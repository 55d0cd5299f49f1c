"""Mails of the outbox in words: how they stand, and why one did not go out."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.screen.language import _
from msreg.screen.tones import Tone
from msreg.vocabulary import N_, MailReason, MailState

STATES: Mapping[MailState, str] = {
    MailState.NEW: N_("waits"),
    MailState.SENDING: N_("is being sent"),
    MailState.SENT: N_("sent"),
    MailState.FAILED: N_("failed"),
    MailState.CANCELLED: N_("cancelled"),
}
TONES: Mapping[MailState, Tone] = {
    MailState.NEW: "orange",
    MailState.SENDING: "orange",
    MailState.SENT: "green",
    MailState.FAILED: "red",
    MailState.CANCELLED: "grey",
}
REASONS: Mapping[MailReason, str] = {
    MailReason.NO_ADDRESS: N_("no e-mail address"),
    MailReason.BAD_ADDRESS: N_("not an e-mail address"),
    MailReason.ADDRESS_REFUSED: N_("address refused"),
    MailReason.MAIL_REFUSED: N_("mail refused by the server"),
    MailReason.NOT_MADE: N_("it could not be made; see the settings of the office"),
    MailReason.SERVER_LATER: N_("the server said later"),
    MailReason.SERVER_AWAY: N_("the mail server was away"),
    MailReason.GAVE_UP: N_("given up after two days of trying"),
    MailReason.STOPPED: N_("the patient wants no mail"),
    MailReason.WITHDRAWN: N_("the patient withdrew consent"),
    MailReason.DECEASED: N_("the patient died"),
    MailReason.ENDED: N_("the treatment ended"),
    MailReason.ERASED: N_("the patient was erased"),
    MailReason.ANSWERED: N_("it was answered already"),
    MailReason.OVERTAKEN: N_("something newer took its place"),
    MailReason.NOTHING_DUE: N_("nothing is due any more"),
    MailReason.NOT_TAKING_PART: N_("notifier or centre takes no part any more"),
    MailReason.EXPIRED: N_("it is too late for it"),
    MailReason.BY_HAND: N_("by hand"),
}
_OF_THE_SERVER = frozenset(
    {MailReason.ADDRESS_REFUSED, MailReason.MAIL_REFUSED, MailReason.SERVER_LATER, MailReason.SERVER_AWAY,
     MailReason.GAVE_UP}
)  # fmt: skip
"""Reasons to which the server's last answer belongs."""
_CODES: Mapping[int, str] = {
    550: N_("no such mailbox, or blocked"),
    551: N_("the mailbox is elsewhere"),
    552: N_("the mailbox is full"),
    553: N_("the address is not allowed"),
    554: N_("the server takes no mail of this kind"),
    450: N_("the mailbox is busy"),
    451: N_("the server had trouble"),
    452: N_("the server has no room"),
    421: N_("the server closes"),
    535: N_("the name or the password for the server is wrong"),
}


def reason_words(reason: MailReason | None, code: int | None) -> str | None:
    """Why a mail stands as it does: "address refused (550: no such mailbox, or blocked)"."""
    if reason is None:
        return None
    text = _(REASONS[reason])
    if code is None or reason not in _OF_THE_SERVER:
        return text
    return f"{text} ({code}: {_(_CODES[code])})" if code in _CODES else f"{text} ({code})"

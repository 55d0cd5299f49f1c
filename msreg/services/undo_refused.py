"""Why a change cannot be taken back, as one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.errors import Conflict, Phrase
from msreg.services.hindrances import SHARE, Hindrance, Reason
from msreg.vocabulary import N_

_WORDS: Mapping[str, str] = {
    "patient": N_("patient"),
    "course": N_("course"),
    "disease": N_("disease event"),
    "medication": N_("medication"),
    "adverse_event": N_("side effect"),
    "eq5d5l": N_("questionnaire"),
    SHARE: N_("share"),
}
_BY_HAND = N_("See what it was with: msreg patients history {patient}; then change it by hand.")


def refusal(found: Hindrance) -> Conflict:
    """The error of one hindrance. It names patient, record, rule and who, and no answers."""
    what = {
        "patient": found.patient or "–",
        "record": Phrase(_WORDS[found.record]),
        "user": found.user or "–",
        "seq": found.seq or "–",
        "detail": found.detail or "–",
    }
    hint, rule, field = _BY_HAND, None, None
    match found.reason:
        case Reason.CHANGED if found.seq is None:
            told = N_("The {record} of {patient} is not there any more, so your change cannot be taken back.")
            hint = N_("See what happened to it with: msreg audit list")
        case Reason.CHANGED:
            told = N_("{user} changed the {record} of {patient} after you (row {seq} of the log).")
        case Reason.ADDED if found.record == SHARE:
            told = N_("{patient} was shared with another centre since; who was shared is not deleted.")
        case Reason.ADDED:
            told = N_("A {record} of {patient} was added since to what would be deleted.")
            hint = N_("Delete that first, or look at: msreg patients history {patient}")
        case Reason.TAKEN:
            told = N_("Another patient has the old {detail} of {patient} by now.")
            field = found.detail
        case Reason.RULE:
            told = N_(
                "The old answers of {patient} would break {detail} beside what {user} did later (row {seq} of"
                " the log)."
            )
            rule = found.detail
            hint = N_("See the rule with: msreg rules show {detail}; change the answers by hand.")
        case Reason.FORM:
            told = N_("The form does not ask {detail} any more, so the old answer of {patient} has no place.")
            field = found.detail
    return Conflict(told, hint=hint, rule=rule, field=field, **what)

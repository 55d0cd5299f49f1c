"""The one registry of the kinds of mail: which are due, and to whom each goes (SPEC R1)."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.services.links import WantedLink
from msreg.services.mail_cases import CASE_REMINDER
from msreg.services.mail_digest import COURSE_DIGEST
from msreg.services.mail_month import CASE_MONTH, CODE
from msreg.services.mail_prom import MAIL_STOPPED, PROM_INVITATION
from msreg.services.mail_types import Addressed, Due, Kind
from msreg.vocabulary import MailKind

__all__ = ["KINDS", "Addressed", "Due", "Kind", "WantedLink"]

KINDS: Mapping[MailKind, Kind] = {
    each.kind: each
    for each in (PROM_INVITATION, COURSE_DIGEST, CASE_MONTH, CASE_REMINDER, MAIL_STOPPED, CODE)
}
"""In the order in which they are shown and sent."""

"""So many records of a kind, in words."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.screen.language import ngettext
from msreg.vocabulary import Record

RECORDS = tuple(record for record in Record if record is not Record.PATIENT)
"""What a patient has, in the order in which it is told."""


def counted(record: Record, count: int) -> str:
    """So many records of a kind: 3 courses."""
    match record:
        case Record.PATIENT:
            return ngettext("{count} patient", "{count} patients", count)
        case Record.COURSE:
            return ngettext("{count} course", "{count} courses", count)
        case Record.DISEASE:
            return ngettext("{count} disease event", "{count} disease events", count)
        case Record.MEDICATION:
            return ngettext("{count} medication", "{count} medications", count)
        case Record.ADVERSE_EVENT:
            return ngettext("{count} side effect", "{count} side effects", count)
        case Record.PROM:
            return ngettext("{count} questionnaire", "{count} questionnaires", count)


def all_counted(counts: Mapping[Record, int]) -> str:
    """Everything that a patient has: 3 courses, 2 disease events, … ."""
    return ", ".join(counted(record, counts[record]) for record in RECORDS)

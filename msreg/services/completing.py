"""What the Tab key may offer (decision 0027): numbers, dates and codes of whom the actor may see; never a name."""

from __future__ import annotations

import re
from itertools import islice

from msreg.services import access
from msreg.services.batches import visible_batches
from msreg.services.lareb_batches import batch_label, is_own
from msreg.services.naming import find_patient, registry_number
from msreg.services.outbox_mails import mail_of
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.queries import cases
from msreg.store.queries import completing as queries
from msreg.store.queries.lareb import newest as newest_sent
from msreg.store.queries.outbox import newest as newest_mails
from msreg.store.queries.overview import Where
from msreg.store.registry import Registry
from msreg.vocabulary import MailState, Record, Right

AT_MOST = 50
AMONG = 2_000
"""So many of the newest of all centres are looked at for those of one centre: each costs a page of the file."""
SEGMENTS = {
    Record.COURSE: "courses",
    Record.DISEASE: "disease",
    Record.MEDICATION: "medication",
    Record.PROM: "proms",
}
_BEGUN = re.compile(r"(M?S?|MS-(\d{0,9}))", re.IGNORECASE)


def numbers(registry: Registry, *, by: Actor, begun: str) -> list[str]:
    """At most 50 registry numbers that begin as typed; those of who was changed last when no digit is typed.

    When there are more, the lowest and the highest are among them: what the shell then fills in by itself is
    what all numbers share. Not logged: a number says of nobody more than that it is in use.
    """
    match = _BEGUN.fullmatch(begun)
    if match is None or not access.may(by, Right.PATIENTS_READ):
        return []
    digits = match[2] or ""
    reach = access.reach(by)
    found, ranges = Where((reach.sql,), reach.params), queries.starting(digits)
    among = 2 * AT_MOST if by.centres is None else AMONG
    with registry.light() as db:
        low = queries.lowest(db, found, ranges, AT_MOST + 1)
        if len(low) > AT_MOST:
            last = queries.highest(db, found, ranges)
            if not digits.strip("0"):  # the shell fills in zeros by itself
                low = [low[0], *queries.newest(db, found, ranges, AT_MOST, among), *low]
            low = [*islice(dict.fromkeys(each for each in low if each not in last), AT_MOST - 1), *last]
    lower = begun[:1].islower()
    return [registry_number(each).lower() if lower else registry_number(each) for each in low]


def case_numbers(registry: Registry, *, by: Actor, begun: str) -> list[str]:
    """At most 50 numbers of cases that begin as typed, the newest first. Not logged, as `numbers` is not."""
    if not access.may(by, Right.CASES_READ):
        return []
    reach = access.case_reach(by)
    with registry.light() as db:
        found = map(str, cases.numbers(db, reach.sql, reach.params, AMONG))
        fits = (each for each in found if each.startswith(begun.upper()))
        return [begun + each[len(begun) :] for each in islice(fits, AT_MOST)]


def identities(registry: Registry, *, by: Actor, record: Record, patient: str) -> list[tuple[str, ...]]:
    """What tells the records of one kind of a patient apart, newest first: dates, kinds, codes of medicines.

    A look into the record of that patient, and logged as one. Raises `NotFound` and `Usage` as
    `naming.find_patient` does.
    """
    with looking(registry, by=by, event="completion") as look:
        look.about = {"record": record.value}
        found = find_patient(look.db, by=by, name=patient)
        rows = queries.identities(look.db, record, found["id"])
        look.patient_id, look.patients, look.segment = found["id"], [found["id"]], SEGMENTS[record]
    return [tuple("" if each is None else str(each) for each in row) for row in rows]


def batches(registry: Registry, *, by: Actor) -> list[tuple[str, str]]:
    """The newest batches that the actor may see, each with the day on which it was loaded."""
    if not access.may(by, Right.IMPORT):
        return []
    with registry.light() as db:
        return [(each.label, f"{each.at:%Y-%m-%d}") for each in islice(visible_batches(db, by=by), AT_MOST)]


def sent_batches(registry: Registry, *, by: Actor) -> list[tuple[str, str]]:
    """The newest batches to Lareb that the actor may see, each with the day on which it was made."""
    if not access.may(by, Right.LAREB):
        return []
    with registry.light() as db:
        mine = (row for row in newest_sent(db) if is_own(row, by))
        return [(batch_label(row["number"]), row["created_at"][:10]) for row in islice(mine, AT_MOST)]


def mails(registry: Registry, *, by: Actor) -> list[tuple[str, str]]:
    """The newest mails by name, those that failed first, each with its kind and how it stands. Not logged."""
    if not access.may(by, Right.REMINDERS_READ):
        return []
    with registry.light() as db:
        failed = newest_mails(db, states=[MailState.FAILED.value], most=AT_MOST)
        rows = {row["id"]: row for row in (*failed, *newest_mails(db, most=AT_MOST))}.values()
    found = (mail_of(row) for row in islice(rows, AT_MOST))
    return [(each.name, f"{each.kind.value} {each.state.value}") for each in found]


def centre_codes(registry: Registry, *, by: Actor) -> list[str]:
    """The codes of all centres."""
    if not access.may(by, Right.CENTRES_READ):
        return []
    with registry.light() as db:
        return queries.centre_codes(db)

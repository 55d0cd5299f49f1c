"""Making a batch of the side effects that are to be reported: each is in one batch, or in none (SPEC L1).

The batch is recorded with its reports, whole as they will be written, in the transaction of its event in the log.
Its files come after that, from these rows: who is killed in between has lost nothing and sent nothing twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from msreg.errors import Usage
from msreg.formats import icsr, icsr_csv
from msreg.formats.icsr_report import Envelope
from msreg.models.ids import new_id
from msreg.services import access
from msreg.services.lareb_batches import Batch, batch_label, batch_of
from msreg.services.lareb_events import Candidate, Standing, candidates, report_of
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import lareb as queries
from msreg.store.queries.saving import moment as as_text
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

EVENT = "events.send"


@dataclass(frozen=True, slots=True)
class Going:
    """One side effect in the batch, under the number of its report."""

    candidate: Candidate
    report: str
    edition: int


@dataclass(slots=True)
class Made:
    """What is sent, or would be, and what stays: incomplete, refused before, or changed since it was sent."""

    going: list[Going] = field(default_factory=list)
    staying: list[Candidate] = field(default_factory=list)
    batch: Batch | None = None
    """None when there was nothing to send, and in a dry run."""


def make_batch(
    registry: Registry,
    *,
    by: Actor,
    changed: bool = False,
    refused: bool = False,
    to: str | None = None,
    purpose: str | None = None,
    dry_run: bool = False,
) -> Made:
    """Record a batch of everything that can be sent and is within reach; nothing is written yet.

    `changed`: also what was sent and is not what it was; `refused`: also what was refused and still is what it
    was. `to` and `purpose` are for the log of what left. Two of these at once never take the same side effect.
    """
    access.require(registry, by=by, right=Right.LAREB, event=EVENT)
    wanted = _wanted(changed, refused)
    made = Made()
    with writing(registry, by=by, event=EVENT, action=Action.EXECUTE, dry_run=dry_run, plain=True) as work:
        going = []
        for each in candidates(work.db, by=by):
            if each.standing in wanted and each.validity.sendable:
                going.append(each)
            elif each.standing not in (Standing.SENT, Standing.ACCEPTED):
                made.staying.append(each)
        if going:
            _record(work, registry, made, going)
            assert made.batch is not None
            work.about |= {
                "recipient": to or made.batch.receiver,
                **({"purpose": purpose} if purpose else {}),
            }
        else:
            work.keep = (
                False  # nothing was written, and nothing left: the look below is what there is to tell
            )
    if dry_run or not going:
        _look(registry, by, made, dry_run=dry_run)
        made.batch = None
    return made


def _wanted(changed: bool, refused: bool) -> set[Standing]:
    wanted = {Standing.READY}
    if changed:
        wanted.add(Standing.CHANGED)
    if refused:
        wanted.add(Standing.REFUSED)
    return wanted


def _look(registry: Registry, by: Actor, made: Made, *, dry_run: bool) -> None:
    """Nothing was sent, but it was told of whom there is something to send, or something missing.

    The name of the event is that of looking: what is called sending in the log has left.
    """
    with looking(registry, by=by, event="events.list", right=Right.LAREB) as look:
        seen = [*(each.candidate for each in made.going), *made.staying]
        look.patients = [each.row["patient_id"] for each in seen]
        look.segment = "adverse_events"
        look.about = {"unsent": True, "dry_run": dry_run, "events": len(seen)}


def _record(work: Work, registry: Registry, made: Made, going: Sequence[Candidate]) -> None:
    """Write the rows of the batch and its reports, and whom it is about."""
    batch_number, report_number = queries.next_numbers(work.db)
    envelope = _envelope(registry, work, batch_number)
    own = {"created_at": as_text(work.at), "updated_at": as_text(work.at), "version": 1}
    batch = _Batch(new_id(), envelope, own)
    for each in going:
        number = each.row["r_number"] or report_number
        report_number += number == report_number
        name = each.row["r_name"] or f"NL-{envelope.sender}-{number:07d}"
        going_now = Going(each, name, (each.row["r_edition"] or 0) + 1)
        row_id = batch.add(going_now, number)
        work.touched(
            Action.CREATE,
            "lareb_report",
            row_id,
            patient_id=each.row["patient_id"],
            after={"report": name, "edition": going_now.edition},
        )
        made.going.append(going_now)
    for each in made.staying:
        work.touched(Action.READ, "patient", each.row["patient_id"], patient_id=each.row["patient_id"])
    queries.add_batch(work.db, batch.row(work, batch_number), batch.rows)
    recorded = queries.by_number(work.db, batch_number)
    assert recorded is not None
    made.batch = batch_of(recorded)
    work.about = {
        "batch": batch_label(batch_number),
        "format": "icsr",
        "file": f"{envelope.id}.xml" if batch.messages else f"{envelope.id}.csv",
        "reports": len(batch.rows),
        "patients": len({row["patient_id"] for row in batch.rows}),
    }


class _Batch:
    """The reports of a batch as they are stored: each with its message and its line, whole."""

    def __init__(self, batch_id: str, envelope: Envelope, own: Mapping[str, Any]) -> None:
        self._id, self._envelope, self._own = batch_id, envelope, own
        self.rows: list[dict[str, Any]] = []
        self.messages: list[bytes] = []

    def add(self, going: Going, number: int) -> str:
        """One report more; gives the id of its row."""
        each, row_id = going.candidate, new_id()
        report = report_of(each, name=going.report, edition=going.edition)
        message = icsr.message(report, self._envelope) if each.coded else None
        if message is not None:
            self.messages.append(message)
        row = {"id": row_id, **self._own, "batch_id": self._id, "place": len(self.rows)}
        row |= {"event_id": each.row["id"], "patient_id": each.row["patient_id"], "number": number}
        row |= {"name": going.report, "edition": going.edition, "coded": int(each.coded)}
        row |= {"digest": each.digest, "message": None if message is None else zlib.compress(message)}
        self.rows.append(row | {"line": icsr_csv.line(report)})
        return row_id

    def row(self, work: Work, number: int) -> dict[str, Any]:
        """The row of the batch itself."""
        envelope = self._envelope
        head, tail = icsr.around(envelope)
        whole = icsr.assembled(head, self.messages, tail)
        if not self.messages:
            whole = (icsr_csv.header() + "".join(row["line"] for row in self.rows)).encode()
        row = {"id": self._id, **self._own, "number": number, "name": envelope.id, "seq": work.log.seq}
        row |= {"made_by": work.by.user, "made_by_name": work.by.name, "centre_id": work.by.centre}
        row |= {"sender": envelope.sender, "receiver": envelope.receiver, "reports": len(self.rows)}
        row |= {"coded": len(self.messages), "head": head.decode(), "tail": tail.decode()}
        return row | {"csv_head": icsr_csv.header(), "sha256": sha256(whole).hexdigest()}


def _envelope(registry: Registry, work: Work, number: int) -> Envelope:
    """The batch as such, from the settings. Raises `Usage` when one of them is no identifier."""
    own = registry.settings.lareb
    sender, receiver = own.sender, own.receiver
    if not (0 < len(sender) <= 20 and sender.isascii() and sender.isalnum() and sender == sender.upper()):
        raise Usage(
            N_("MSREG_LAREB_SENDER (lareb.sender) takes 1 to 20 capital letters and digits."),
            field="lareb_sender",
        )
    if not (
        0 < len(receiver) <= 60 and receiver.isascii() and receiver.isprintable() and " " not in receiver
    ):
        raise Usage(
            N_(
                "MSREG_LAREB_RECEIVER (lareb.receiver) takes 1 to 60 letters, digits and signs, without spaces."
            ),
            field="lareb_receiver",
        )
    return Envelope(
        id=f"NL-{sender}-L{number:06d}", sender=sender, receiver=receiver, made=work.at, email=own.email
    )

"""What Lareb answers to a batch: which reports were taken, and which were refused and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msreg.errors import Conflict, Refused
from msreg.formats.icsr_ack import Acknowledgement, Answer, read_ack
from msreg.services import access
from msreg.services.lareb_batches import Batch, Sent, batch_label, batch_of, is_own, sent_of, unknown
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import lareb as queries
from msreg.store.queries.saving import moment as as_text
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

EVENT = "events.ack"


@dataclass(frozen=True, slots=True)
class Answered:
    """A batch after its answer, with its reports. `already`: the answer said nothing that was not known."""

    batch: Batch
    reports: list[Sent]
    already: bool

    @property
    def waiting(self) -> int:
        """Reports in the XML to which nothing was said yet."""
        return sum(each.coded and each.answer is None for each in self.reports)


def read_answer(registry: Registry, *, by: Actor, path: Path) -> Answered:
    """Mark the reports of a batch as an acknowledgement file says; all of it or nothing.

    Raises `Refused` for a file that is no acknowledgement, or of other parties; `NotFound` for an unknown batch;
    `Conflict` when something else was answered before.
    """
    access.require(registry, by=by, right=Right.LAREB, event=EVENT)
    ack = read_ack(path)
    with writing(registry, by=by, event=EVENT, action=Action.UPDATE, plain=True) as work:
        row = queries.by_name(work.db, ack.batch)
        if row is None or not is_own(row, by):
            raise unknown()
        _check_parties(ack, row)
        reports = queries.reports_of(work.db, row["id"])
        new = list(_new_answers(ack, reports))
        if row["answer"] not in (None, ack.code):
            raise _otherwise()
        already = row["answer"] is not None and not new
        if already:
            work.keep = False
        else:
            _mark(work, row, ack, new)
        row = queries.by_name(work.db, ack.batch)
        assert row is not None
        answered = Answered(
            batch_of(row), [sent_of(each) for each in queries.reports_of(work.db, row["id"])], already
        )
    if already:
        with looking(registry, by=by, event=EVENT, right=Right.LAREB) as look:
            look.patients = [each["patient_id"] for each in reports if each["p_number"] is not None]
            look.about = {"batch": answered.batch.label, "already": True}
    return answered


def _check_parties(ack: Acknowledgement, row: Mapping[str, Any]) -> None:
    for found, wanted, message in (
        (
            ack.receiver,
            row["sender"],
            N_("The acknowledgement is meant for {found}, and {wanted} sent the batch."),
        ),
        (
            ack.sender,
            row["receiver"],
            N_("The acknowledgement is from {found}, and the batch went to {wanted}."),
        ),
    ):
        if found != wanted:
            raise Refused(
                message,
                hint=N_("Nothing was marked. The names are settings: msreg help settings"),
                field="file",
                found=found[:60],
                wanted=wanted,
            )


def _new_answers(
    ack: Acknowledgement, reports: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Answer]]:
    """What is said of a report that was not said before. Raises `Refused` for a report of another batch."""
    coded = {each["name"]: each for each in reports if each["coded"]}
    told = {each.report: each for each in ack.answers}
    if not told.keys() <= coded.keys():
        raise Refused(
            N_("The acknowledgement names a report that is not in its batch; nothing was marked."),
            field="file",
        )
    for name, report in coded.items():
        answer = told.get(name)
        if answer is None and ack.code != "AE":
            # All of it was taken, or nothing: then that is said of each.
            answer = Answer(name, "CA" if ack.code == "AA" else "CR", ack.text if ack.code == "AR" else None)
        if answer is None or report["answer"] == answer.code:
            continue
        if report["answer"] is not None:
            raise _otherwise()
        yield report, answer


def _mark(
    work: Work, row: Mapping[str, Any], ack: Acknowledgement, new: Sequence[tuple[Mapping[str, Any], Answer]]
) -> None:
    at = as_text(work.at)
    text = None if row["emptied"] else ack.text
    queries.mark_batch(
        work.db, row["id"], answer=ack.code, text=text, sha256=ack.sha256, at=at, seq=work.log.seq
    )
    work.touched(Action.UPDATE, "lareb_batch", row["id"], after={"answer": ack.code})
    for report, answer in new:
        # Of who was erased nothing is kept, a remark that may tell of them neither.
        text = None if report["line"] is None else answer.text
        queries.mark_report(work.db, report["id"], answer=answer.code, text=text, at=at)
        work.touched(
            Action.UPDATE, "lareb_report", report["id"], patient_id=report["patient_id"],
            after={"answer": answer.code},
        )  # fmt: skip
    work.about = {
        "batch": batch_label(row["number"]),
        "answer": ack.code,
        "accepted": sum(answer.code == "CA" for _report, answer in new),
        "refused": sum(answer.code == "CR" for _report, answer in new),
    }


def _otherwise() -> Conflict:
    return Conflict(
        N_("Another answer was read before than this one gives; nothing was marked."),
        hint=N_("See it with: msreg events batches"),
        field="file",
    )

"""Batches of side effects as people and programs see them: a list, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.lareb_batches import Batch, BatchPage, Sent
from msreg.vocabulary import N_

COLUMNS = (
    Column("batch", N_("Batch")),
    Column("at", N_("When")),
    Column("user", N_("Who"), shrink=1, drop=2),
    Column("reports", N_("Reports"), align="right"),
    Column("coded", N_("In XML"), align="right", drop=3),
    Column("accepted", N_("Accepted"), align="right"),
    Column("refused", N_("Refused"), align="right"),
    Column("answer", N_("Answer"), shrink=2, least=12, wrap=True),
)
REPORTS = (
    Column("report", N_("Report")),
    Column("patient", N_("Patient")),
    Column("edition", N_("Version"), align="right", drop=1),
    Column("answer", N_("Answer"), shrink=1, least=20, wrap=True),
)
ANSWERS = {
    "AA": N_("all accepted"),
    "AE": N_("refused in part"),
    "AR": N_("refused as a whole"),
    "CA": N_("accepted"),
    "CR": N_("refused"),
}


def reports(count: int) -> str:
    """So many reports."""
    return ngettext("{count} report", "{count} reports", count)


def left_out(count: int) -> str:
    """That reports are left out."""
    return ngettext(
        "{count} report is left out: its patient was erased.",
        "{count} reports are left out: their patients were erased.",
        count,
    )


def report_row(each: Sent, *, values: bool) -> Row:
    """A report with what was answered to it."""
    answer = (
        _(ANSWERS[each.answer])
        if each.answer
        else _("no answer yet")
        if each.coded
        else _("in the CSV alone")
    )
    text = f": {each.text}" if values and each.text else ""
    tone = {"CA": "green", "CR": "red"}.get(each.answer or "", "plain")
    return row(each.name, each.patient, str(each.edition), Cell(answer + text, tone))  # type: ignore[arg-type]


def show_batches(screen: Screen, page: BatchPage) -> None:
    """One page of batches."""
    if not page.rows:
        screen.line(_("Nothing was sent yet.") if page.page == 1 else _("There are no more batches."))
        return
    screen.table(Table(COLUMNS, [_cells(each) for each in page.rows]))
    screen.line()
    screen.line(_("Page {page}, newest first.").format(page=page.page), tone="grey")
    screen.next(f"msreg events batches {page.rows[0].label}", _("One batch in full"))
    if page.more:
        screen.next(f"msreg events batches --page {page.page + 1}", _("Older batches"))


def _cells(each: Batch) -> Row:
    if not each.written:
        answer = Cell(_("not written yet"), "red")
    elif each.answer is None:
        answer = Cell(_("no answer yet"), "grey")
    else:
        answer = Cell(_(ANSWERS[each.answer]), "green" if each.answer == "AA" else "red")
    return row(
        each.label, moment(each.at), each.by, str(each.reports), str(each.coded), str(each.accepted),
        Cell(str(each.refused), "red" if each.refused else "plain"), answer,
    )  # fmt: skip


def show_batch(screen: Screen, batch: Batch, sent: Sequence[Sent]) -> None:
    """One batch with its reports."""
    screen.line(_("Batch {batch}").format(batch=batch.label))
    screen.line()
    answer = None if batch.answer is None else _(ANSWERS[batch.answer])
    screen.facts(
        [
            (_("when"), moment(batch.at)),
            (_("who"), batch.by),
            (_("sent as"), batch.name),
            (_("to"), batch.receiver),
            (_("answer"), answer),
            (_("row of the log"), str(batch.seq)),
        ],
        indent=2,
    )
    if batch.sha256:
        screen.line(f"  SHA-256  {batch.sha256}", tone="grey")
    if batch.answer_text and screen.values_allowed:
        screen.text(batch.answer_text, indent=2)
    screen.line()
    screen.table(Table(REPORTS, [report_row(each, values=screen.values_allowed) for each in sent]))
    if batch.emptied:
        screen.line(left_out(batch.emptied), tone="orange")
    screen.next(f"msreg events rebuild {batch.label} --out .", _("Write its files once more"))


def batch_data(each: Batch) -> dict[str, Any]:
    """One batch for programs."""
    return {
        "batch": each.label,
        "name": each.name,
        "at": each.at,
        "user": each.by,
        "centre": each.centre,
        "receiver": each.receiver,
        "reports": each.reports,
        "coded": each.coded,
        "accepted": each.accepted,
        "refused": each.refused,
        "erased": each.emptied,
        "written": each.written,
        "answer": each.answer,
        "answered_at": each.answered_at,
        "sha256": each.sha256,
        "log_row": each.seq,
    }


def shown_data(batch: Batch, sent: Sequence[Sent], *, values: bool) -> dict[str, Any]:
    """One batch with its reports for programs."""
    told = [
        {
            "report": each.name,
            "registry_number": each.patient,
            "edition": each.edition,
            "coded": each.coded,
            "answer": each.answer,
        }
        | ({"text": each.text} if values else {})
        for each in sent
    ]
    return batch_data(batch) | {"sent": told}

"""Side effects that are to be reported, as people and programs see how they stand with Lareb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.forms.columns import forms_of, to_json
from msreg.forms.definition import Item
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import day
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.lareb_batches import batch_label
from msreg.services.lareb_events import Candidate, Standing, Unsent, moment
from msreg.vocabulary import N_, Record

COLUMNS = (
    Column("patient", N_("Patient")),
    Column("description", N_("Side effect"), shrink=1, least=14),
    Column("medicine", N_("Medicine"), drop=2),
    Column("start_date", N_("From"), drop=1),
    Column("report_before", N_("Report before")),
    Column("standing", N_("Lareb"), shrink=2, least=16, wrap=True),
)
STANDINGS: Mapping[Standing, str] = {
    Standing.READY: N_("ready to send"),
    Standing.INCOMPLETE: N_("missing: {what}"),
    Standing.REFUSED: N_("refused: {why}"),
    Standing.CHANGED: N_("changed since it was sent"),
    Standing.SENT: N_("sent"),
    Standing.ACCEPTED: N_("accepted"),
}
CENTRE_NAME = N_("name of the centre")
REVEALS = N_("names the patient: {what}")
ALONE = N_("CSV alone")


def show_unsent(screen: Screen, found: Unsent) -> None:
    """What was not sent, each with what is missing, and what to do."""
    if not found.candidates:
        screen.line(_("Every side effect that is to be reported was sent."))
    else:
        screen.table(Table(COLUMNS, [_cells(each) for each in found.candidates]))
        screen.line()
        count = ngettext("{count} side effect", "{count} side effects", len(found.candidates))
        screen.line(f"{count}.  ", _("! serious: report within 15 days"), tone="grey")
        if any(each.standing is Standing.READY and not each.coded for each in found.candidates):
            screen.text(
                _("CSV alone: without a MedDRA code there is no valid XML of a side effect."), tone="grey"
            )
    for patient, report in found.astray:
        text = _(
            "Report {report} of {patient} was sent, and its side effect is no longer to be reported: tell Lareb."
        )
        screen.text(text.format(report=report, patient=patient), tone="orange")
    ready = [each for each in found.candidates if each.validity.sendable]
    if any(each.standing is Standing.READY for each in ready):
        screen.next("msreg events send --dry-run", _("What would be sent"))
    elif any(each.standing is Standing.CHANGED for each in ready):
        screen.next("msreg events send --changed", _("Send what changed once more"))


def _cells(each: Candidate) -> Row:
    before = day(each.report_before) or ""
    return row(
        each.patient,
        str(each.values.get("description") or ""),
        each.row["m_medicine"],
        day(each.values.get("start_date")),
        Cell(f"{before} !", "orange") if each.serious else before,
        standing_cell(each),
    )


def standing_cell(each: Candidate) -> Cell:
    """How a side effect stands, in words."""
    if each.standing is Standing.READY:
        return Cell(_(STANDINGS[Standing.READY]) if each.coded else _(ALONE), "green")
    if each.standing is Standing.INCOMPLETE:
        return Cell(what_is_wrong(each), "red")
    if each.standing is Standing.REFUSED:
        return Cell(_(STANDINGS[Standing.REFUSED]).format(why=each.row["r_answer_text"] or "–"), "red")
    words = _(STANDINGS[each.standing])
    if each.standing is Standing.CHANGED:
        wrong = "" if each.validity.sendable else f"; {what_is_wrong(each)}"
        return Cell(words + wrong, "orange")
    return Cell(words, "green" if each.standing is Standing.ACCEPTED else "plain")


def what_is_wrong(each: Candidate) -> str:
    """Which answers are missing, and which name the patient."""
    said = []
    if each.validity.missing:
        words = ", ".join(map(_words, each.validity.missing))
        said.append(_(STANDINGS[Standing.INCOMPLETE]).format(what=words))
    if each.validity.revealing:
        said.append(_(REVEALS).format(what=", ".join(map(_words, each.validity.revealing))))
    return "; ".join(said)


def _words(key: str) -> str:
    """The words of a question; of another record its key has the name of that in front."""
    record, _point, name = key.rpartition(".")
    if record == "centre":
        return _(CENTRE_NAME)
    item = _item(Record(record) if record else Record.ADVERSE_EVENT, name)
    return item.label[active()] if item else name


def _item(record: Record, key: str) -> Item | None:
    return next((form[key] for form in forms_of(record) if key in form.by_key), None)


def unsent_data(found: Unsent) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "registry_number": each.patient,
            "centre": each.row["c_code"],
            "medicine": each.row["m_medicine"],
            "medication_start": each.row["m_start"],
            "description": each.values.get("description"),
            "start_date": to_json(each.values.get("start_date")),
            **standing_data(each),
        }
        for each in found.candidates
    ]


def standing_data(each: Candidate) -> dict[str, Any]:
    """How one side effect stands."""
    sent = each.row["r_id"] is not None
    return {
        "standing": each.standing.value,
        "sendable": each.validity.sendable,
        "criteria": {key.value: met for key, met in each.validity.criteria.items()},
        "missing": list(each.validity.missing),
        "revealing": list(each.validity.revealing),
        "coded": each.coded,
        "serious": each.serious,
        "report_before": each.report_before,
        "report": each.row["r_name"],
        "edition": each.row["r_edition"],
        "batch": batch_label(each.row["l_number"]) if sent else None,
        "sent_at": moment(each.row["r_sent_at"]) if sent else None,
        "answer": each.row["r_answer"],
        "answer_text": each.row["r_answer_text"],
    }

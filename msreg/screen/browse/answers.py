"""Every answer of one record as lines to read."""

from __future__ import annotations

from msreg.forms.answers import counting, open_questions
from msreg.forms.columns import forms_of
from msreg.forms.showing import show as show_value
from msreg.rules.names import mask_bsn
from msreg.screen.browse.pens import Line
from msreg.screen.language import _, active
from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.widths import cut, pad, width, wrap
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord


def answer_lines(record: PatientRecord, entry: Entry, room: int) -> list[Line]:
    """The answers by section of the form, long ones over more lines; open questions in red."""
    language = active()
    pairs: list[tuple[str | None, str, Cell]] = []
    for form in forms_of(entry.record):
        known = counting(form, entry.values)
        lacking = {item.key for item in open_questions(form, entry.values)}
        titles = {each.key: each.label[language] for each in form.sections}
        for item in form.items:
            title = titles.get(item.section or "")
            if item.key in known:
                value = known[item.key]
                text = (mask_bsn(value) or "") if item.key == "bsn" else show_value(item, value, language)
                unit = f" {item.unit}" if item.unit else ""
                pairs.append((title, item.label[language], Cell(safe(text + unit))))
            elif item.key in lacking:
                pairs.append((title, f"{item.label[language]} *", Cell(_("open"), "red")))
    labels = min(max((width(label) for _title, label, _cell in pairs), default=0), room // 2)
    lines: list[Line] = []
    before: str | None = None
    for title, label, cell in pairs:
        if title != before and title:
            lines.append([Cell(f" {title}", "white")])
        before = title
        first, *more = _broken(cell.text, room - labels - 6)
        name = pad(cut(safe(label), labels), labels)
        lines.append([Cell(f"   {name}  ", "grey"), Cell(first, cell.tone)])
        lines += [[" " * (labels + 5), Cell(line, cell.tone)] for line in more]
    lines.append(
        [Cell(f" {_('Written by')} {record.centres.get(entry.row.get('centre_id', ''), '–')}", "grey")]
    )
    return lines


def _broken(text: str, room: int) -> list[str]:
    """A text in lines; words that are longer than a line are broken too."""
    room = max(8, room)
    return [piece[at : at + room] for piece in wrap(text, room) for at in range(0, max(1, len(piece)), room)]

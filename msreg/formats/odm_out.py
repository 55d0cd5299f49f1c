"""CDISC ODM-XML 1.3 out: the forms as metadata, then patient by patient what was answered, as the rows come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from lxml import etree
from lxml.etree import SubElement

from msreg import __version__
from msreg.clock import now
from msreg.formats.atomic import finished_file
from msreg.formats.odm_metadata import STUDY, VERSION, form_oid, study
from msreg.formats.odm_names import NAMESPACE, Event, clean, events_of, item_oid, sub
from msreg.formats.sheets import SheetOut, Value, opened
from msreg.formats.telling import facts_of
from msreg.formats.typed import made_of

_TAG = f"{{{NAMESPACE}}}"
_EVENT, _FORM, _GROUP, _ITEM = (
    f"{_TAG}{name}" for name in ("StudyEventData", "FormData", "ItemGroupData", "ItemData")
)
_NUMBER = "StudyEventRepeatKey"
_BUFFER = 2**17


def write_odm(path: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write one ODM file, mode 0600, that appears when it is finished.

    The first sheet has one row a patient, and the rows of all sheets come in the order of the patients, whom
    the first column of each names. A multiple choice is a yes or no for each choice; a number that is unknown
    a yes beside it. Raises what `finished_file` does.
    """
    tables = opened(sheets)
    facts = facts_of(tables)
    events = events_of([table for table in tables if table.columns])
    made_at = facts.get("exported_at") or now().isoformat(timespec="seconds")
    about = "; ".join(f"{key}: {value}" for key, value in facts.items())
    root = {
        "ODMVersion": "1.3.2", "FileType": "Snapshot", "FileOID": _file_oid(facts, made_at),
        "CreationDateTime": made_at, "Granularity": "All", "Originator": "msreg", "SourceSystem": "msreg",
        "SourceSystemVersion": __version__,
    }  # fmt: skip
    with finished_file(path, overwrite=overwrite) as made, made.open("xb", _BUFFER) as sink:
        _write(sink, root, events, clean(about))
    return path


def _write(sink: IO[bytes], root: Mapping[str, str], events: Sequence[Event], about: str) -> None:
    """The whole file, through one of ours: what the system refuses is told in its words, not in lxml's."""
    spaces: Any = {None: NAMESPACE}
    with etree.xmlfile(sink, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(f"{_TAG}ODM", dict(root), nsmap=spaces):
            # Made below a root of its own, so that nothing repeats the namespace.
            holder = etree.Element(f"{_TAG}ODM", nsmap=spaces)
            study(holder, events, about)
            file.write(holder[0], pretty_print=True)
            with file.element(f"{_TAG}ClinicalData", {"StudyOID": STUDY, "MetaDataVersionOID": VERSION}):
                for subject in _subjects(events, holder):
                    file.write(subject)


def _file_oid(facts: dict[str, str], made_at: str) -> str:
    return f"msreg.{facts.get('registry', '-')}.{facts.get('log_row', made_at)}"


def _subjects(events: Sequence[Event], holder: Any) -> Iterator[Any]:
    """One patient after the other, with all records: each sheet goes on as long as its rows are theirs."""
    readers = [_Reader(event) for event in events]
    first = readers[0]
    while first.row is not None:
        whose, key = first.row[0], first.key()
        subject = sub(holder, "SubjectData", SubjectKey=key)
        for reader in readers:
            reader.write(subject, whose)
        yield subject
        holder.remove(subject)
    if any(reader.row is not None for reader in readers):
        raise ValueError("a sheet has rows of somebody who is not on the first one")


class _Reader:
    """The rows of one sheet, with the row that comes next in hand."""

    def __init__(self, event: Event) -> None:
        self._event, self._rows = event, event.table.rows()
        self._named = {"StudyEventOID": event.oid}
        self._groups = [
            (
                {"FormOID": form_oid(group)},
                {"ItemGroupOID": group.oid},
                [(part.at, made_of(event.table, part, _item(item_oid(group, part)))) for part in group.parts],
            )
            for group in event.groups
        ]  # fmt: skip
        cells = event.table.cells
        self._name: Callable[[Any], Value] = cells[0] if cells else lambda raw: raw
        self.row: Sequence[Any] | None = next(self._rows, None)

    def key(self) -> str:
        """Whose the row is, as the file says it."""
        assert self.row is not None
        return str(self._name(self.row[0]))

    def write(self, subject: Any, whose: Any) -> None:
        """Add the events of this patient to the element."""
        number = 0
        while self.row is not None and self.row[0] == whose:
            number += 1
            self._write(subject, self.row, str(number) if self._event.repeating else None)
            self.row = next(self._rows, None)

    def _write(self, subject: Any, row: Sequence[Any], number: str | None) -> None:
        event = SubElement(
            subject, _EVENT, self._named if number is None else {**self._named, _NUMBER: number}
        )
        for form, group, items in self._groups:
            filled = [found for at, made in items if (found := made[row[at]]) is not None]
            if filled:
                data = SubElement(SubElement(event, _FORM, form), _GROUP, group)
                for found in filled:
                    SubElement(data, _ITEM, found)


def _item(oid: str) -> Callable[[Any], dict[str, str]]:
    """What makes the attributes of an answer: a million of them are some thousand different ones."""
    return lambda value: {"ItemOID": oid, "Value": _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else clean(str(value))

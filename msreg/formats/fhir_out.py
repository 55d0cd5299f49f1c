"""FHIR R4 out: a folder with one NDJSON file a resource type, as Bulk Data has it, or one Bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from msreg.formats.atomic import finished_file, finished_folder
from msreg.formats.fhir_codes import Json
from msreg.formats.fhir_frame import Facts, centres, identifier, provenance, questions
from msreg.formats.fhir_links import Links
from msreg.formats.fhir_records import Records
from msreg.formats.sheets import Opened, SheetOut, opened
from msreg.forms.columns import Sheet, sheets

CENTRES = "centres"
"""The sheet with the names of hospitals, by code, for formats in which these are records of their own."""

MANIFEST = "manifest.json"
SUFFIX = ".ndjson"
_BUFFER = 2**17


def write_folder(folder: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write `TYPE.ndjson` for each type of resource, and a manifest; mode 0600 in a folder of 0700.

    Raises as `write_workbook` does.
    """
    export = _Export.of(sheets, bundle=False)
    dumps, counts = _writer(), Counter[str]()
    with finished_folder(folder, overwrite=overwrite, suffix=(SUFFIX, ".json")) as made:
        with ExitStack() as stack:
            files: dict[str, IO[bytes]] = {}
            for resource in export.resources():
                kind = resource["resourceType"]
                if kind not in files:
                    files[kind] = stack.enter_context((made / f"{kind}{SUFFIX}").open("xb", _BUFFER))
                files[kind].write(dumps(resource) + b"\n")
                counts[kind] += 1
        (made / MANIFEST).write_bytes(dumps(_manifest(export.facts, counts)) + b"\n")
    return folder


def write_bundle(path: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write one Bundle of type collection, an entry a line, that appears when it is finished, mode 0600.

    Raises as `write_workbook` does.
    """
    export = _Export.of(sheets, bundle=True)
    dumps = _writer()
    head = dumps({
        "resourceType": "Bundle",
        "id": export.links.id("Bundle", export.facts.get("log_row")),
        "identifier": identifier(export.facts),
        "type": "collection",
        "timestamp": export.facts.get("exported_at"),
    })  # fmt: skip
    with finished_file(path, overwrite=overwrite) as made, made.open("xb", _BUFFER) as file:
        file.write(head[:-1] + b',"entry":[')
        comma = b"\n"
        for resource in export.resources():
            address = f'{{"fullUrl":"urn:uuid:{resource["id"]}","resource":'.encode()
            file.write(comma + address + dumps(resource) + b"}")
            comma = b",\n"
        file.write(b"\n]}\n")
    return path


def _writer() -> Callable[[Json], bytes]:
    from orjson import dumps

    from msreg.formats.fhir_answers import plain

    return lambda resource: dumps(resource, default=plain)


def _manifest(facts: Facts, counts: Counter[str]) -> Json:
    return {
        "transactionTime": facts.get("exported_at"),
        "request": f"urn:msreg:export:{identifier(facts)['value']}",
        "requiresAccessToken": False,
        "output": [
            {"type": kind, "url": f"{kind}{SUFFIX}", "count": count} for kind, count in counts.items()
        ],
        "error": [],
    }


@dataclass(slots=True)
class _Export:
    """The sheets of one export, told apart."""

    facts: dict[str, object]
    names: dict[str, str]
    tables: list[tuple[Sheet, Opened]]
    links: Links = field(init=False)

    @classmethod
    def of(cls, given: Iterable[SheetOut], *, bundle: bool) -> _Export:
        """Sheets of data by their key; what is neither data nor told of it, such as a codebook, is left out."""
        known = {sheet.key: sheet for sheet in sheets()}
        facts: dict[str, object] = {}
        names: dict[str, str] = {}
        data: list[tuple[Sheet, Opened]] = []
        for table in opened(given):
            if table.name in known:
                data.append((known[table.name], table))
            elif table.name == "provenance":
                facts = _facts(table)
            elif table.name == CENTRES:
                names = {str(code): str(name) for code, name in table.rows()}
        made = cls(facts, names, data)
        made.links = Links(str(facts.get("registry")), bundle=bundle)
        return made

    def resources(self) -> Iterator[Json]:
        """Every resource, those of a patient's records in the order of the sheets."""
        yield provenance(self.facts, self.links)
        yield from questions([sheet for sheet, _table in self.tables], self.links)
        for sheet, table in self.tables:
            yield from Records(sheet, table, self.links)
        yield from centres(self.links, self.names, pseudonyms="pseudonymised" in self.facts)


def _facts(table: Opened) -> dict[str, object]:
    """Facts come as pairs, or as one row under their names."""
    rows: list[Sequence[Any]] = list(table.rows())
    if list(table.header) == ["key", "value"]:
        return {str(key): value for key, value in rows}
    return dict(zip(table.header, rows[0], strict=True)) if rows else {}

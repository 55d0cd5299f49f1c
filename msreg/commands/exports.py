"""`msreg exports`: the registry into files, one verb a format, all made alike; and what left."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from msreg.commands.exports_left import add_left
from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import command, group
from msreg.screen.form_values import column_keys
from msreg.screen.going import with_going
from msreg.screen.narrowing import Narrowing, asked, narrowed
from msreg.screen.result import Result
from msreg.services.export_going import Going
from msreg.vocabulary import N_

app = group("exports", help=N_("Write the registry to files of many formats, and see what left."))

Shared = Annotated[bool, typer.Option("--shared", help=N_("Shared patients too, not the own ones alone."))]
Columns = Annotated[
    str | None,
    typer.Option(
        help=N_("Only these columns, such as edss,disease.severity; what names the record comes along."),
        autocompletion=column_keys,
    ),
]
Labels = Annotated[
    bool, typer.Option("--labels/--codes", help=N_("Labels in words instead of stable codes (the default)."))
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))]

STREAM = Path("-")


class Verb(NamedTuple):
    """A format as a verb: the endings that its file may have (none: a folder), and what is said otherwise."""

    key: str
    help: str
    example: str
    out: str
    endings: tuple[str, ...] = ()
    otherwise: str = ""
    labels: bool = False
    streams: bool = False
    others: Mapping[str, str] = {}
    """Formats for names with another ending."""


VERBS: tuple[Verb, ...] = (
    Verb(
        "excel", N_("A workbook: patients, courses, disease, medication, and what they mean."),
        "msreg exports excel --out registry.xlsx\nmsreg exports excel --labels --lang nl --out lijst.xlsx",
        N_("The workbook to write."), (".xlsx",), N_("A workbook's name ends in .xlsx."), labels=True,
    ),
    Verb(
        "csv", N_("A folder with one CSV file a sheet."),
        "msreg exports csv --out registry-2026-11\nmsreg exports csv --columns edss --out edss-scores",
        N_("The folder to make."), labels=True,
    ),
    Verb(
        "jsonl", N_("JSON lines: one object a record, in one file or to standard output."),
        "msreg exports jsonl --out registry.jsonl\nmsreg exports jsonl --incomplete --out - | wc -l",
        N_("The file to write, or - for standard output."), (".jsonl", ".ndjson"),
        N_("The name of a file of JSON lines ends in .jsonl or .ndjson."), labels=True, streams=True,
    ),
    Verb(
        "parquet", N_("A folder with one Parquet file a sheet, typed and labelled, for Python, R and the like."),
        "msreg exports parquet --out registry-parquet\n"
        'msreg exports parquet --pseudonymise --project moe --to "J. de Boer" --out moe',
        N_("The folder to make."),
    ),
    Verb(
        "spss", N_("A folder with one SPSS file (.sav) a sheet, with labels in the language of the call."),
        "msreg exports spss --lang nl --out registry-spss\nmsreg exports spss --columns edss --out edss-spss",
        N_("The folder to make."),
    ),
    Verb(
        "odm", N_("One CDISC ODM-XML file: the forms with their questions, and the answers of each patient."),
        "msreg exports odm --out registry.xml\nmsreg exports odm --centre AMS01 --out ams01.xml",
        N_("The file to write."), (".xml",), N_("The name of an ODM file ends in .xml."),
    ),
    Verb(
        "fhir", N_("FHIR R4: a folder with one NDJSON file a resource type, or one Bundle for a name in .json."),
        "msreg exports fhir --out registry-fhir\nmsreg exports fhir --out registry.json",
        N_("The folder to make, or the file of a Bundle (.json)."), others={".json": "fhir-bundle"},
    ),
)  # fmt: skip


def _add(verb: Verb) -> None:
    """Declare a verb; only those whose format has no labels of its own ask for labels or codes."""

    def write(
        out: Path, narrowing: Narrowing, going: Going, shared: Shared = False, columns: Columns = None,
        labels: Labels = False, overwrite: Overwrite = False,
    ) -> Result:  # fmt: skip
        return _export(verb, out, narrowing, going, shared, columns, labels, overwrite)

    def write_codes(
        out: Path, narrowing: Narrowing, going: Going, shared: Shared = False, columns: Columns = None,
        overwrite: Overwrite = False,
    ) -> Result:  # fmt: skip
        return _export(verb, out, narrowing, going, shared, columns, False, overwrite)

    function = write if verb.labels else write_codes
    function.__name__ = verb.key
    function.__annotations__["out"] = Annotated[Path, typer.Option("--out", help=verb.out)]
    whole = narrowed(with_going(function))
    command(app, verb.key, help=verb.help, example=verb.example, json=True)(whole)


for _verb in VERBS:
    _add(_verb)
add_left(app)


def _export(
    verb: Verb, out: Path, narrowing: Narrowing, going: Going, shared: bool, columns: str | None, labels: bool,
    overwrite: bool,
) -> Result:  # fmt: skip
    from msreg.screen.exported import exported_result, exporting
    from msreg.services.exports import Style, export

    if out == STREAM and not verb.streams:
        raise Usage(N_("Only JSON lines can be written to standard output."), field="out")
    if out != STREAM and verb.endings and out.suffix.lower() not in verb.endings:
        raise Usage(verb.otherwise, field="out")
    with at_work() as desk:
        if out == STREAM and desk.edge.machine:
            raise Usage(N_("Standard output takes the export or a report on it, not both."), field="out")
        language = desk.edge.settings.export_language or desk.edge.lang
        with exporting() as step:
            done = export(
                desk.registry,
                by=desk.by,
                format=verb.others.get(out.suffix.lower(), verb.key),
                out=sys.stdout.buffer if out == STREAM else out,
                asked=asked(narrowing, scope="all" if shared else "own"),
                today=desk.today,
                style=Style(labels, language.value),
                columns=[] if columns is None else columns.split(","),
                overwrite=overwrite,
                step=step,
                going=going,
            )
    return exported_result(done)

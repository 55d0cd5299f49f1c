"""Files that `imports check` and `imports run` write beside a batch file: marked copy, report, split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import Desk
from msreg.errors import Conflict, MsregError, Usage
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.services.batch_result import Loaded
from msreg.services.imports import BatchFile
from msreg.vocabulary import N_

Marked = Annotated[
    Path | None,
    typer.Option(help=N_("Where the marked copy goes; without it beside the file, when there are faults.")),
]
NoMarked = Annotated[bool, typer.Option("--no-marked", help=N_("Write no marked copy."))]
Report = Annotated[
    Path | None, typer.Option(help=N_("Write the findings to this file: .json, .csv or .xlsx."))
]
Split = Annotated[
    bool,
    typer.Option("--split", help=N_("Write the patients without faults and the others to two files beside it.")),
]  # fmt: skip
Replace = Annotated[bool, typer.Option("--replace", help=N_("Replace a report and files that are there."))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written beside a batch file."""

    marked: Path | None
    no_marked: bool
    report: Path | None
    split: bool
    replace: bool

    def check(self, file: Path) -> None:
        """Find out before any work what cannot be written. Raises `Usage` or `Conflict`."""
        from msreg.services import batch_report, batch_split

        if self.marked is not None and self.no_marked:
            raise Usage(N_("Say --marked or --no-marked, not both."), field="marked")
        if self.report is not None:
            batch_report.check_name(self.report)
            self._refuse_existing(self.report, "report")
        if self.marked is not None:
            self._refuse_existing(self.marked, "marked")
        if self.split:
            batch_split.check_targets(file, overwrite=self.replace)

    def check_opened(self, batch: BatchFile) -> None:
        """The same for what turns on what the file is. Raises `Usage`."""
        if self.split and batch.source.format == "fhir":
            raise Usage(
                N_("FHIR is not split in two files."),
                hint=N_(
                    "Load it with --partial: the patients without faults are loaded, the others are told."
                ),
                field="split",
            )

    def _refuse_existing(self, path: Path, option: str) -> None:
        # --overwrite means something else here, so the hint of the writers would mislead
        if path.exists() and not self.replace:
            raise Conflict(
                N_("{file} is there already."),
                hint=N_("Replace it with --replace."),
                field=option,
                file=path.name,
            )

    def write(self, desk: Desk, batch: BatchFile, done: Loaded) -> dict[str, Path]:
        """Write it; gives the files by what they are."""
        from msreg import clock
        from msreg.services import batch_report, batch_split, marked_copy

        written: dict[str, Path] = {}
        if self.marked is not None or (done.errors and not self.no_marked and _can_be_marked(batch, done)):
            try:
                written["marked"] = marked_copy.mark(
                    done, batch.path, batch.source.tables, when=clock.now(), language=desk.edge.lang,
                    translate=_, out=self.marked, overwrite=self.replace,
                )  # fmt: skip
            except MsregError as fault:
                if self.marked is not None:
                    raise
                # Nobody asked for it, so the findings are told all the same.
                Screen(desk.edge).note(_("No marked copy: {why}").format(why=fault.text(_)))
        if self.split:
            written["valid"], written["refused"] = batch_split.split(
                done, batch.source, batch.path, overwrite=self.replace
            )
        if self.report is not None:
            values = desk.edge.values
            batch_report.write_report(
                done, self.report, document=lambda: _document(done, values, written), translate=_,
                values=values, overwrite=self.replace,
            )  # fmt: skip
            written["report"] = self.report
        return written


def _can_be_marked(batch: BatchFile, done: Loaded) -> bool:
    return done.format not in ("jsonl", "fhir") and batch.path.exists() and bool(done.names)


def _document(done: Loaded, values: bool, written: dict[str, Path]) -> str:
    from msreg.screen.batch import loaded_data
    from msreg.screen.result import dumps

    return dumps(loaded_data(done, values=values, written=written), indent=2) + "\n"

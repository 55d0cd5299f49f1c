"""`msreg cases upload|remove|download|scan|check`: the documents of a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msreg.commands.entry import DryRun, Yes
from msreg.commands.opening import Desk, at_work
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.going import Purpose, To
from msreg.screen.kinds import Case
from msreg.screen.language import _, active
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.services.case_files import Offered


def _documents(incomplete: str) -> list[tuple[str, str]]:
    from msreg.forms.themes import themes

    found = {wanted.key: wanted for each in themes() for wanted in each.wanted if wanted.form is None}
    return [(key, each.label[active()]) for key, each in found.items() if key.startswith(incomplete)]


Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help=N_("Files: pdf, png, jpg, docx, xlsx or txt, to 50 MB each.")),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="DOCUMENT",
        help=N_("Which document of the theme's list they are (msreg cases show), or other."),
        autocompletion=_documents,
    ),
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help=N_("Number of the file in the case."))]


def add_documents(app: typer.Typer) -> None:
    """Register the verbs on documents."""

    @command(app, "upload", help=N_("Add files to a case: all of them, or none when one is refused."),
             example="msreg cases upload NC-2026-0042 brief.pdf --as discharge_letters\n"
                     "msreg cases upload NC-2026-0042 *.pdf --dry-run",
             json=True)  # fmt: skip
    def upload(
        case: Case,
        files: Files,
        wanted: As = None,
        each: Annotated[
            bool, typer.Option("--each", help=N_("Store the others when one is refused; exit code 7."))
        ] = False,
        dry_run: DryRun = False,
    ) -> Result:
        """On a terminal it asks which document each file is."""
        from msreg.screen.case_documents import upload_result
        from msreg.services.case_documents import upload

        with at_work() as desk:
            offered = _offered(desk, case, files, wanted)
            with progress(_("files")) as step:
                done = upload(
                    desk.registry, by=desk.by, case=case, files=offered, each=each, dry_run=dry_run, step=step
                )
        return upload_result(done)

    @command(app, "remove", help=N_("Remove a file from a case, after asking; its content is gone for good."),
             example="msreg cases remove NC-2026-0042 3", json=True)  # fmt: skip
    def remove(case: Case, number: Number, yes: Yes = False, dry_run: DryRun = False) -> Result:
        """While the case is a concept or incomplete."""
        from msreg.screen.case_documents import removed_result
        from msreg.services.case_documents import remove

        with at_work() as desk:

            def call(**more: Any) -> Any:
                return remove(desk.registry, by=desk.by, case=case, place=number, **more)

            if dry_run:
                return removed_result(call(dry_run=True))
            if not yes:
                would = call(dry_run=True)
                question = _("Remove file {number}, {file}, from {case}?")
                confirm(
                    question.format(number=number, file=would.document.name, case=would.number), yes=False
                )
            return removed_result(call())

    @command(app, "download", help=N_("Write a file of a case to the disk, or all of them into a folder."),
             example="msreg cases download NC-2026-0042\n"
                     "msreg cases download NC-2026-0042 3 --out brief.pdf",
             json=True)  # fmt: skip
    def download(
        case: Case,
        number: Annotated[
            int | None,
            typer.Argument(metavar="[NUMBER]", min=1, help=N_("Number of the file; without it all of them.")),
        ] = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", help=N_("The file or folder to write; without it one of its name, here.")),
        ] = None,
        overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
        to: To = None,
        purpose: Purpose = None,
    ) -> Result:
        """It appears whole or not at all, readable by its owner only; that it left is in the log."""
        from msreg.rules.case_numbers import read_number
        from msreg.screen.case_documents import downloaded_result
        from msreg.services.case_download import download
        from msreg.services.export_going import Going

        if out is None:
            out = Path() if number is not None else Path(str(read_number(case) or case))
        with at_work() as desk, progress(_("MB")) as step:
            done = download(
                desk.registry, by=desk.by, case=case, place=number, out=out, overwrite=overwrite,
                going=Going(to or "", purpose or ""), step=step,
            )  # fmt: skip
        return downloaded_result(done)

    @command(app, "scan", help=N_("Have the files of a case scanned again that were not found clean yet."),
             example="msreg cases scan NC-2026-0042", json=True)  # fmt: skip
    def scan(case: Case) -> Result:
        """A clean file leaves the quarantine. Exit 6 when one is infected, 9 when the scanner does not answer."""
        from msreg.screen.case_documents import scanned_result
        from msreg.services.case_scanning import scan_again

        with at_work() as desk, progress(_("files")) as step:
            done = scan_again(desk.registry, by=desk.by, case=case, step=step)
        return scanned_result(done)

    @command(app, "check", help=N_("What is missing or wrong before a case is submitted; changes nothing."),
             example="msreg cases check NC-2026-0042", json=True)  # fmt: skip
    def check(case: Case) -> Result:
        """Exit 0 when the case is complete, 6 when something is missing or wrong."""
        from msreg.screen.case_check import check_result
        from msreg.services.case_checking import check_case

        with at_work() as desk:
            found = check_case(desk.registry, by=desk.by, case=case)
        return check_result(found)


def _offered(desk: Desk, case: str, files: list[Path], wanted: str | None) -> list[Offered]:
    """The files with what they are: as was said, or as somebody answers who can be asked."""
    from msreg.services.case_files import MAX_FILES, Offered

    if wanted is not None or not desk.edge.interactive or len(files) > MAX_FILES:
        return [Offered(path, wanted) for path in files]
    from msreg.screen.case_asking import ask_wanted
    from msreg.services.cases import show_case

    found = show_case(desk.registry, by=desk.by, case=case)
    return [Offered(path, ask_wanted(found.theme, path.name)) for path in files]

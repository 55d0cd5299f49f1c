"""What became of documents of a case: uploaded, removed, downloaded, scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msreg.rules.case_wanted import Lacking
from msreg.screen.case_data import document_data, lacking_data
from msreg.screen.case_words import headline, label, size_words, tell_missing, tell_traces
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.case_documents import FileState, FileTold, Removed, Uploaded
from msreg.vocabulary import ScanResult

if TYPE_CHECKING:
    from msreg.services.case_download import Downloaded
    from msreg.services.case_scanning import Scanned

PARTIAL, REFUSED, FAILED = 7, 6, 9


def upload_result(done: Uploaded) -> Result:
    """`cases upload`: exit 6 when a file was refused and nothing is stored, 7 when the others are, 9 when none of
    them could be read."""
    refused = [each.gated.fault for each in done.of(FileState.REFUSED) if each.gated.fault]
    code = 0
    if refused:
        code = PARTIAL if done.stored else FAILED if all(e.exit_code == FAILED for e in refused) else REFUSED
    return Result(lambda: _upload_data(done), lambda screen: _show_upload(screen, done), code)


def _show_upload(screen: Screen, done: Uploaded) -> None:
    for each in done.files:
        _file(screen, done, each)
    for each in done.files:
        _warn(screen, each)
    tell_traces(
        screen, {each.name: each.gated.traces for each in done.of(FileState.STORED) if each.gated.traces}
    )
    screen.line()
    stored = len(done.of(FileState.STORED))
    if not done.stored:
        screen.text(_("Nothing was stored in {case}.").format(case=done.number), "red")
        if done.of(FileState.LEFT):
            again = _("Leave the refused ones out, or store the others all the same: --each")
            screen.text(again, "grey")
        return
    if done.dry_run:
        text = ngettext("{count} file would be stored.", "{count} files would be stored.", stored)
        screen.line(Cell(str(done.number), "accent"), f"  {text}")
        screen.line(_("Nothing was written."), tone="grey")
        return
    text = ngettext("{count} file stored.", "{count} files stored.", stored)
    screen.line(Cell(str(done.number), "accent"), f"  {text}")
    _after(screen, str(done.number), done.lacking)


def _file(screen: Screen, done: Uploaded, each: FileTold) -> None:
    name = Cell(each.name, "accent")
    if each.gated.fault is not None:
        screen.line(Cell("✗ ", "red"), name)
        screen.text(each.gated.fault.text(_), "red", indent=2)
        if hint := each.gated.fault.hint_text(_):
            screen.text(hint, "grey", indent=2)
        return
    if each.state is FileState.LEFT:
        screen.line(Cell("– ", "grey"), name, Cell("  " + _("nothing wrong with it, not stored"), "grey"))
        return
    assert each.row is not None
    known = next((wanted for wanted in done.theme.wanted if wanted.key == each.row["wanted"]), None)
    what = label(known) if known else _("other")
    mark = Cell("= ", "grey") if each.state is FileState.THERE else Cell("✓ ", "green")
    told = f"  {each.row['place']}  {size_words(each.row['size'])}  {what}"
    screen.line(mark, name, Cell(told, "grey"))
    if each.state is FileState.THERE:
        text = _("{case} has this file already, as file {place}.")
        screen.text(text.format(case=done.number, place=each.row["place"]), "grey", indent=2)


def _warn(screen: Screen, each: FileTold) -> None:
    """What somebody has to look at: quarantine, words that nobody could read, what a picture tells."""
    gated = each.gated
    if each.state is not FileState.STORED:
        return
    if gated.held:
        text = _("{file} is in quarantine: it was not scanned, and counts when it was: msreg cases scan CASE")
        screen.text(text.format(file=each.name), "red")
    for message in gated.warned:
        screen.text(_(message).format(file=each.name), "orange")
    if not gated.whole:
        text = _("{file} could not be searched for names and numbers: look yourself whether it is anonymous.")
        screen.text(text.format(file=each.name), "orange")


def _after(screen: Screen, case: str, lacking: Lacking) -> None:
    tell_missing(screen, lacking)
    screen.next(f"msreg cases check {case}", _("What is left to do"))


def _upload_data(done: Uploaded) -> dict[str, Any]:
    return {
        "case": str(done.number),
        "dry_run": done.dry_run,
        "stored": len(done.of(FileState.STORED)) if done.stored else 0,
        "refused": len(done.of(FileState.REFUSED)),
        "files": [_file_data(each) for each in done.files],
        "missing": lacking_data(done.lacking),
    }


def _file_data(each: FileTold) -> dict[str, Any]:
    gated, row, fault = each.gated, each.row, each.gated.fault
    return {
        "file": each.name,
        "state": each.state,
        "document": row and row["place"],
        "wanted": row and row["wanted"],
        "kind": gated.kind,
        "size": gated.copy and gated.copy.size,
        "sha256": gated.copy and gated.copy.sha256,
        "scan": gated.scan,
        "held": bool(row and row["held"]),
        "traces": gated.traces,
        "searched": gated.whole,
        "error": fault
        and {
            "code": fault.code,
            "rule": fault.rule,
            "field": fault.field,
            "message": fault.text(_),
            "hint": fault.hint_text(_),
        },
    }


def removed_result(done: Removed) -> Result:
    """`cases remove`."""

    def show(screen: Screen) -> None:
        text = (
            _("{file} would be removed from {case}.") if done.dry_run else _("{file} is removed from {case}.")
        )
        screen.text(text.format(file=done.document.name, case=done.number))
        if done.dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        else:
            _after(screen, str(done.number), done.lacking)

    data = {
        "case": str(done.number),
        "dry_run": done.dry_run,
        "removed": document_data(done.document),
        "missing": lacking_data(done.lacking),
    }
    return Result(data, show)


def downloaded_result(done: Downloaded) -> Result:
    """`cases download`."""

    def show(screen: Screen) -> None:
        for each, path in done.files:
            screen.line(Cell(str(path), "accent"), Cell(f"  {size_words(each.row['size'])}", "grey"))
        for each in done.held:
            text = _("{file} stayed behind: it is in quarantine.")
            screen.text(text.format(file=each.name), "red")
        screen.line(_("These files hold data of a patient in clear."), tone="grey")

    data = {
        "case": str(done.number),
        "out": done.out,
        "files": [
            {
                "document": each.row["place"],
                "file": path,
                "size": each.row["size"],
                "sha256": each.row["sha256"],
            }
            for each, path in done.files
        ],
        "held": [each.row["place"] for each in done.held],
    }
    return Result(data, show)


def scanned_result(done: Scanned) -> Result:
    """`cases scan`: exit 6 when something malicious was found, 7 when the scanner could not say of some, 9 of all."""
    results = [each.result for each in done.files]
    code = 0
    if ScanResult.INFECTED in results:
        code = REFUSED
    elif ScanResult.NOT_SCANNED in results:
        code = FAILED if all(each is ScanResult.NOT_SCANNED for each in results) else PARTIAL

    def show(screen: Screen) -> None:
        headline(screen, done.number, done.theme.label, done.centre)
        for each in done.files:
            why = f" ({each.why.text(_)})" if each.why else ""
            screen.line(
                "  ", Cell(_sign(each.result), _TONES[each.result]), f" {each.document.name}  ",
                scan_cell(each.result), Cell(why, "grey"),
            )  # fmt: skip
        if not done.files:
            screen.line("  ", Cell(_("Every file was found clean before."), "green"))
        if ScanResult.INFECTED in results:
            text = _("An infected file stays in quarantine: remove it with msreg cases remove {case} NUMBER")
            screen.text(text.format(case=done.number), "red")

    data = {
        "case": str(done.number),
        "files": [
            {
                "document": each.document.row["place"],
                "scan": each.result,
                "held": each.held,
                "why": each.why and each.why.text(_),
            }
            for each in done.files
        ],
    }
    return Result(data, show, code)


_TONES: dict[ScanResult, Any] = {
    ScanResult.CLEAN: "green",
    ScanResult.INFECTED: "red",
    ScanResult.NOT_SCANNED: "orange",
}


def _sign(result: ScanResult) -> str:
    return {ScanResult.CLEAN: "✓", ScanResult.INFECTED: "✗", ScanResult.NOT_SCANNED: "?"}[result]


def scan_cell(result: ScanResult) -> Cell:
    """What a scanner said, in words."""
    words = {
        ScanResult.CLEAN: _("clean"),
        ScanResult.INFECTED: _("infected"),
        ScanResult.NOT_SCANNED: _("the scanner could not say"),
    }
    return Cell(words[result], _TONES[result])

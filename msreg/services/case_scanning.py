"""Scanning documents of cases for malicious content: as they come, and again those in quarantine (security F3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from msreg.config import Settings
from msreg.errors import Phrase, Usage
from msreg.formats.scanner import NONE, scan
from msreg.forms.themes import Theme, theme
from msreg.rules.case_numbers import CaseNumber
from msreg.services import access
from msreg.services.case_copies import copy_of
from msreg.services.case_files import change_file, look_up
from msreg.services.case_writing import change
from msreg.services.cases import Document, find_case, number_of
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import cases as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right, ScanResult

EVENT = "cases.scan"
Step = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A document of a case with what the scanner said of it now; `document` is as it was before."""

    document: Document
    result: ScanResult
    held: bool
    """Whether it is in quarantine now."""
    why: Phrase | None
    """Why it could not be scanned."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The documents of a case that were scanned again."""

    number: CaseNumber
    theme: Theme
    centre: str
    files: list[ScannedFile]


def scanned(settings: Settings, file: BinaryIO, size: int) -> tuple[ScanResult, Phrase | None]:
    """What the scanner of the settings says of a file, and why when it could not say."""
    cases = settings.cases
    said = scan(file, size, scanner=cases.scanner, address=cases.scanner_address)
    return said.result, said.why


def is_held(settings: Settings, result: ScanResult) -> bool:
    """Whether a file of which the scanner said this stays in quarantine."""
    return result is ScanResult.INFECTED or (
        settings.cases.scan_required and result is ScanResult.NOT_SCANNED
    )


def scan_again(registry: Registry, *, by: Actor, case: str, step: Step | None = None) -> Scanned:
    """Have the uploaded documents of a case scanned that were not found clean yet, and move them in or out of
    quarantine. In any state of the case: what it tells does not change.

    Raises `Usage` when no scanner is set.
    """
    access.require(registry, by=by, right=Right.CASES_WRITE, event=EVENT)
    from msreg.services.case_gate import uploads_folder

    settings = registry.settings
    if settings.cases.scanner == NONE:
        raise Usage(
            N_("No scanner is set."),
            hint=N_("Set one in msreg.toml: cases.scanner = clamd or clamscan; see msreg help settings."),
            field="cases.scanner",
        )
    row = look_up(registry, by=by, case=case, event=EVENT)
    with registry.light(keep=True) as db:
        waiting = [
            each
            for each in queries.documents(db, [row["id"]])
            if each["form"] is None and (each["scan"] != ScanResult.CLEAN.value or each["held"])
        ]
    said: dict[str, tuple[ScanResult, Phrase | None]] = {}
    with uploads_folder(settings) as folder:
        for done, each in enumerate(waiting, start=1):
            with copy_of(registry, folder, each) as file:
                said[each["id"]] = scanned(settings, file, each["size"])
            if step is not None:
                step(done, len(waiting))
    with writing(registry, by=by, event=EVENT, action=Action.UPDATE, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        files = [
            ScannedFile(Document(each), result, is_held(settings, result), why)
            for each in queries.documents(work.db, [row["id"]])
            if each["id"] in said
            for result, why in [said[each["id"]]]
        ]
        for one in files:
            _keep(work, one)
        if work.items:
            change(work, row, {})
        work.about |= {"case": str(number_of(row)), "files": len(files)}
    return Scanned(number_of(row), theme(row["theme"]), row["centre_code"], files)


def _keep(work: Work, one: ScannedFile) -> None:
    row = one.document.row
    columns = {"scan": one.result.value, "held": one.held}
    if (row["scan"], bool(row["held"])) != (one.result.value, one.held):
        change_file(work, row, columns)

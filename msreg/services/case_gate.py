"""Files on their way into a case: copied once, judged by their content, scanned, searched for traces of persons.

All of it happens before the registry is written: nobody waits for the lock while a file is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from msreg.config import Settings
from msreg.errors import MsregError, Phrase, Refused, Unavailable
from msreg.formats.leftovers import working_folder
from msreg.formats.upload_faults import WARNED
from msreg.formats.uploads import Kind, Taken, clean_name, inspect_all, taken
from msreg.services.case_files import Offered
from msreg.services.case_scanning import is_held, scanned
from msreg.services.case_traces import OwnWords, traces_in
from msreg.vocabulary import N_, ScanResult

Step = Callable[[int, int | None], None]
_AT_ONCE = 8
"""Files that are judged in one go: more would only keep the progress from moving."""
_SMALL = 500_000
"""Bytes of a file whose words are searched together with those of others."""
_CODES = {message: code for code, message in WARNED.items()}


@dataclass(slots=True)
class Gated:
    """What became of a file at the gate: its copy, or the fault that keeps it out."""

    offered: Offered
    copy: Taken | None = None
    kind: Kind | None = None
    fault: MsregError | None = None
    scan: ScanResult = ScanResult.NOT_SCANNED
    warned: tuple[str, ...] = ()
    """What it tells that its name does not, messages with `{file}`."""
    traces: dict[str, int] = field(default_factory=dict)
    whole: bool = True
    """Whether all of its words could be searched: a picture of a page has none that can be found."""

    unscanned: Phrase | None = None
    """Why the scanner could not say."""
    held: bool = False
    """Whether it goes into quarantine: a scanner is required, and could not say that it is clean."""

    @property
    def name(self) -> str:
        """Its cleaned name."""
        return self.copy.name if self.copy else clean_name(self.offered.path.name)


@contextmanager
def uploads_folder(settings: Settings) -> Iterator[Path]:
    """A private folder for copies, within the folder of the registry: documents of others lie nowhere else."""
    try:
        with working_folder(settings.home / "uploads") as folder:
            yield folder
    except OSError as problem:
        raise Unavailable(
            N_("There is no room for copies of the files; nothing was uploaded."),
            hint=N_("Make room on the disk of the registry, and try again."),
        ) from problem


@contextmanager
def through_gate(
    settings: Settings, files: Sequence[Offered], own: OwnWords, step: Step | None = None
) -> Iterator[list[Gated]]:
    """Look at files; the copies of those without a fault are there until the end of the block.

    Raises only what is the machine's fault, such as a full disk: what is wrong with a file is told of that file.
    """
    with uploads_folder(settings) as folder, ExitStack() as open_copies:
        found = [Gated(each) for each in files]
        done = 0
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            for each in some:
                _take(each, folder, open_copies)
            _judge([each for each in some if each.fault is None])
            for each in some:
                if each.fault is None:
                    _scan(each, settings)
            for group in _groups([each for each in some if each.fault is None]):
                _search(group, own)
            done += len(some)
            if step is not None:
                step(done, len(found))
        yield found


def _take(each: Gated, folder: Path, open_copies: ExitStack) -> None:
    try:
        each.copy = open_copies.enter_context(taken(each.offered.path, folder))
    except Refused as fault:
        each.fault = fault
    except Unavailable as fault:
        if not _is_readable(each.offered.path):
            each.fault = fault  # the others may be there
            return
        raise


def _is_readable(path: Path) -> bool:
    """Whether the fault lies elsewhere than in the file: then it is the disk that copies go to."""
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _judge(some: list[Gated]) -> None:
    copies = [each.copy for each in some if each.copy is not None]
    for each, verdict in zip(some, inspect_all(copies) if copies else [], strict=True):
        each.kind, each.fault, each.warned = verdict.kind, verdict.refused, verdict.warned


def _scan(each: Gated, settings: Settings) -> None:
    assert each.copy is not None
    each.scan, each.unscanned = scanned(settings, each.copy.file, each.copy.size)
    each.held = is_held(settings, each.scan)
    if each.scan is ScanResult.INFECTED:
        each.fault = infected(each.name)


def infected(name: str) -> Refused:
    """What is said of a file in which the scanner found something."""
    return Refused(
        N_("{file} is infected: the scanner found something malicious in it."),
        hint=N_("Keep it closed, and tell the people who look after the computers of your hospital."),
        file=name,
    )


def _groups(some: list[Gated]) -> Iterator[list[Gated]]:
    """Small files together, large ones alone: all their words are in memory at once."""
    small: list[Gated] = []
    for each in some:
        if each.copy is not None and each.copy.size <= _SMALL:
            small.append(each)
        else:
            yield [each]
    if small:
        yield small


def _search(group: list[Gated], own: OwnWords) -> None:
    files = [(each.copy.file, each.kind) for each in group if each.copy is not None and each.kind is not None]
    for each, (traces, whole) in zip(group, traces_in(files, own), strict=True):
        each.traces, each.whole = traces, whole
        for message in each.warned:
            each.traces[_CODES[message]] = 1

"""`msreg demo`: a look around on made-up people, in a registry that is thrown away."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msreg import clock
from msreg.errors import MsregError, Usage
from msreg.screen.command import alone, command
from msreg.screen.edge import edge
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.table import Cell
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.services.demo import Demo

app = alone()


@command(app, "demo", help=N_("Try msreg on made-up people, in a registry that is thrown away."),
         example="msreg demo\nmsreg demo --patients 200 --keep\nmsreg demo --shell")  # fmt: skip
def demo(
    patients: Annotated[int, typer.Option(min=8, max=100_000, help=N_("How many people to make up."))] = 57,
    seed: Annotated[int, typer.Option(min=0, help=N_("Another number, other people."))] = 1,
    keep: Annotated[bool, typer.Option("--keep", help=N_("Leave the registry there afterwards."))] = False,
    shell: Annotated[
        bool,
        typer.Option("--shell", help=N_("Instead of the walk, open a shell in which msreg works on it.")),
    ] = False,
) -> None:
    """A short walk: overview, one patient, why one is incomplete, a batch with faults, an export."""
    call = edge()
    screen = Screen(call)
    if shell and not call.interactive:
        raise Usage(N_("A shell needs a terminal; without one, use msreg demo --keep."), field="shell")
    folder = Path(tempfile.mkdtemp(prefix="msreg-demo-"))
    try:
        from msreg.services.demo import prepare

        made = prepare(folder, os.environ, seed=seed, patients=patients, today=call.today or clock.today())
        _tell(screen, made)
        if shell:
            _open_shell(screen, made)
        else:
            for title, words, code in _walk(made):
                _step(screen, made, title, words, code)
        if keep:
            screen.line()
            screen.line(_("The registry is still there; use it with:"))
            for name in ("MSREG_HOME", "MSREG_KEY_FILE"):
                screen.line(Cell(f"export {name}={shlex.quote(made.environ[name])}", "accent"))
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    if not (keep or shell):
        screen.line()
        screen.line(_("The made-up registry has been removed."), tone="grey")
        screen.next("msreg demo --shell", _("Look around yourself"))


def _tell(screen: Screen, made: Demo) -> None:
    filled = made.filled
    people = ngettext("{count} made-up patient", "{count} made-up patients", filled.patients)
    centres = ngettext("{count} centre", "{count} centres", filled.centres)
    courses = ngettext("{count} course", "{count} courses", filled.courses)
    screen.line(
        _("An encrypted registry with {people} in {centres}, {courses} over ten years.").format(
            people=people, centres=centres, courses=courses
        )
    )


def _walk(made: Demo) -> Iterator[tuple[str, list[str], int]]:
    """The steps: what it shows, the command, and the exit code that it has to give."""
    yield _("The overview: red is incomplete, orange a new course due, white deceased or ended"), \
        ["patients", "list", "--page-size", "20"], 0  # fmt: skip
    yield _("A hospital sends a batch file; every fault is told at once, nothing is loaded"), \
        ["imports", "check", str(made.faulty)], 6  # fmt: skip
    yield _("Mended, it is loaded as a whole"), ["imports", "run", str(made.mended), "--yes"], 0
    yield _("One patient"), ["patients", "show", made.patient], 0
    yield _("The same patient on one page"), ["synopsis", made.patient], 0
    if made.incomplete:
        yield _("Why is somebody not complete?"), ["patients", "why", made.incomplete], 0
    yield _("Everything out again, as a workbook"), ["exports", "excel", "--out", str(made.export)], 0
    yield _("Who saw and did what is in a log that cannot be changed unnoticed"), ["audit", "verify"], 0


def _step(screen: Screen, made: Demo, title: str, words: list[str], code: int) -> None:
    screen.line()
    screen.line(title, tone="accent")
    shown = [Path(word).name if os.sep in word else word for word in words]
    screen.line(f"$ msreg {shlex.join(shown)}", tone="grey")
    screen.out.flush()
    language = ["--lang", edge().lang.value]
    done = subprocess.run(
        [sys.executable, "-m", "msreg", *words, *language],
        env={**made.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != code:
        raise MsregError(
            N_("The step {step} of the demo ended with {code} instead of {expected}."),
            step=" ".join(shown),
            code=done.returncode,
            expected=code,
        )


def _open_shell(screen: Screen, made: Demo) -> None:
    screen.line(_("Try: {command}").format(command="msreg patients list"))
    screen.line(_("Leave with exit; the registry is removed then."), tone="grey")
    screen.out.flush()
    bin_folder = str(Path(sys.argv[0]).resolve().parent)
    path = os.pathsep.join((bin_folder, made.environ.get("PATH", "")))
    subprocess.run([os.environ.get("SHELL", "/bin/sh")], env={**made.environ, "PATH": path}, check=False)

"""The programs that people open our files with: a browser and a spreadsheet, both from Debian."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def program(name: str) -> str:
    """The path of a program; where it is missing the test says which package has it."""
    found = shutil.which(name)
    if found is None:
        packages = " ".join((HERE / "packages.txt").read_text().split())
        pytest.fail(f"{name} is not on this machine; install: {packages}", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a page that asks for anything outside itself does not get it."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program("chromium"), args=list(QUIET), chromium_sandbox=False
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def people(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the registry with made-up people for the tests here: each call of the program is written in its log."""
    folder = tmp_path_factory.mktemp("programs") / "people"
    shutil.copytree(people, folder)
    return folder


Sheets = Callable[[Path], dict[str, str]]


@pytest.fixture(scope="session")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Sheets:
    """Open a workbook in LibreOffice: `spreadsheet(path)` gives each sheet's name and its cells as CSV text."""
    office = program("soffice")
    profile = tmp_path_factory.mktemp("office")

    def convert(workbook: Path) -> dict[str, str]:
        out = tmp_path_factory.mktemp("sheets")
        every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
        done = subprocess.run(
            [office, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", every_sheet,
             "--outdir", str(out), str(workbook)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return {
            each.stem.removeprefix(f"{workbook.stem}-"): each.read_text(encoding="utf-8")
            for each in sorted(out.iterdir())
        }

    return convert

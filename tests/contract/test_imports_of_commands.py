"""What a command loads before it answers: start-up is the speed that people feel (DESIGN 6)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.services.access import whoami
from msreg.services.operators import add_operator
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Role
from tests.case_answers import case_with
from tests.cases import add_file, reported

SCRIPT = (
    "import sys; from msreg.__main__ import main; code = main({words!r});"
    " sys.stderr.write('\\n' + ' '.join(sys.modules)); sys.exit(code)"
)
WRITES = ("sqlmodel", "sqlalchemy", "pydantic", "alembic")
FILES = ("openpyxl", "xlsxwriter", "python_calamine")
PEOPLE = ("rich", "questionary", "prompt_toolkit")
OTHERS = ("keyring", "stdnum", "babel", "asyncio", "multiprocessing", "unittest", "starlette", "uvicorn")
A_MILLISECOND = ("socket", "random", "_strptime")
HEAVY = {*WRITES, *FILES, *PEOPLE, *OTHERS, *A_MILLISECOND}


def loaded(words: list[str], environ: Mapping[str, str]) -> set[str]:
    """The top modules that a fresh interpreter has loaded after one call, and those of msreg in full."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(words=words)], env=dict(environ), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = done.stderr.rpartition("\n")[2].split()
    return {name if name.startswith("msreg") else name.partition(".")[0] for name in names}


def test_version_loads_not_even_typer(home: Mapping[str, str]) -> None:
    found = loaded(["--version"], home)
    assert not found & {*HEAVY, "typer", "json", "sqlcipher3", "cryptography"}
    assert {each for each in found if each.startswith("msreg")} == {"msreg", "msreg.__main__"}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_help_loads_no_group(lang: str, home: Mapping[str, str]) -> None:
    found = loaded(["--help"], {**home, "MSREG_LANG": lang})
    assert not found & {*HEAVY, "json", "sqlcipher3", "cryptography"}
    assert not {
        each for each in found if each.startswith(("msreg.commands.", "msreg.store", "msreg.services"))
    }


@pytest.fixture(scope="module")
def own(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: what these commands log stands in no other test's way."""
    folder = tmp_path_factory.mktemp("own") / "copy"
    shutil.copytree(people, folder)
    environ = {"MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek")}
    with Registry.open(load_settings(environ)) as registry:
        by, today = whoami(registry, registry.settings.environ), date(2026, 11, 21)
        add_file(registry, reported(registry, by, today).id)
        case_with(registry, by, today, CaseForm.CRF)
        add_operator(registry, by=by, user="jan@example.org", role=Role.JOB)
    return folder


@pytest.fixture
def patient(own: Path) -> dict[str, str]:
    environ = {"MSREG_HOME": str(own / "home"), "MSREG_KEY_FILE": str(own / "kek")}
    with Registry.open(load_settings(environ)) as registry, registry.light() as db:
        row = db.one(
            "SELECT p.number, max(c.course_date) FROM patient p JOIN course c ON c.patient_id = p.id"
        )
    assert row is not None
    return {"P": f"MS-{row[0]:07d}", "DAY": row[1]}


@pytest.mark.parametrize(
    "line",
    ["patients list", "patients list --json", "patients find P", "patients show P", "patients why P",
     "courses list P", "courses show P DAY", "disease show P", "medications list P", "events list P", "events list --unsent", "events batches",
     "patients history P",
     "proms show P", "proms status", "proms status --json",
     "reports centre", "reports benchmark --centre AMS01", "reports completeness --json", "reports progression",
     "synopsis P", "synopsis P --json", "synopsis P --format markdown", "chart P", "chart P --json",
     "cases list", "cases list --process lza1", "cases due", "cases show NC-2026-0001", "cases show NC-2026-0001 --json",
     "cases history NC-2026-0001", "cases crf NC-2026-0002 --show", "cases months", "cases remove NC-2026-0001 1 --dry-run", "reports notifications", "reports notifications --json",
     "reminders due", "reminders due --json", "reminders log", "reminders log --failed --json",
     "centres list", "users list", "audit list", "imports history", "exports list", "db backup"],
)  # fmt: skip
def test_what_only_shows_loads_nothing_heavy(
    line: str, own: Path, patient: dict[str, str], home: Mapping[str, str]
) -> None:
    environ = {**home, "MSREG_HOME": str(own / "home"), "MSREG_KEY_FILE": str(own / "kek")}
    found = loaded([patient.get(word, word) for word in line.split()], environ)
    assert not found & HEAVY, found & HEAVY
    assert "sqlcipher3" in found


@pytest.mark.parametrize(
    "format_",
    [
        "excel --out x.xlsx",
        "csv --out x",
        "jsonl --out x.jsonl",
        "jsonl --out -",
        "spss --out x-spss",
        "csv --out x-p --pseudonymise",
        "fhir --out x-fhir",
        "fhir --out x.json",
    ],
)
def test_exports_load_no_models_and_no_library_for_files(
    format_: str, own: Path, home: Mapping[str, str]
) -> None:
    """Rows go from the database into the file; `random` comes with `tempfile`, for names of working folders."""
    environ = {**home, "MSREG_HOME": str(own / "home"), "MSREG_KEY_FILE": str(own / "kek")}
    words = [str(own / word) if word.startswith("x") else word for word in format_.split()]
    found = loaded(["exports", *words], environ)
    assert not found & (HEAVY - {"random"}), found & HEAVY


WHO = (
    "patients add --centre AMS01 --consent yes --consent-date 2020-01-02 --patient-number {n} --family-name Zk"
    " --birth-date 1980-05-06 --sex f --diagnosis-date 2019-03-04 --diagnosis-phenotype cis"
)


@pytest.mark.parametrize(
    "line",
    [WHO.format(n="zk-1"), "courses add P --course-date 1999-09-09 --edss-method not_done --mri-done no",
     "courses edit P DAY --edss-method estimated", "disease relapse add P --date 1999-09-09 --methylprednisolone no",
     "courses delete P DAY --dry-run", "drafts list", "cases new --theme HYS --centre AMS01",
     "cases edit NC-2026-0001 --patient-number 7", "cases crf NC-2026-0002 --age 34", "cases submit NC-2026-0001", "cases return NC-2026-0001 --remark x --yes",
     "patients mail P --stop --yes", "users edit jan@example.org --language nl", "users remove jan@example.org --yes",
     "reminders retry --failed --yes",
     "cases withdraw NC-2026-0001 --remark x --yes", "cases nothing UTR01 2026-10", "proms add P --answered-on 1999-09-09 --incomplete", WHO.format(n="zk-2") + " --dry-run"],
)  # fmt: skip
def test_entry_by_options_loads_neither_models_nor_prompts(
    line: str, own: Path, patient: dict[str, str], home: Mapping[str, str]
) -> None:
    """C2: who gives all answers waits for no library that asks; writing goes by SQL text."""
    environ = {**home, "MSREG_HOME": str(own / "home"), "MSREG_KEY_FILE": str(own / "kek")}
    found = loaded([patient.get(word, word) for word in line.split()], environ)
    # A patient's BSN is judged with the rest: stdnum, and with it the sockets of the standard library.
    # Files of a case that are searched for names once more pass through a working folder of `tempfile`.
    heavy = HEAVY - {"stdnum", "socket"} - ({"random"} if "cases submit" in line else set())
    assert not found & heavy, found & heavy
    assert "sqlcipher3" in found
    assert not found & {"msreg.screen.terminal", "msreg.screen.walk", "msreg.screen.guided"}

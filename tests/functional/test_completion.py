"""The Tab key, in a real shell on a real terminal and as shells call it (decision 0027, SPEC C1, C2, S3, S5)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from msreg.store.registry import Registry

SHELLS = [each for each in ("bash", "zsh", "fish") if shutil.which(each)]
START = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='$ '; source <(_MSREG_COMPLETE=source_bash msreg); clear"),
    "zsh": (["-f", "-i"],
            "PS1='$ '; autoload -Uz compinit; compinit -u -D; source <(_MSREG_COMPLETE=source_zsh msreg); clear"),
    "fish": (["--no-config", "-i"], "_MSREG_COMPLETE=source_fish msreg | source; clear"),
}  # fmt: skip
HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "alembic", "openpyxl", "rich", "questionary", "prompt_toolkit",
         "textual", "keyring", "reportlab", "asyncio", "multiprocessing")  # fmt: skip

Tab = Callable[..., list[str]]


@pytest.fixture
def tab(home: Mapping[str, str], people_registry: Registry, tmp_path: Path) -> Tab:
    """What is offered for a line, as a shell hears it: `tab("msreg pat")`. Nothing else is said, and all is well."""

    def call(line: str, *, shell: str = "bash", **more: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "msreg"], capture_output=True, encoding="utf-8", cwd=tmp_path, timeout=60,
            env={**home, "MSREG_LANG": "en", "_MSREG_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line,
                 **more}, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return call


def one(registry: Registry, sql: str) -> tuple[Any, ...]:
    with registry.light() as db:
        row = db.one(sql)
    assert row is not None
    return row


# -- in a shell -------------------------------------------------------------------------------------


class Typing:
    """A shell on a terminal in which somebody types."""

    def __init__(self, shell: str, folder: Path, environ: Mapping[str, str]) -> None:
        (folder / "bin").mkdir()
        program = folder / "bin" / "msreg"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m msreg "$@"\n')
        program.chmod(0o700)
        (folder / "here").mkdir()
        (folder / "here" / "november.xlsx").touch()
        words, start = START[shell]
        self.child = pexpect.spawn(
            shell, words, dimensions=(40, 100), encoding="utf-8", cwd=str(folder / "here"), timeout=30,
            env={**environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "xterm", "LANG": "C.UTF-8",
                 "MSREG_LANG": "en"},
        )  # fmt: skip
        self.child.sendline(f"{start}; echo rea''dy")
        self.child.expect("ready\r\n")

    def until(self, keys: str, wanted: str) -> str:
        """Type keys until the line shows what is wanted; gives the screen."""
        self.child.send("\x15")  # an empty line
        screen = pyte.Screen(100, 40)
        stream = pyte.Stream(screen)
        self.child.send(keys)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with suppress(pexpect.TIMEOUT):
                stream.feed(self.child.read_nonblocking(65536, 0.2))
            shown = "\n".join(line.rstrip() for line in screen.display)
            if wanted in shown:
                return shown
        raise AssertionError(f"{wanted!r} is not in:\n{shown}")


@pytest.fixture(params=SHELLS)
def typing(
    request: pytest.FixtureRequest, home: Mapping[str, str], people_registry: Registry, tmp_path: Path
) -> Iterator[Typing]:
    shell = Typing(request.param, tmp_path, home)
    yield shell
    shell.child.close(force=True)


def test_a_person_types_a_call_with_the_tab_key(typing: Typing, people_registry: Registry) -> None:
    """Commands, a number, a date, an option and its value; a file where a file belongs, and nowhere else."""
    number, day = one(
        people_registry,
        "SELECT p.number, c.course_date FROM course c JOIN patient p ON p.id = c.patient_id"
        " GROUP BY p.id, substr(c.course_date, 1, 7) HAVING count(*) = 1 LIMIT 1",
    )
    typing.until("msreg cour\ted\t", "msreg courses edit")
    typing.until("msreg courses edit MS-\t", "msreg courses edit MS-00000")
    typing.until(f"msreg courses edit MS-{number:07d} {day[:7]}\t", f"MS-{number:07d} {day}")
    typing.until("msreg courses add MS-0000001 --edss-met\tass\t", "--edss-method assessed")
    typing.until("msreg patients list --phenotype=sp\t", "--phenotype=spms")
    typing.until("msreg imports check nov\t", "msreg imports check november.xlsx")
    typing.until("msreg patients show nov\t-ember", "msreg patients show nov-ember")


# -- as a shell calls it ------------------------------------------------------------------------------


def test_numbers_for_every_verb_that_takes_a_patient(tab: Tab, people_registry: Registry) -> None:
    last = one(people_registry, "SELECT max(number) FROM patient")[0]
    for verb in ("patients show", "patients edit", "patients why", "courses list", "courses add", "disease show",
                 "disease relapse add", "medications list", "events list", "patients find"):  # fmt: skip
        assert tab(f"msreg {verb} MS-{last:07d}") == [f"MS-{last:07d}"], verb
    assert tab(f"msreg audit list --patient MS-{last:07d}") == [f"MS-{last:07d}"]


def test_dates_and_codes_of_the_patient_who_is_named(tab: Tab, people_registry: Registry) -> None:
    """By registry number or by the number of a hospital; of the kind that the verb is about."""
    number, centre, own, days = one(
        people_registry,
        "SELECT p.number, h.code, p.patient_number, group_concat(DISTINCT c.course_date) FROM patient p"
        " JOIN centre h ON h.id = p.centre_id JOIN course c ON c.patient_id = p.id GROUP BY p.id LIMIT 1",
    )
    expected = sorted(days.split(","), reverse=True)
    assert tab(f"msreg courses show MS-{number:07d} ") == expected
    assert tab(f"msreg courses edit {centre}:{own} ") == expected
    relapse = one(
        people_registry,
        "SELECT p.number, d.date FROM disease_event d JOIN patient p ON p.id = d.patient_id"
        " WHERE d.kind = 'relapse' GROUP BY p.id HAVING count(*) = 1 LIMIT 1",
    )
    assert tab(f"msreg disease relapse edit MS-{relapse[0]:07d} ") == [relapse[1]]
    number, code, start = one(
        people_registry,
        "SELECT p.number, m.medicine, m.start_date FROM medication m JOIN patient p ON p.id = m.patient_id"
        " GROUP BY p.id, m.medicine HAVING count(*) = 1 LIMIT 1",
    )
    assert code in tab(f"msreg medications edit MS-{number:07d} ")
    assert tab(f"msreg events edit MS-{number:07d} {code} ") == [start]


def test_dates_are_in_the_log_and_numbers_are_not(tab: Tab, people_registry: Registry) -> None:
    """S5."""

    def events() -> list[str]:
        with people_registry.light() as db:
            bodies = db.rows("SELECT body FROM audit_event ORDER BY seq")
        return [json.loads(row[0])["event"] for row in bodies]

    before = events()
    assert tab("msreg courses edit MS-00000")
    assert tab("msreg patients list --centre ")
    assert events() == before
    assert tab("msreg courses edit MS-0000001 ")
    assert events() == [*before, "completion"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("msreg patients list --sort la", ["last-course"]),
        ("msreg patients list --sex ", ["male", "female", "other"]),
        ("msreg patients list --phenotype=", ["ris", "cis", "rrms", "spms", "ppms"]),
        ("msreg --lang ", ["nl", "en"]),
        ("msreg users add somebody --role au", ["auditor"]),
        ("msreg forms show adv", ["adverse_event"]),
        ("msreg forms export course --format f", ["fhir"]),
        ("msreg rules show cou-00", [f"cou-00{at}" for at in range(1, 10)]),
        ("msreg courses add MS-0000001 --edss-method a", ["assessed"]),
        ("msreg courses add MS-0000001 --mri-done ", ["yes", "no"]),
        ("msreg courses edit MS-0000001 2026-01-01 --clear edss_m", ["edss_method"]),
        ("msreg courses edit MS-0000001 2026-01-01 --clear edss-m", ["edss-method"]),
        ("msreg medications add MS-0000001 --medicine L04AG0", ["L04AG03", "L04AG06", "L04AG08"]),
        ("msreg medications add MS-0000001 --medicine natal", ["natalizumab"]),
        ("msreg medications edit MS-0000001 --stop-reasons other,preg", ["other,pregnancy_wish", "other,pregnancy"]),
        ("msreg exports excel --columns edss,fs_vis", ["edss,fs_visual"]),
        ("msreg imports check x.csv --sheet cou", ["courses"]),
        ("msreg help man courses sh", ["show"]),
        ("msreg patients list --centre am", ["amS01"]),
        ("msreg imports check ", [":files"]),
        ("msreg forms show ./", [":files"]),
        ("msreg patients list --born ", []),
        ("msreg patients list --name b", []),
        ("msreg patients add --family-name ", []),
        ("msreg patients add --bsn 9999", []),
        ("msreg patients show Jan", []),
        ("msreg patients show AMS01:", []),
        ("msreg patients show 99999", []),
        ("msreg courses edit bsn ", []),
        ("msreg courses edit - ", []),
        ("msreg courses edit MS-0009999 ", []),
        ("msreg events edit MS-0000001 L04AG08 2020-01-01 ", []),
        ("msreg --lang xx patients li", ["list"]),
        ("msreg patients list '", []),
    ],
)  # fmt: skip
def test_what_is_offered(line: str, offered: list[str], tab: Tab) -> None:
    """Options take the answers of the codebook; of people there are numbers and dates alone."""
    found = tab(line)
    if line.endswith("L04AG0"):
        assert set(offered) <= set(found)
    else:
        assert found == offered


def test_what_is_offered_is_said_in_the_language_of_the_call(tab: Tab) -> None:
    assert tab("msreg --lang nl courses add MS-0000001 --mri-done ") == ["ja", "nee"]
    english, dutch = (tab(f"msreg --lang {lang} pat", shell="fish") for lang in ("en", "nl"))
    assert [each[0].split("\t")[0] for each in (english, dutch)] == ["patients", "patients"]
    assert english != dutch


def test_no_name_and_no_description_is_ever_offered(tab: Tab, people_registry: Registry) -> None:
    """Whatever verb, after a patient and what tells its records apart, in every shell's own way."""
    with people_registry.light() as db:
        people = db.rows("SELECT family_name, initials, bsn, birth_date, patient_number FROM patient")
        effects = [row[0] for row in db.rows("SELECT description FROM adverse_event")]
    secret = {str(value) for row in people for value in row if value and len(str(value)) > 3} | set(effects)
    number, code, start = one(
        people_registry,
        "SELECT p.number, m.medicine, m.start_date FROM adverse_event a JOIN medication m ON m.id = a.medication_id"
        " JOIN patient p ON p.id = m.patient_id LIMIT 1",
    )
    name = f"MS-{number:07d}"
    for after in ("patients find ", "patients show ", f"events edit {name} ", f"events edit {name} {code} ",
                  f"events edit {name} {code} {start} ", f"events delete {name} {code} {start} ",
                  f"medications edit {name} {code} ", f"courses edit {name} "):  # fmt: skip
        shown = "\n".join(tab(f"msreg {after}", shell="fish"))
        assert not [each for each in secret if each in shown], after


# -- silence ----------------------------------------------------------------------------------------


def _no_role(registry: Registry, home: dict[str, str]) -> None:
    with registry.light() as db:
        db.execute("DELETE FROM operator")


def _no_key(registry: Registry, home: dict[str, str]) -> None:
    Path(home["MSREG_KEY_FILE"]).unlink()


def _other_key(registry: Registry, home: dict[str, str]) -> None:
    Path(home["MSREG_KEY_FILE"]).write_bytes(b"x" * 32)


def _no_registry(registry: Registry, home: dict[str, str]) -> None:
    home["MSREG_HOME"] += "/nowhere"


def _spoiled(registry: Registry, home: dict[str, str]) -> None:
    registry.settings.database_file.write_bytes(b"spoiled" * 4096)


def _key_from_a_command(registry: Registry, home: dict[str, str]) -> None:
    home["MSREG_KEY_CMD"] = f"sh -c 'touch {registry.settings.home}/asked; cat {home.pop('MSREG_KEY_FILE')}'"


def _wrong_settings(registry: Registry, home: dict[str, str]) -> None:
    registry.settings.config_file.write_text("nonsense = [")


def _wrong_language(registry: Registry, home: dict[str, str]) -> None:
    home["MSREG_LANG"] = "xx"


@pytest.mark.parametrize(
    "broken",
    [
        _no_role,
        _no_key,
        _other_key,
        _no_registry,
        _spoiled,
        _key_from_a_command,
        _wrong_settings,
        _wrong_language,
    ],
)
def test_where_the_registry_does_not_open_nothing_is_said(
    broken: Callable[[Registry, dict[str, str]], None], people_registry: Registry, home: Mapping[str, str],
    tmp_path: Path,
) -> None:  # fmt: skip
    """No question, no error, no delay; the words of msreg itself are there all the same."""
    environ = dict(home) | {"MSREG_LANG": "en"}
    people_registry.close()
    broken(people_registry, environ)
    for line, offered in (("msreg courses edit MS-", ""), ("msreg courses edit MS-0000001 ", ""),
                          ("msreg imports show ", ""), ("msreg patients li", "list\n")):  # fmt: skip
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "msreg"], capture_output=True, text=True, cwd=tmp_path, timeout=30, check=False,
            env=environ | {"_MSREG_COMPLETE": "complete_bash", "_TYPER_COMPLETE_ARGS": line},
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, offered, ""), line
        assert time.monotonic() - begun < 5
    assert not (people_registry.settings.home / "asked").exists()


def test_a_locked_registry_is_not_waited_for(tab: Tab, people_registry: Registry) -> None:
    """A long load keeps the lock for minutes; a Tab gives up after a moment."""
    with people_registry.light() as db:
        db.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert tab("msreg courses edit MS-0000001 ") == []
        assert time.monotonic() - begun < 5  # the commands themselves wait 10 seconds
        assert tab("msreg courses edit MS-0000001") == ["MS-0000001"]
        db.execute("ROLLBACK")
    assert tab("msreg courses edit MS-0000001 ")


@pytest.mark.parametrize("value", ["", "complete", "complete_", "complete_csh", "nonsense_bash", "source_"])
def test_a_shell_that_msreg_does_not_know_is_told_by_the_exit_code(value: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "msreg"], capture_output=True, text=True, timeout=30, check=False,
        env=os.environ | {"_MSREG_COMPLETE": value, "MSREG_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize(
    "line", ["msreg courses edit MS-", "msreg courses edit MS-0000001 ", "msreg patients li",
             "msreg courses add MS-0000001 --edss-method "],
)  # fmt: skip
def test_a_tab_loads_nothing_heavy(line: str, people_registry: Registry, home: Mapping[str, str]) -> None:
    """It answers in the time of a light command."""
    script = (
        "import sys; from msreg.__main__ import main; code = main([]);"
        " sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False,
        env=dict(home) | {"_MSREG_COMPLETE": "complete_bash", "_TYPER_COMPLETE_ARGS": line},
    )  # fmt: skip
    assert done.stdout
    assert not {each.partition(".")[0] for each in done.stderr.split()} & set(HEAVY)
    assert ("sqlcipher3" in done.stderr.split()) is ("MS-" in line.split()[-1])

"""The shell of the program, run as people and scripts run it (SPEC C1-C4, C7; targets F1, F2)."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pexpect
import pytest

from msreg.cli import GROUPS

PROGRAM = (sys.executable, "-m", "msreg")
HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "pydantic", "sqlcipher3", "openpyxl", "xlsxwriter",
         "python_calamine", "keyring", "cryptography", "rich", "questionary", "stdnum", "babel", "json",
         "tomllib")  # fmt: skip

# A group as commands are declared, with what the real ones do not do on request: wait, break, hold a canary.
TRIAL = """
import sys, time
from datetime import date
from typing import Annotated, Literal
import typer
from msreg.screen.ask import confirm
from msreg.screen.command import command, group
from msreg.screen.edge import edge
from msreg.screen.options import DATE
from msreg.screen.progress import progress
from msreg.screen.result import Result
app = group("trial", help="A trial.")

@command(app, "tell", help="Tell.", example="msreg trial tell P --on 2022-03-31", json=True, values=True)
def tell(
    patient: Annotated[str, typer.Argument(help="Who.")],
    sort: Annotated[Literal["name", "born"], typer.Option("--sort", help="By what.")] = "name",
    rows: Annotated[int, typer.Option("--rows", min=1, max=50, help="How many.")] = 7,
    on: Annotated[date | None, typer.Option("--on", click_type=DATE)] = None,
    need: Annotated[str, typer.Option("--need", help="Needed.")] = ...,
) -> Result:
    call = edge()
    data = {"on": on, "today": call.today, "values": call.values_allowed, "lang": call.lang,
            "asked": call.interactive, "color": call.color, "rows": rows, "sort": sort}
    return Result(data, lambda screen: screen.line(" ".join(f"{key}={value}" for key, value in data.items())))

@command(app, "quiet", help="Nothing.", example="msreg trial quiet")
def quiet(yes: Annotated[bool, typer.Option("--yes")] = False) -> None:
    confirm("Sure?", yes=yes)

@command(app, "work", help="Work.", example="msreg trial work")
def work() -> Result:
    with progress("Loading") as step:
        for done in range(30):
            time.sleep(0.01)
            step(done, 30)
    return Result(None, lambda screen: screen.line("done"))

@command(app, "wait", help="Wait.", example="msreg trial wait")
def wait() -> None:
    print("waiting", flush=True)
    time.sleep(30)

@command(app, "break", help="Break.", example="msreg trial break", json=True)
def break_(name: str) -> None:
    canary = f"canary {name}"
    raise RuntimeError(canary) from KeyError(canary)

@command(app, "long", help="Long.", example="msreg trial long", json=True)
def long() -> Result:
    return Result(iter(range(200_000)), lambda screen: [screen.line(str(each)) for each in range(200_000)])
"""
RUNNER = """
import sys
import msreg.commands
from msreg import cli
msreg.commands.__path__.append({folder!r})
cli.GROUPS["trial"] = cli.Entry("trial", "A trial.")
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    folder = tmp_path_factory.mktemp("trial")
    (folder / "trial.py").write_text(TRIAL)
    (folder / "run").write_text(RUNNER.format(folder=str(folder)))
    return (sys.executable, str(folder / "run"))


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("MSREG_", "LC_", "NO_COLOR"))
    }
    here = str(Path(__file__).parents[2])
    return {
        **kept,
        "PYTHONPATH": here,
        "MSREG_HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        **more,
    }


class Run:
    """One finished call."""

    def __init__(self, program: Sequence[str], words: Sequence[str], home: Path, **more: str) -> None:
        done = subprocess.run(
            [*program, *words], capture_output=True, text=True, env=environment(home, **more),
            stdin=subprocess.DEVNULL, timeout=60, check=False,
        )  # fmt: skip
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


def on_a_terminal(
    program: Sequence[str], words: Sequence[str], home: Path, columns: int = 80, **more: str
) -> str:
    """What a call prints when its output is a terminal of so many columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*program, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment(home, **more)
    ) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        running.wait(60)
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


# -- start-up ---------------------------------------------------------------------------------------


def loaded_by(words: Sequence[str], home: Path) -> set[str]:
    script = (
        "import sys; before = set(sys.modules); from msreg.__main__ import main\n"
        f"code = main({list(words)!r})\n"
        "sys.stderr.write(' '.join(set(sys.modules) - before)); sys.exit(code)"
    )
    run = Run((sys.executable, "-c", script), (), home)
    assert run.code == 0, run.err
    return set(run.err.split())


def test_version_is_answered_before_anything_is_imported(tmp_path: Path) -> None:
    assert loaded_by(["--version"], tmp_path) <= {"msreg", "msreg.__main__", "__future__", "gc"}
    assert Run(PROGRAM, ["--version"], tmp_path).out == "msreg 0.1.0\n"
    assert Run(PROGRAM, ["--lang", "nl", "--version"], tmp_path).out == "msreg 0.1.0\n"


@pytest.mark.parametrize(
    "words", [["--help"], ["help", "exit-codes"], ["help", "settings"], ["help", "--help"]]
)
def test_help_imports_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    loaded = loaded_by(words, tmp_path)
    assert not loaded & set(HEAVY)
    assert {each for each in loaded if each.startswith("msreg.commands.")} <= {
        "msreg.commands.help", "msreg.commands.help_man"
    }  # fmt: skip


# -- help -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(
    "words", [[], *([name] for name in GROUPS)], ids=lambda words: " ".join(words) or "msreg"
)
def test_every_help_page_fits_80_columns(words: list[str], lang: str, tmp_path: Path) -> None:
    run = Run(PROGRAM, [*words, "--help"], tmp_path, MSREG_LANG=lang)
    assert run.code == 0, run.err
    assert run.err == ""
    assert max(len(line) for line in run.out.splitlines()) <= 80
    assert " ".join(["msreg", *words]) in run.out


@pytest.mark.parametrize("name", list(GROUPS))
def test_the_table_of_groups_says_what_the_group_says(name: str) -> None:
    """The help of the table and of the module are one text, or the overview would lie."""
    from typer._click.core import Context

    from msreg.cli import root

    program = root()
    real = program.load(Context(program), name)
    assert real is not None
    assert real.help == GROUPS[name].help


def test_no_words_at_all_show_the_help_and_are_a_usage_error(tmp_path: Path) -> None:
    run = Run(PROGRAM, [], tmp_path, MSREG_LANG="en")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("Usage: msreg")


def test_help_is_calm_on_a_terminal_and_plain_without_colour(tmp_path: Path) -> None:
    assert "\x1b[36mpatients" in on_a_terminal(PROGRAM, ["--help"], tmp_path)
    for words, more in (
        (["--help", "--no-color"], {}),
        (["--help"], {"NO_COLOR": "1"}),
        (["--help"], {"TERM": "dumb"}),
    ):
        assert "\x1b" not in on_a_terminal(PROGRAM, words, tmp_path, **more)


# -- wrong words ------------------------------------------------------------------------------------

WRONG = [
    (["patiens"], "msreg has no command patiens.\nDid you mean msreg patients?\n"),
    (["999990019"], "msreg has no such command.\nmsreg --help lists the commands.\n"),
    (["trial", "Kanariepiet"], "msreg trial has no such command.\nmsreg trial --help lists the commands.\n"),
    (["trial", "--json"], "Say what to do: msreg trial [options] COMMAND …\n"),
    (["trial", "tell", "--need", "x"], "PATIENT is missing.\nWrite: msreg trial tell [options] PATIENT\n"),
    (["trial", "tell", "P"], "The option --need is missing.\nWrite: msreg trial tell [options] PATIENT\n"),
    (["trial", "tell", "--rwos", "1"], "msreg trial tell has no option --rwos.\nDid you mean --rows?\n"),
    (["trial", "tell", "--zz=999990019"], "msreg trial tell has no option --zz.\n{help}"),
    (["trial", "tell", "P", "--rows", "many"], "--rows takes a whole number from 1 to 50.\n{help}"),
    (["trial", "tell", "P", "--rows", "51"], "--rows takes a whole number from 1 to 50.\n{help}"),
    (["trial", "tell", "P", "--sort", "x"], "--sort takes one of: name, born.\n{help}"),
    (["trial", "tell", "P", "--on", "1/2/22"],
     "--on takes a date, written as 2022-03-31 or 31-03-2022.\n{help}"),
    (["trial", "tell", "P", "--on"], "--on needs a value.\n{help}"),
    (["trial", "tell", "P", "--json=yes"], "--json takes no value.\n{help}"),
    (["trial", "tell", "P", "Kanariepiet", "--need", "x"],
     "There is a word too many after msreg trial tell.\nWrite: msreg trial tell [options] PATIENT\n"),
    (["--lang", "de", "help", "json"], "There is no language 'de' here; nl and en are.\n"),
    (["--json", "trial", "quiet"], "msreg trial quiet has no JSON to give.\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_words_get_a_sentence_and_a_hint(
    words: list[str], told: str, trial: Sequence[str], tmp_path: Path
) -> None:
    run = Run(trial, words, tmp_path, MSREG_LANG="en")
    told = told.format(help="msreg trial tell --help tells how it is written.\n")
    assert run.code == 2
    assert run.out == ""
    if "--json" in words:
        error = json.loads(run.err)["error"]
        assert error["code"] == "usage"
        assert set(error) == {"code", "rule", "field", "message", "hint"}
        assert error["message"] == told.splitlines()[0]
    else:
        assert run.err == told


def test_wrong_settings_do_not_keep_help_from_working(tmp_path: Path) -> None:
    (tmp_path / "msreg.toml").write_text("page_size = 'many")
    assert Run(PROGRAM, ["help", "settings"], tmp_path).code == 0


# -- options of every command -----------------------------------------------------------------------


def test_common_options_stand_anywhere(trial: Sequence[str], tmp_path: Path) -> None:
    tell = ["tell", "P", "--need", "x"]
    for words in (
        ["--json", "--lang", "nl", "--today", "29-02-2024", "trial", *tell, "--values"],
        ["trial", "--json", "--lang=nl", "--today", "2024-02-29", *tell, "--values"],
        ["trial", *tell, "--values", "--json", "--lang", "nl", "--today=29/02/2024"],
    ):
        run = Run(trial, words, tmp_path)
        told = json.loads(run.out)
        assert (told["lang"], told["today"], told["values"]) == ("nl", "2024-02-29", True)


def test_values_and_questions_are_for_terminals(trial: Sequence[str], tmp_path: Path) -> None:
    words = ["trial", "tell", "P", "--need", "x"]
    assert "values=False lang=en asked=False color=False" in Run(trial, words, tmp_path).out
    assert "values=True lang=en asked=True color=True" in on_a_terminal(trial, words, tmp_path)
    assert "asked=False color=False" in on_a_terminal(trial, [*words, "--no-input", "--no-color"], tmp_path)


def test_who_cannot_be_asked_is_told_the_option(trial: Sequence[str], tmp_path: Path) -> None:
    run = Run(trial, ["trial", "quiet"], tmp_path)
    assert run.code == 2
    assert "--yes" in run.err
    assert Run(trial, ["trial", "quiet", "--yes"], tmp_path).code == 0


@pytest.mark.parametrize(
    ("key", "code"), [("y", 0), ("j", 0), ("n", 130), ("\r", 130), ("x\r", 130), ("\x03", 130)]
)
def test_who_can_be_asked_is_asked(key: str, code: int, trial: Sequence[str], tmp_path: Path) -> None:
    asked = pexpect.spawn(
        trial[0], [*trial[1:], "trial", "quiet"], env=environment(tmp_path), encoding="utf-8", timeout=30
    )
    asked.expect("Sure")
    asked.expect("y/N")
    asked.send(key)
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == code


def test_long_work_shows_how_far_it_is_and_leaves_no_trace(trial: Sequence[str], tmp_path: Path) -> None:
    shown = on_a_terminal(trial, ["trial", "work"], tmp_path)
    assert "Loading: " in shown
    assert " of 30" in shown
    assert shown.endswith("\x1b[Kdone\n")
    run = Run(trial, ["trial", "work"], tmp_path)
    assert (run.out, run.err) == ("done\n", "")


@pytest.mark.parametrize(("environ", "starts"), [
    ({"MSREG_LANG": "nl"}, "nl"),
    ({"LANG": "nl_NL.UTF-8"}, "nl"),
    ({"LC_ALL": "en_GB.UTF-8", "LANG": "nl_NL"}, "en"),
])  # fmt: skip
def test_the_language_comes_from_where_the_spec_says(
    environ: dict[str, str], starts: str, trial: Sequence[str], tmp_path: Path
) -> None:
    run = Run(trial, ["trial", "tell", "P", "--need", "x", "--json"], tmp_path, **environ)
    assert json.loads(run.out)["lang"] == starts


def test_the_settings_file_sets_the_language(trial: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "msreg.toml").write_text('lang = "nl"\n')
    run = Run(trial, ["trial", "tell", "P", "--need", "x", "--json"], tmp_path)
    assert json.loads(run.out)["lang"] == "nl"


# -- the end of a call ------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"PYTHONUNBUFFERED": "1"}])
@pytest.mark.parametrize("words", [["trial", "long"], ["trial", "long", "--json"], ["--help"]])
def test_a_reader_that_leaves_is_no_failure(
    words: list[str], more: dict[str, str], trial: Sequence[str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        [*trial, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path, **more)
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 0


def test_a_full_disk_is_told(trial: Sequence[str], tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*trial, "help", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            check=False,
        )
    assert done.returncode == 9
    assert done.stderr.startswith(b"The disk is full")


def test_ctrl_c_ends_with_one_line_and_130(trial: Sequence[str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [*trial, "trial", "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path)
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"waiting\n"
        time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert len(running.stderr.read().splitlines()) == 1
        assert running.wait(60) == 130


@pytest.mark.parametrize("words", [[], ["--debug"], ["--json"], ["--json", "--debug"]])
def test_an_unforeseen_failure_shows_no_traceback_and_never_a_value(
    words: list[str], trial: Sequence[str], tmp_path: Path
) -> None:
    run = Run(trial, ["trial", "break", "Kanariepiet", *words], tmp_path, MSREG_LANG="en")
    assert run.code == 1
    assert run.out == ""
    assert "RuntimeError" in run.err
    assert "anarie" not in run.err
    assert "Traceback" not in run.err
    assert ("in break_" in run.err) is ("--debug" in words)
    assert str(Path(__file__).parents[2]) not in run.err


def test_files_that_are_made_are_for_their_owner_only() -> None:
    script = "import os; from msreg.__main__ import main; main(['--version']); print(oct(os.umask(0)))"
    run = Run((sys.executable, "-c", script), (), Path("/nonexistent"))
    assert run.out.endswith("0o77\n")


# -- completion -------------------------------------------------------------------------------------

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("msreg ", list(GROUPS)), ("msreg pat", ["patients"]),
     ("msreg help ", ["exit-codes", "settings", "json", "man"]), ("msreg help json --jso", ["--json", "--jsonl"])],
)  # fmt: skip
def test_the_tab_key_knows_the_commands(shell: str, typed: str, offered: list[str], tmp_path: Path) -> None:
    run = Run(
        PROGRAM, [], tmp_path, MSREG_LANG="en", _MSREG_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=typed
    )  # fmt: skip
    assert (run.code, run.err) == (0, "")
    between = {"zsh": ":", "fish": "\t"}.get(shell, "\n")
    assert [line.split(between)[0] for line in run.out.splitlines()] == offered


def test_bash_itself_completes(tmp_path: Path) -> None:
    """With the script sourced, bash asks msreg and offers what it answers."""
    (tmp_path / "msreg").write_text(f'#!/bin/sh\nexec {sys.executable} -m msreg "$@"\n')
    (tmp_path / "msreg").chmod(0o700)
    script = (
        "source <(_MSREG_COMPLETE=source_bash msreg); COMP_LINE='msreg help ex'; COMP_POINT=${#COMP_LINE}; "
        '_msreg_completion msreg; echo "${COMPREPLY[@]}"'
    )
    run = Run(("bash", "-c", script), (), tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (run.out, run.err) == ("exit-codes\n", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    run = Run(PROGRAM, [], tmp_path, _MSREG_COMPLETE=f"source_{shell}")
    assert run.code == 0
    assert f"_MSREG_COMPLETE=complete_{shell}" in run.out


def test_completion_installs_itself_in_the_shell_that_asks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    line = f"{sys.executable} -m msreg --install-completion; exit $?"
    run = Run(("bash", "-c", line), (), tmp_path, HOME=str(home), MSREG_LANG="en")
    assert run.code == 0, run.err
    assert "bash" in run.out
    assert "_MSREG_COMPLETE=complete_bash" in (home / ".bash_completions" / "msreg.sh").read_text()


# -- msreg help -------------------------------------------------------------------------------------


def test_help_on_exit_codes_matches_the_errors(tmp_path: Path) -> None:
    from msreg import errors

    told = {
        each["code"]: each["exit_code"]
        for each in json.loads(Run(PROGRAM, ["help", "exit-codes", "--json"], tmp_path).out)
    }
    family = [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)
    ]
    assert told == {"done": 0, **{each.code: each.exit_code for each in family}}
    assert len(set(told.values())) == len(told)


def test_help_on_settings_names_each_variable(tmp_path: Path) -> None:
    from msreg.config import SETTINGS

    text = Run(PROGRAM, ["help", "settings"], tmp_path).out
    assert all(each.env in text for each in SETTINGS)

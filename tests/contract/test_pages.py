"""What the pages for people tell is there: commands, options, codes, and the pages that they point to."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer._click.core import Context

from msreg.cli import root
from msreg.commands.help import SUMMARY_KEYS
from msreg.forms.columns import MARKS
from msreg.screen.exit_codes import EXIT_CODES
from msreg.services.rulebook import rules
from msreg.vocabulary import Rowed

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
WRITTEN = tuple(
    page for page in PAGES if page.parent.name in ("how-to", "tutorial") or page.name == "README.md"
)
BATCH = ROOT / "docs" / "how-to" / "batch-import.md"
_ENDS = frozenset(("|", ">", "<", "2>", "&&", ";"))


def _calls(text: str) -> Iterator[list[str]]:
    """The calls of msreg in a page, as words: those of blocks of code, and those within a sentence."""
    text = text.replace("\\\n", " ")
    inline = re.findall(r"(?<!`)`(msreg [^`\n]+)`", text)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines()]
    for line in (*inline, *lines):
        found = re.match(r"\s*(?:\$ )?msreg (.*)", line)
        if found is not None and found[0].strip() not in MARKS:  # columns of a marked copy
            words = shlex.split(found[1].split("  #")[0])
            stop = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
            yield words[:stop]


CALLS = [(page, words) for page in WRITTEN for words in _calls(page.read_text(encoding="utf-8"))]


def _named(words: list[str]) -> str:
    return " ".join(words) or "msreg"


def test_pages_with_calls_are_found() -> None:
    """Otherwise the next test would look at nothing."""
    pages = {page.name for page, _ in CALLS}
    assert {"README.md", "first-day.md", "batch-import.md"} <= pages
    assert len([page for page, _ in CALLS if page == BATCH]) > 25


@pytest.mark.parametrize(("page", "words"), CALLS, ids=[_named(words) for _, words in CALLS])
def test_every_call_of_a_page_names_a_command_and_options_that_exist(page: Path, words: list[str]) -> None:
    command: Any = root()
    ctx = Context(command, info_name="msreg")
    left = list(words)
    while left and hasattr(command, "list_commands") and not left[0].startswith("-"):
        name = left.pop(0)
        assert name in command.list_commands(ctx), f"{page.name}: msreg {_named(words)}"
        command = command.load(ctx, name)
        ctx = Context(command, info_name=name, parent=ctx)
    command.make_context(ctx.info_name, [], parent=ctx.parent, resilient_parsing=True)  # adds those of a form
    known = {
        name
        for each in command.get_params(ctx)
        for name in (*each.opts, *getattr(each, "secondary_opts", ()))
    }
    unknown = [word for word in left if word.startswith("--") and word.partition("=")[0] not in known]
    assert not unknown, f"{page.name}: msreg {_named(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, target


def test_every_code_of_the_batch_page_is_a_rule() -> None:
    """SPEC B3."""
    told = set(re.findall(r"\b[A-Z]{3}-\d{3}\b", BATCH.read_text(encoding="utf-8")))
    assert told
    assert told <= {each.code for each in rules()}


def test_the_batch_page_tells_each_exit_code_of_a_load() -> None:
    """SPEC C4: those that a load can end with, and none that does not exist."""
    text = BATCH.read_text(encoding="utf-8")
    table = text[text.index("| exit |") :].partition("\n\n")[0]
    told = [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.M)]
    assert told == [number for number, _, _ in EXIT_CODES if number not in (1, 4)]


def test_the_batch_page_tells_the_keys_of_a_summary() -> None:
    """SPEC C11."""
    text = BATCH.read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in SUMMARY_KEYS)
    assert list(SUMMARY_KEYS) == [each.value for each in Rowed]


def test_the_job_of_the_batch_page_is_a_shell_script() -> None:
    found = re.search(r"^```sh\n(.*?)^```", BATCH.read_text(encoding="utf-8"), re.S | re.M)
    assert found is not None
    done = subprocess.run(["sh", "-n"], input=found[1], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(\d{4})\]\((\S+)\) (.*)$", (folder / "README.md").read_text("utf-8"), re.M)
    found = [
        (
            page.name[:4],
            page.name,
            page.read_text("utf-8").partition("\n")[0].removeprefix(f"# {page.name[:4]} "),
        )
        for page in sorted(folder.glob("[0-9]*.md"))
    ]
    assert listed == found

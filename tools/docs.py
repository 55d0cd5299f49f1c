"""The pages of docs/reference that follow from the program itself: write them, or see that they are in step.

Usage: python tools/docs.py --write | --check
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
WIDTH = 96

sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from case_page import case_page  # noqa: E402
from command_pages import command_page  # noqa: E402

from msreg.config import SETTINGS  # noqa: E402
from msreg.forms.codebook import markdown  # noqa: E402
from msreg.forms.load import FORMS, load  # noqa: E402
from msreg.screen.exit_codes import EXIT_CODES  # noqa: E402 - the checkout, not what may be installed
from msreg.screen.language import _, activate  # noqa: E402
from msreg.services.rulebook import Rule, rules  # noqa: E402
from msreg.vocabulary import Language  # noqa: E402

RULES_INTRO = (
    "Every fault that msreg tells of carries one of these codes; codes are never used again for something "
    "else. An error stops the record, a warning is told and let through. In a terminal, in Dutch too: "
    "`msreg rules show CODE`."
)
EXIT_INTRO = (
    "What a script can rely on: each kind of outcome has its own number, and none is ever renumbered."
)
BATCH_EXITS = (
    (6, "`imports check`, `imports run`", "There are faults and nothing was loaded, or it is no batch file."),
    (7, "`imports run`, `imports check`", "Loaded in part: rows refused or skipped, or newer answers kept."),
    (
        8,
        "`imports run`, `imports check`",
        "Somebody else is writing, or a report or split file is there already.",
    ),
    (8, "`imports undo`", "Later changes stand in the way, or the batch was taken back before."),
)
"""What these codes mean for a batch file; `docs/how-to/batch-import.md` says what to do about them."""
BATCH_INTRO = (
    "Of the commands that work on batch files; what to do then stands in "
    "[loading batch files](../how-to/batch-import.md#from-a-script-or-ci)."
)
SETTINGS_INTRO = (
    "An option of the call is stronger than a variable, a variable than `msreg.toml`. That file stands in "
    "the folder of the registry (`MSREG_HOME`), and no secret belongs in it."
)
CHAPTERS = {
    "CAS": "Case",
    "COU": "Course",
    "CRF": "CRF of maternal death",
    "DIA": "Diagnosis",
    "DIS": "Disease history",
    "EVT": "Side effect",
    "FIL": "File",
    "FRM": "Answer",
    "MED": "Medication",
    "PAT": "Patient",
    "PRM": "Questionnaire",
}


def codebook(language: Language) -> str:
    """The codebook of all forms in one language."""
    activate(language)
    return markdown([load(key) for key in FORMS], language, _)


def rule_pages() -> str:
    """All rules: a table, then each manual page."""
    activate(Language.EN)
    lines = ["# Rules", "", *wrap(RULES_INTRO, WIDTH), ""]
    head = ("Code", "Severity", "Record", "What is checked")
    lines += _table(head, (_row(each) for each in rules()))
    for each in rules():
        chapter = CHAPTERS[each.code.partition("-")[0]]
        if f"## {chapter}" not in lines:
            lines += ["", f"## {chapter}"]
        lines += ["", *_page(each)]
    return "\n".join(lines) + "\n"


def exit_codes() -> str:
    """What exit codes mean."""
    activate(Language.EN)
    rows = ((str(number), f"`{code}`", _(meaning)) for number, code, meaning in EXIT_CODES)
    lines = ["# Exit codes", "", *wrap(EXIT_INTRO, WIDTH), ""]
    lines += [
        *_table(("Exit", "In JSON", "Meaning"), rows),
        "",
        "## Batch files",
        "",
        *wrap(BATCH_INTRO, WIDTH, break_on_hyphens=False),
        "",
    ]
    batch = ((str(number), command, meaning) for number, command, meaning in BATCH_EXITS)
    return "\n".join([*lines, *_table(("Exit", "Of", "Meaning"), batch)]) + "\n"


def commands(language: Language) -> str:
    """The reference of all commands in one language."""
    activate(language)
    codes = [(str(number), _(meaning)) for number, _code, meaning in EXIT_CODES]
    return command_page(language, codes, _table, WIDTH)


def settings() -> str:
    """What can be set."""
    activate(Language.EN)
    rows = (
        (
            f"`{each.env}`",
            f"`{each.toml}`" if each.toml else "–",
            f"`{each.default}`" if each.default else "–",
            _(each.help),
        )
        for each in SETTINGS
    )
    lines = ["# Settings", "", *wrap(SETTINGS_INTRO, WIDTH, break_on_hyphens=False), ""]
    return (
        "\n".join([*lines, *_table(("Variable", "In msreg.toml", "Without it", "What it sets"), rows)]) + "\n"
    )


def cases() -> str:
    """Themes, states and reminders of case notifications."""
    activate(Language.EN)
    return case_page(_table, WIDTH)


PAGES: dict[str, Callable[[], str]] = {
    "cases.md": cases,
    "codebook.md": lambda: codebook(Language.EN),
    "codebook.nl.md": lambda: codebook(Language.NL),
    "commands.md": lambda: commands(Language.EN),
    "commands.nl.md": lambda: commands(Language.NL),
    "rules.md": rule_pages,
    "exit-codes.md": exit_codes,
    "settings.md": settings,
}


def _row(each: Rule) -> Sequence[str]:
    link = f"[{each.code}](#{each.code.lower()})"
    return link, each.severity.value, each.record.value if each.record else "–", _title(each)


def _title(each: Rule) -> str:
    return _(each.title).rstrip(".")


def _page(each: Rule) -> Iterator[str]:
    # The heading is the code alone, so that its anchor stays when the title is put better.
    yield from (f"### {each.code}", "", f"**{_title(each)}** ({each.severity.value})", "")
    for paragraph in each.text:
        yield from (*wrap(_(paragraph), WIDTH, break_on_hyphens=False), "")
    yield from wrap(f"- Bad: {_(each.bad)}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    yield from wrap(f"- Good: {_(each.good)}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    if each.reads:
        keys = ", ".join(f"`{key}`" for key in each.reads)
        yield from wrap(f"- Reads: {keys}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in [head, *body]) for at in range(len(head))]
    for row in (head, ["-" * width for width in widths], *body):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or name those that are out of step (exit code 1)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--write", action="store_true", help="write the pages that are out of step")
    how.add_argument("--check", action="store_true", help="only name them, and fail when there are any")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    behind = []
    for name, make in PAGES.items():
        path, text = chosen.folder / name, make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            behind.append(name)
            if chosen.write:
                path.write_text(text, encoding="utf-8")
    for name in behind:
        told = "written" if chosen.write else "is out of step; run: python tools/docs.py --write"
        print(f"docs/reference/{name} {told}")
    return 1 if behind and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())

"""The page about case notifications: themes, states, windows and reminders, as the program has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import wrap

from msreg.forms.themes import Theme, themes
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_reminders import WEEKS
from msreg.rules.case_states import REMARKED, STEPS, WHO, diagram
from msreg.services.access import RIGHTS
from msreg.vocabulary import CaseStep

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], Iterator[str]]

INTRO = (
    "What cases are reported about, what the committee asks for, and the way that a case goes. The themes are data "
    "(`data/themes.toml`), the steps one table (`msreg/rules/case_states.py`)."
)
STATES_INTRO = (
    "Every other step is refused with exit code 8. Answers and documents change while a case is concept or incomplete, "
    "and not after that."
)
WINDOWS_INTRO = (
    "Windows are counted in dates: the day that one is counted from is day 0, and the last day counts too. A calendar "
    "year ends on the same date of the next year, from 29 February on 28 February. An answer that lacks makes it "
    "unknown, which is not no. Acute fatty liver goes by the Swansea criteria: yes from 6 of the 14, no when 6 cannot "
    "be reached any more."
)


def case_page(table: Table, width: int) -> str:
    """The whole page."""
    lines = ["# Case notifications", "", *wrap(INTRO, width), "", "## States", ""]
    lines += [*wrap(STATES_INTRO, width), "", "```mermaid", *diagram().splitlines(), "```", ""]
    lines += [*table(("Step", "From", "To", "Right", "Roles", "Remark"), _steps()), "", "## Themes", ""]
    lines += [*table(("Key", "Code", "Theme", "Window", "Numbered as"), map(_theme, themes())), ""]
    lines += [*wrap(WINDOWS_INTRO, width), ""]
    for each in themes():
        lines += [f"### {each.label['en']}", "", *wrap(f"Included: {each.inclusion['en']}.", width), ""]
        lines += [f"- {wanted.label['en']}" for wanted in each.wanted] + [""]
    weeks = ", ".join(map(str, WEEKS[:-1])) + f" and {WEEKS[-1]}"
    told = (
        f"A case that is concept or incomplete is reminded of {weeks} weeks after it came into that state, at the "
        "earliest; each reminder goes once, and each return begins a new round. A later one that is due goes in place "
        "of those before it."
    )
    return "\n".join([*lines, "## Reminders", "", *wrap(told, width)]) + "\n"


def _steps() -> Iterator[Sequence[str]]:
    for step in CaseStep:
        pairs = [(before, after) for (before, each), after in STEPS.items() if each is step]
        right = WHO[step]
        roles = ", ".join(role.value for role, rights in RIGHTS.items() if right in rights)
        yield (
            step.value,
            ", ".join(before.value if before else "–" for before, _after in pairs),
            pairs[0][1].value,
            f"`{right.value}`",
            roles,
            "required" if step in REMARKED else "optional",
        )


def _theme(each: Theme) -> Sequence[str]:
    number = CaseNumber(each.process, 2026, 1)
    return f"`{each.key}`", f"`{each.code}`", each.label["en"], _window(each), str(number)


def _window(each: Theme) -> str:
    window = each.window
    if window is None:
        return "by its form"
    if window.weeks is not None:
        return f"from {window.weeks} completed weeks, not viable"
    length = f"{window.days} days" if window.days else f"{window.years} calendar year"
    return f"pregnant, or {length} after" if window.pregnant else f"{length} after"

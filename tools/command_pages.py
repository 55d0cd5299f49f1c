"""The reference of all commands, from the same walk as help and man pages: for `tools/docs.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from msreg.cli import root
from msreg.forms.columns import RECORD_FORMS
from msreg.forms.load import load
from msreg.screen.language import activate
from msreg.screen.manual import Manual, Rows, walk
from msreg.vocabulary import Language

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], Iterator[str]]

WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "title": "Commands",
        "intro": "What each command does and how it is written; in a terminal: `msreg COMMAND --help`, or "
        "`msreg help man COMMAND`. Made from the commands themselves.",
        "everywhere": "Options of every command",
        "exit": "Exit codes",
        "exits": "Every command ends with one of these; [exit codes](exit-codes.md) has more on batch files.",
        "command": "Command",
        "option": "Option",
        "argument": "Argument",
        "code": "Exit",
        "what": "What it is",
        "does": "What it does",
        "means": "Meaning",
        "example": "Example",
        "questions": "One option for each of the {count} questions of {forms}, such as `{example}`.",
        "and": " and ",
        "codebook": "codebook.md",
    },
    Language.NL: {
        "title": "Opdrachten",
        "intro": "Wat elke opdracht doet en hoe u die schrijft; in een terminal: `msreg OPDRACHT --help`, of "
        "`msreg help man OPDRACHT`. Gemaakt uit de opdrachten zelf.",
        "everywhere": "Opties van elke opdracht",
        "exit": "Exitcodes",
        "exits": "Elke opdracht eindigt met een van deze; [exitcodes](exit-codes.md) (Engels) zegt meer over "
        "batchbestanden.",
        "command": "Opdracht",
        "option": "Optie",
        "argument": "Argument",
        "code": "Exit",
        "what": "Wat het is",
        "does": "Wat die doet",
        "means": "Betekenis",
        "example": "Voorbeeld",
        "questions": "Een optie voor elk van de {count} vragen van {forms}, zoals `{example}`.",
        "and": " en ",
        "codebook": "codebook.nl.md",
    },
}


def command_page(language: Language, codes: Rows, table: Table, width: int) -> str:
    """The page in one language; `codes` are the exit codes with what they mean in it."""
    activate(language)
    words = WORDS[language]
    top, *found = walk(root())
    everywhere = [each for each in top.common if all(each in other.common for other in found)]
    lines = [f"# {words['title']}", "", *wrap(words["intro"], width), ""]
    lines += table(
        (words["command"], words["does"]), (_linked(each) for each in found if _is_below(each, top))
    )
    lines += ["", f"## {words['everywhere']}", ""]
    lines += table((words["option"], words["what"]), _coded(everywhere))
    lines += ["", f"## {words['exit']}", "", words["exits"], ""]
    lines += table((words["code"], words["means"]), codes)
    for each in (top, *found):
        level = "##" if each is top or _is_below(each, top) else "###"
        lines += ["", f"{level} {each.path}", "", *wrap(each.summary, width, break_on_hyphens=False)]
        if each.commands and each is not top:
            below = (_linked(other) for other in found if _is_below(other, each))
            lines += ["", *table((words["command"], words["does"]), below)]
        else:
            lines += _verb(each, everywhere, words, table, width)
    return "\n".join(lines) + "\n"


def _verb(
    told: Manual, everywhere: Rows, words: Mapping[str, str], table: Table, width: int
) -> Iterator[str]:
    yield from ("", "```text", told.usage, "```")
    if told.arguments:
        yield ""
        yield from table((words["argument"], words["what"]), _coded(told.arguments))
    if told.questions and told.record:
        yield ""
        yield from wrap(_questions(told, words), width, break_on_hyphens=False)
    own = [*told.options, *(each for each in told.common if each not in everywhere)]
    if own:
        yield ""
        yield from table((words["option"], words["what"]), _coded(own))
    if told.examples:
        yield from ("", f"{words['example']}:", "", "```sh", *told.examples, "```")


def _questions(told: Manual, words: Mapping[str, str]) -> str:
    assert told.record is not None
    language = Language.NL if words is WORDS[Language.NL] else Language.EN
    forms = [load(key) for key in RECORD_FORMS[told.record]]
    labels = [form.label[language] for form in forms]
    links = [f"[{label}]({words['codebook']}#{label.lower().replace(' ', '-')})" for label in labels]
    example = told.questions[min(1, len(told.questions) - 1)][0]
    return words["questions"].format(
        count=len(told.questions), forms=words["and"].join(links), example=example
    )


def _coded(rows: Rows) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", text) for name, text in rows)


def _linked(told: Manual) -> tuple[str, str]:
    return f"[{told.path}](#{told.path.replace(' ', '-')})", told.summary


def _is_below(told: Manual, other: Manual) -> bool:
    return told.words[:-1] == other.words and told.words != other.words

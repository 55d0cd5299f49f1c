"""Manual pages for `man`, written in roff from what there is to tell of a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msreg import __version__
from msreg.screen.language import _
from msreg.screen.manual import Manual, Rows
from msreg.vocabulary import N_

ABOUT = N_(
    "A command is a noun and a verb: msreg courses add. What is asked on a terminal can be given by options, so that"
    " every command runs unattended too. Results go to standard output, all else to standard error."
)
_SIGNS = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}


def page_name(words: Sequence[str]) -> str:
    """The name of the page of a command: `msreg-courses-edit`."""
    return "-".join(("msreg", *words))


def roff(told: Manual, *, codes: Rows, settings: Rows, pages: Sequence[Sequence[str]]) -> str:
    """The page of one command or group, ASCII alone.

    `codes` are the exit codes, `settings` the variables of the environment (for the page of msreg itself), each
    with what it means; `pages` are the words of every page that there is, of which the near ones are named.
    """
    name = page_name(told.words)
    lines = [
        '.\\" Made by msreg help man; what is changed here is lost with the next version.',
        f'.TH "{_plain(name.upper())}" "1" "" "msreg {_plain(__version__)}" "{_plain(_("msreg manual"))}"',
        ".nh",  # a broken word or option cannot be copied
        ".ad l",
        *_heading(_("NAME")),
        f"{_plain(name)} \\- {_plain(told.summary.rstrip('.'))}",
        *_heading(_("SYNOPSIS")),
        f"{_bold(told.path)}{_plain(told.usage.removeprefix(told.path), trim=False)}",
    ]
    if not told.words:
        lines += [*_heading(_("DESCRIPTION")), _line(_(ABOUT))]
    lines += _list(_("COMMANDS"), told.commands)
    lines += _list(_("ARGUMENTS"), told.arguments)
    lines += _list(_("ANSWERS"), told.questions, _forms(told))
    lines += _list(_("OPTIONS"), told.options)
    lines += _list(_("OPTIONS OF EVERY COMMAND"), told.common)
    if told.examples:
        lines += [*_heading(_("EXAMPLE")), ".nf", *map(_line, told.examples), ".fi"]
    lines += _list(_("EXIT STATUS"), codes)
    lines += _list(_("ENVIRONMENT"), settings)
    near = [page_name(words) for words in pages if _is_near(told.words, tuple(words))]
    if near:
        lines += [*_heading(_("SEE ALSO")), ",\n".join(f"{_bold(each)}(1)" for each in near)]
    return "\n".join(lines) + "\n"


def _is_near(own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The page above, and those right below or, for a verb, beside."""
    above = own[:-1]
    return other != own and (
        (bool(own) and other == above) or other[:-1] == own != other or (len(own) > 1 and other[:-1] == above)
    )


def _heading(text: str) -> Iterator[str]:
    yield f'.SH "{_plain(text)}"'


def _list(heading: str, rows: Rows, first: str = "") -> Iterator[str]:
    if not rows:
        return
    yield from _heading(heading)
    if first:
        yield _line(first)
    for name, text in rows:
        yield from (".TP", _styled(name), _line(text))


def _forms(told: Manual) -> str:
    from msreg.forms.columns import RECORD_FORMS

    shown = ", ".join(f"msreg forms show {key}" for key in (RECORD_FORMS[told.record] if told.record else ()))
    return _("Possible answers, and when each question is asked: {commands}.").format(commands=shown)


def _styled(name: str) -> str:
    """An option as it is typed, what to put in its place sloped, and anything else as it is typed."""
    if not name.startswith("-"):
        return _bold(name)
    return " ".join(
        _bold(word) if word.startswith("-") else f"\\fI{_plain(word)}\\fR" for word in name.split()
    )


def _bold(text: str) -> str:
    return f"\\fB{_plain(text)}\\fR"


def _line(text: str) -> str:
    """A line of text; a point in front would be taken for an instruction."""
    plain = _plain(text)
    return f"\\&{plain}" if plain.startswith(".") or not plain else plain


def _plain(text: str, *, trim: bool = True) -> str:
    return "".join(_signs(" ".join(text.split()) if trim else text))


def _signs(text: str) -> Iterable[str]:
    for sign in text:
        if sign in _SIGNS:
            yield _SIGNS[sign]
        else:
            yield sign if sign.isascii() else f"\\[u{ord(sign):04X}]"

"""How errors are told: one sentence, what to do, the exit code (SPEC C4). Never a patient's value."""

from __future__ import annotations

import errno
import sys
import traceback
from contextlib import suppress
from typing import TextIO

from msreg.errors import Interrupted, MsregError, Unavailable
from msreg.screen.edge import Edge
from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.widths import wrap
from msreg.vocabulary import N_

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def fail(error: BaseException, edge: Edge, err: TextIO | None = None) -> int:
    """Tell an error on standard error, as a sentence or as JSON; gives the exit code.

    What nobody foresaw gets a sentence too, and with `--debug` the places it passed through: file,
    line and function, and nothing of the data, because people send these lines around.
    """
    told = known(error) or _unforeseen(error)
    lines = [*frames(error)] if edge.debug else []
    message, hint = safe(told.text(_)), safe(told.hint_text(_) or "")
    if edge.machine:
        from msreg.screen.result import dumps

        body = {"code": told.code, "rule": told.rule, "field": told.field, "message": message}
        lines.append(dumps({"error": {**body, "hint": hint or None}}))
    else:
        lines.extend((message, hint) if hint else (message,))
    out = err or sys.stderr
    with suppress(OSError):  # where nobody is there to read it, the exit code still tells
        if edge.terminal and out.isatty():
            lines = [part for line in lines for part in wrap(line, edge.width)]
        out.write("\n".join(lines) + "\n")
    return told.exit_code


def known(error: BaseException) -> MsregError | None:
    """The error as one of msreg's own, when it is one or the machine's fault that we know."""
    if isinstance(error, MsregError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Interrupted(N_("Stopped. What was not finished has been left as it was."))
    if isinstance(error, OSError):
        return _of_the_machine(error)
    return None


def _of_the_machine(error: OSError) -> Unavailable | None:
    if error.errno in _FULL:
        return Unavailable(
            N_("The disk is full; nothing of this was kept."),
            hint=N_("Make room on the disk and run the command again."),
        )
    if error.errno in _FORBIDDEN:
        if isinstance(error.filename, str):
            return Unavailable(
                N_("There is no right to read or write {path}."),
                hint=N_("Check who owns it and whether the disk is read-only."),
                path=error.filename,
            )
        return Unavailable(N_("The system does not allow this; check the rights of the files."))
    if error.errno == errno.EIO:
        return Unavailable(N_("The disk failed while reading or writing; check the disk."))
    return None


def _unforeseen(error: BaseException) -> MsregError:
    places = [
        f"{_short(frame.f_code.co_filename)}:{number}"
        for frame, number in traceback.walk_tb(error.__traceback__)
    ]
    own = [place for place in places if place.startswith("msreg/")]
    place = (own or places or ["?"])[-1]
    return MsregError(
        N_(
            "Something went wrong inside msreg ({kind} at {place}); "
            "what was not finished has been left as it was."
        ),
        hint=N_("Run it again with --debug and send what it prints to the people who look after msreg."),
        kind=type(error).__name__,
        place=place,
    )


def frames(error: BaseException) -> list[str]:
    """Where an error passed, its causes first: places and types, no message, no source, no values."""
    told: list[str] = []
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or each.__context__
    for link in reversed(chain):
        # walk_tb and not format_exception: that prints source lines and the exception's own text.
        for frame, number in traceback.walk_tb(link.__traceback__):
            code = frame.f_code
            told.append(safe(f"  {_short(code.co_filename)}:{number} in {code.co_name}"))
        told.append(safe(f"{type(link).__module__}.{type(link).__qualname__}"))
    return told


def _short(path: str) -> str:
    """The file from its package on: where somebody installed msreg is their business."""
    for mark in ("/site-packages/", "/msreg/"):
        at = path.rfind(mark)
        if at >= 0:
            return path[at + len(mark) if mark == "/site-packages/" else at + 1 :]
    return path.rsplit("/", 1)[-1]

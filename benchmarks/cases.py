"""Every target of `make bench`, and which of them were asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks.browse import BROWSE
from benchmarks.entry import ENTRY
from benchmarks.files import FILES
from benchmarks.mails import MAILS
from benchmarks.pages import PAGES
from benchmarks.reports import REPORTS
from benchmarks.sending import SENDING
from benchmarks.starts import STARTS
from benchmarks.target import Target

CASES: tuple[Target, ...] = (*STARTS, *BROWSE, *ENTRY, *FILES, *REPORTS, *MAILS, *SENDING, *PAGES)


def chosen(names: Sequence[str]) -> list[Target]:
    """The targets of these names, all without any; `F5` stands for F5a, F5b and F5c. Raises `KeyError`."""
    if not names:
        return list(CASES)
    for name in names:
        if not any(_fits(case, name) for case in CASES):
            raise KeyError(name)
    return [case for case in CASES if any(_fits(case, name) for name in names)]


def _fits(case: Target, name: str) -> bool:
    return name.casefold() in (case.id.casefold(), re.sub("[a-z]$", "", case.id).casefold())

"""Who can be asked in this call: the person at the terminal, or nobody."""

from __future__ import annotations

from msreg.screen.edge import edge
from msreg.screen.prompter import Nobody, Prompter


def prompter() -> Prompter:
    """A person where standard input and output are a terminal and `--no-input` is absent (SPEC C2)."""
    if not edge().interactive:
        return Nobody()
    from msreg.screen.terminal import Terminal  # 80 ms, so only where somebody is asked

    return Terminal()

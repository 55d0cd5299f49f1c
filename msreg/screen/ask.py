"""Asking before something that cannot be taken back (SPEC C5); the rule of who may be asked is C2."""

from __future__ import annotations

from msreg.errors import Interrupted, Usage
from msreg.screen.edge import edge
from msreg.vocabulary import N_


def confirm(question: str, *, yes: bool) -> None:
    """Return when the answer is yes. `question` is already translated; `yes` is the option `--yes`.

    Raises `Usage` when nobody can be asked, `Interrupted` when the answer is no.
    """
    if yes:
        return
    if not edge().interactive:
        raise Usage(
            N_("This asks first, and nobody can be asked here."), hint=N_("Add --yes to go on."), field="yes"
        )
    import questionary  # 74 ms, so only where somebody is asked

    if not questionary.confirm(question, default=False).unsafe_ask():
        raise Interrupted(N_("Left as it was."))

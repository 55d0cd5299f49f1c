"""Asking a person: a BSN, or whether to go on (SPEC C5, C8). The rule of who may be asked is C2."""

from __future__ import annotations

import sys

from msreg.errors import Interrupted, Usage
from msreg.screen.edge import edge
from msreg.screen.language import _
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
    from msreg.screen.terminal_yes import ask_yes  # 60 ms, so only where somebody is asked

    if not ask_yes(question):
        raise Interrupted(N_("Left as it was."))


def ask_text(question: str) -> str | None:
    """A line of text from the person at the keyboard; None for an empty one. Only where somebody can be asked."""
    import questionary

    answer: str = questionary.text(question).unsafe_ask()
    return answer.strip() or None


def ask_bsn(patient: str | None) -> tuple[str | None, str | None]:
    """The words `bsn` and `-` in place of a patient, turned into a BSN that was typed or piped.

    Gives the name of the patient or the BSN, and None for the other.
    """
    if patient is None or patient.casefold() not in ("bsn", "-"):
        return patient, None
    return None, read_bsn("-" if patient == "-" else None)


def read_bsn(source: str | None) -> str:
    """A BSN from standard input (`-`) or from the person at the keyboard; points and spaces are dropped."""
    if source == "-":
        text = sys.stdin.readline()
    elif edge().interactive:
        import questionary

        text = questionary.text(_("BSN")).unsafe_ask()
    else:
        raise Usage(
            N_("A BSN is asked for, but nobody can be asked."),
            hint=N_("Write - in place of the patient and give the BSN on standard input."),
            field="patient",
        )
    digits = "".join(c for c in text if c not in " .-\r\n\t")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 9):
        raise Usage(N_("A BSN has nine digits."), field="bsn")
    return digits.zfill(9)

"""To whom something goes and why: what the log notes of everything that leaves the registry."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.errors import Usage
from msreg.services.pseudonymise import Pseudonymise
from msreg.services.pseudonyms import project_name
from msreg.vocabulary import N_

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Going:
    """Who gets it, what for, and whether identity is replaced on the way; nothing of it has to be told."""

    recipient: str = ""
    purpose: str = ""
    pseudonymise: Pseudonymise | None = None

    def told(self) -> dict[str, object]:
        """What the log has of it, in `about`. Raises `Usage` for a text that no log should hold."""
        found: dict[str, object] = {
            key: text
            for key, option, given in (
                ("recipient", "to", self.recipient),
                ("purpose", "purpose", self.purpose),
            )
            if (text := _text(option, given))
        }
        if self.pseudonymise is not None:
            found["pseudonymised"] = True
            found["project"] = project_name(self.pseudonymise.project)
            found["free_text"] = self.pseudonymise.free_text
        return found


def _text(option: str, given: str) -> str:
    text = " ".join(given.split())
    if len(text) > _LONGEST or not text.isprintable():
        raise Usage(
            N_("{option} takes one line of at most {most} letters, digits and signs."),
            field=option,
            option=f"--{option}",
            most=_LONGEST,
        )
    return text

"""The line that somebody types on: what of it is shown, and what is made of what was pasted."""

from __future__ import annotations

from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from msreg.forms.cleaning import has_control

_SEEN_WHOLE = 200
_STANDS_FOR_IT = "\ufffd"


class Harmless(Processor):
    """Shows a sign for each character that could turn or move the text on the screen, as a pasted one may."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """One sign for one character, so that the cursor stands where it should."""
        return Transformation(
            [(each[0], _harmless(each[1]), *each[2:]) for each in transformation_input.fragments]
        )


def _harmless(text: str) -> str:
    if not has_control(text):
        return text
    return "".join(_STANDS_FOR_IT if has_control(each) else each for each in text)


def one_line(text: str) -> str:
    """What was typed or pasted as one line: line ends and tabs become spaces."""
    return " ".join(text.split()) if any(c in "\r\n\t\v\f" for c in text) else text.strip()


def can_be_mended(text: str) -> bool:
    """Whether a text stays for mending: not what nobody can see, or a page that was pasted by mistake."""
    return text.isprintable() and len(text) <= _SEEN_WHOLE

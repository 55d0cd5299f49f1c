"""What is said of a document that is not taken, by the code of its fault, and of what should be looked at."""

from __future__ import annotations

from typing import Any

from msreg.errors import Refused
from msreg.formats.upload_limits import MAX_PIXELS, MAX_UPLOAD_BYTES
from msreg.vocabulary import N_

_AS_PDF = N_("Open it and print it to a new PDF, and use that file.")
_AGAIN = N_("Open it in the program that made it, save it once more, and use that file.")
_PLAIN = N_("Save it without them, or print it to a PDF, and use that file.")
_SMALLER = N_("Split it, or scan it at a lower resolution, and use those files.")
_PICTURE = N_("Open it in a program for pictures, save it as a new PNG or JPEG, and use that file.")

FAULTS: dict[str, tuple[str, str]] = {
    "empty": (N_("{file} is empty."), N_("Check that it was saved in full, and use that file.")),
    "large": (N_("{file} is larger than {most} MB."), _SMALLER),
    "no_file": (N_("{file} is a folder or no ordinary file."), N_("Name the files that you want to upload.")),
    "kind": (
        N_("{file} is not of a kind that is taken: those are pdf, png, jpg, docx, xlsx and txt."),
        N_("Save it as one of these, or print it to a PDF, and use that file."),
    ),
    "content": (
        N_("{file} is no {kind} file, whatever its name says."),
        N_("Save it as a {kind} file with the program that made it; changing the name is not enough."),
    ),
    "damaged": (N_("{file} is damaged, or is not made as a {kind} file is."), _AGAIN),
    "password": (
        N_("{file} is protected with a password, or is of an old kind."),
        N_("Save it without a password as a file of today, and use that."),
    ),
    "script": (N_("{file} holds something that does things by itself, such as a script."), _AS_PDF),
    "attached": (N_("{file} holds other files within it."), _PLAIN),
    "outside": (N_("{file} fetches something from elsewhere when it is opened."), _PLAIN),
    "macros": (N_("{file} holds macros, and those are not taken in."), _PLAIN),
    "links": (
        N_("{file} holds a link to something else than a web page or an e-mail address."),
        N_("Take that link out, or print it to a PDF, and use that file."),
    ),
    "names": (N_("{file} is no ordinary {kind} file: it holds doubled or misleading names."), _AGAIN),
    "markup": (N_("{file} is no ordinary {kind} file: its XML has a document type."), _AGAIN),
    "behind": (N_("{file} goes on behind its end: something else hangs on it."), _AGAIN),
    "two_kinds": (N_("{file} is a file of two kinds at once."), _AGAIN),
    "unpacked": (N_("{file} is too large when it is unpacked."), _SMALLER),
    "pixels": (N_("{file} is a picture of more than {pixels} million pixels."), _PICTURE),
    "no_text": (
        N_("{file} is no text: it holds signs that no text has."),
        N_("Save it as text in UTF-8, and use that file."),
    ),
    "memory": (N_("{file} takes more memory or time to look through than a document may."), _AS_PDF),
}

WARNED: dict[str, str] = {
    "place": N_("{file} tells where the picture was taken."),
    "words": N_("{file} holds words beside the picture, such as a name or a remark."),
}
"""What is told of a document that is taken, for who has to anonymise it."""


def fault(code: str, file: str, kind: str = "", **params: Any) -> Refused:
    """The refusal of a document, by the code of its fault. `file`: its cleaned name."""
    message, hint = FAULTS[code]
    return Refused(
        message,
        hint=hint,
        file=file,
        kind=kind,
        most=MAX_UPLOAD_BYTES // 2**20,
        pixels=MAX_PIXELS // 1_000_000,
        **params,
    )

"""What is said of a workbook that is not read, by the code of its fault."""

from __future__ import annotations

from typing import Any

from msreg.errors import Phrase, Refused
from msreg.vocabulary import N_

SAVE_AGAIN = N_("Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that file.")
IN_PARTS = N_("Spread the rows over several files, or use CSV files.")

FAULTS: dict[str, tuple[str, str]] = {
    "damaged": (N_("{file} is not a workbook that can be read, or it is damaged."), SAVE_AGAIN),
    "not_workbook": (N_("{file} is not an Excel workbook (.xlsx)."), SAVE_AGAIN),
    "password": (N_("{file} is protected with a password."), N_("Save it in Excel without a password.")),
    "macros": (
        N_("{file} holds macros, and those are not taken in."),
        N_("Save it in Excel as a workbook without macros (.xlsx)."),
    ),
    "names": (N_("{file} is no ordinary workbook: it holds doubled or misleading names."), SAVE_AGAIN),
    "markup": (N_("{file} is no ordinary workbook: its XML has a document type."), SAVE_AGAIN),
    "far": (
        N_("{file} has a filled cell beyond column SR or row 999,999."),
        N_("Delete what stands far to the right or far below the tables, and save it again."),
    ),
    "unpacked": (N_("{file} is too large when it is unpacked."), IN_PARTS),
    "memory": (N_("{file} takes more memory or time to read than a batch file may."), IN_PARTS),
    "rows": (N_("{file} has more than {most} rows."), IN_PARTS),
    "text": (
        N_("{file}, sheet {sheet}, row {row}, column {column}: the text is longer than {most} characters."),
        N_("Shorten the text in that cell."),
    ),
}


def fault(code: str, file: object, **params: Any) -> Refused:
    """The refusal of a file, by the code of its fault. `file`: its path, or what a message calls it."""
    message, hint = FAULTS[code]
    return Refused(message, hint=hint, file=file if isinstance(file, Phrase) else str(file), **params)

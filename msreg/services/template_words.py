"""By which words a filled-in template is known again when it is read."""

from __future__ import annotations

from msreg.forms.columns import forms_of
from msreg.forms.definition import Form
from msreg.vocabulary import Record

EXAMPLES = {"nl": "VOORBEELD", "en": "EXAMPLE"}
"""The patient number of the example row; imports pass over a row that has either."""


def batch_forms() -> list[Form]:
    """The forms that a batch file answers, in the order of its sheets."""
    return [form for record in Record for form in forms_of(record)]


def form_versions() -> str:
    """Those forms with their versions: `patient:1 diagnosis:1 course:1 …`."""
    return " ".join(f"{form.key}:{form.version}" for form in batch_forms())

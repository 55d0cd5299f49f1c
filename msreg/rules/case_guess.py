"""Which document of the list of a theme a file may be, by its name: a guess that is offered, never taken unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from unicodedata import category, normalize

from msreg.rules.case_wanted import Wanted

_LEAST = 4
"""Letters of a word that tells something."""

_ALSO: Mapping[str, tuple[str, ...]] = {
    "pregnancy_card": ("zwkaart", "antenatal"),
    "delivery_report": ("bevalling", "partogram"),
    "operation_report": ("okverslag", "operatie", "surgery"),
    "anaesthesia_report": ("anesthesia", "vitaal", "vitals"),
    "radiology_report": ("radiologie", "embolisatie"),
    "admission_notes": ("verpleegkundig", "notes"),
    "diagnostics": ("diagnostiek", "labuitslag"),
    "transfusion_lab": ("transfusie", "bloedbank"),
    "discharge_letters": ("ontslagbrief", "ontslag", "discharge", "specialistenbrief"),
    "pathology_report": ("pathologie", "paverslag"),
    "pathology_if_done": ("pathologie", "paverslag"),
    "autopsy_report": ("obductie", "sectieverslag"),
    "laboratory_series": ("laboratorium", "labuitslag", "labreeks"),
    "imaging": ("beeldvorming", "rontgen", "radiologie"),
    "ultrasound_reports": ("echo", "ultrasound"),
    "team_advice": ("advies", "multidisciplinair"),
}
"""What people call their files beside the words of the list."""

_EVERYWHERE = frozenset(
    ("verslag", "verslagen", "report", "reports", "alle", "inclusief", "with", "relevant", "relevante", "indien",
     "verricht", "toepassing", "applicable", "done", "involved", "betrokken", "results", "series", "primary", "care")
)  # fmt: skip
"""Words of the list that do not tell one document from another."""


def guessed(name: str, wanted: Iterable[Wanted]) -> Wanted | None:
    """The document of a list whose words stand in a file's name: the one with the longest word, None in doubt."""
    letters = _letters(name.rpartition(".")[0] or name)
    found = [
        (max((len(word) for word in _words(each) if word in letters), default=0), each)
        for each in wanted
        if each.form is None
    ]
    longest = max((length for length, _each in found), default=0)
    best_ones = [each for length, each in found if length == longest > 0]
    return best_ones[0] if len(best_ones) == 1 else None


def _words(wanted: Wanted) -> set[str]:
    texts = [wanted.key.replace("_", " "), *wanted.label.values()]
    words = {_letters(word) for text in texts for word in text.replace("/", " ").split()}
    return {each for each in words if len(each) >= _LEAST and each not in _EVERYWHERE} | set(
        _ALSO.get(wanted.key, ())
    )


def _letters(text: str) -> str:
    """The letters alone, without accents, in lower case: OK-verslag is okverslag."""
    plain = normalize("NFKD", text).casefold()
    return "".join(each for each in plain if category(each).startswith("L"))

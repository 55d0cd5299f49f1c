"""A folder of FHIR NDJSON: which of its files are read."""

from __future__ import annotations

from pathlib import Path

RESPONSES, PROVENANCE = "QuestionnaireResponse.ndjson", "Provenance.ndjson"


def is_fhir(folder: Path) -> bool:
    """Whether a folder has the answers of FHIR in it, rather than tables."""
    return (folder / RESPONSES).is_file() or (folder / PROVENANCE).is_file()


def answers_of(folder: Path) -> list[Path]:
    """The files that are read: where it came from, and the answers. The clinical resources are not."""
    return [each for name in (PROVENANCE, RESPONSES) if (each := folder / name).is_file()]

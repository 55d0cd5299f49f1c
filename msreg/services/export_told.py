"""What an export tells of itself: where it came from, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msreg import __version__
from msreg.formats.cells import Cell
from msreg.formats.sheets import SheetOut
from msreg.forms.columns import forms_of
from msreg.services.codebook_sheet import HEADER, codebook_rows
from msreg.services.codebook_sheet import NAMES as CODEBOOK
from msreg.services.export_cells import Style
from msreg.services.export_columns import Chosen
from msreg.services.export_going import Going
from msreg.services.patients import Asked
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record

PROVENANCE = {"nl": "Herkomst", "en": "Provenance"}

Facts = Sequence[tuple[str, Cell]]


def facts(
    registry: Registry,
    *,
    by: Actor,
    asked: Asked,
    style: Style,
    columns: Sequence[str],
    counts: Mapping[str, int],
    seq: int,
    going: Going,
) -> Facts:
    """Who exported what, when, by which program and forms; how many rows there are, and the row of the log."""
    forms = [form for record in Record for form in forms_of(record)]
    return [
        ("program", f"msreg {__version__}"),
        ("registry", registry.uuid),
        ("exported_at", registry.clock().isoformat(timespec="microseconds")),
        ("exported_by", by.name),
        ("role", by.role.value),
        ("log_row", seq),
        ("recipient", " ".join(going.recipient.split()) or None),
        ("purpose", " ".join(going.purpose.split()) or None),
        ("filter", asked.told() or None),
        ("columns", " ".join(columns) or None),
        ("style", f"labels {style.language}" if style.labels else "codes"),
        ("forms", " ".join(f"{form.key}:{form.version}" for form in forms)),
        *((f"rows {key}", count) for key, count in counts.items()),
    ]


def around(
    tables: Sequence[SheetOut], told: Facts, chosen: Sequence[Chosen], style: Style, *, keyed: bool
) -> list[SheetOut]:
    """The sheets of data with those that tell of them.

    A workbook has them behind the data. In a format for programs (`keyed`) where it came from is the first
    object, so that a reader knows at once what it reads.
    """
    if keyed:
        header = ["of" if name == "sheet" else name for name in HEADER]  # an object's own sheet is "codebook"
        first = SheetOut("provenance", [key for key, _value in told], [[value for _key, value in told]])
        return [first, *tables, SheetOut("codebook", header, codebook_rows(chosen))]
    return [
        *tables,
        SheetOut(named(CODEBOOK, style), HEADER, codebook_rows(chosen)),
        SheetOut(named(PROVENANCE, style), ("key", "value"), told),
    ]


def named(names: Mapping[str, str], style: Style) -> str:
    """The name of a sheet of ours: in the language of the labels, or the key that never changes."""
    return names[style.language] if style.labels else names["en"].lower()

"""What a marked copy says of rows, cells and the whole file, in the language of who asked for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msreg import __version__
from msreg.clock import AMSTERDAM
from msreg.errors import Phrase
from msreg.services.batch_result import Loaded
from msreg.services.placed import PlacedFinding
from msreg.services.rulebook import rule
from msreg.vocabulary import N_, Language, Rowed, Severity

Translate = Callable[[str], str]

FAULTS: Mapping[Language, str] = {Language.EN: "msreg faults", Language.NL: "msreg fouten"}
STATUS = "msreg status"
SUMMARY: Mapping[Language, str] = {Language.EN: "Findings", Language.NL: "Bevindingen"}
SIGN = "msreg"
"""What stands in the first cell of a summary sheet, so that the next marked copy knows it."""

LONGEST = 2_000
"""Characters that one cell tells of its row: a row can have many faults."""

_AHEAD: Mapping[Rowed, str] = {
    Rowed.ADDED: N_("would be added"),
    Rowed.CHANGED: N_("would be changed"),
    Rowed.UNCHANGED: N_("unchanged"),
    Rowed.SKIPPED: N_("not loaded: this patient has faults in other rows"),
    Rowed.REFUSED: N_("refused: mend the faults"),
}
_DONE: Mapping[Rowed, str] = {
    Rowed.ADDED: N_("added"),
    Rowed.CHANGED: N_("changed"),
    Rowed.UNCHANGED: N_("unchanged"),
    Rowed.SKIPPED: N_("not loaded: this patient has faults in other rows"),
    Rowed.REFUSED: N_("refused: mend the faults"),
}
_WAITS = N_("no faults; not loaded yet")
_SEVERITIES: Mapping[Severity, str] = {Severity.ERROR: N_("fault"), Severity.WARNING: N_("warning")}


def statuses(done: Loaded, sheet: str, translate: Translate) -> dict[int, str]:
    """The state of each row of a sheet in words, by its number."""
    outcomes = done.outcomes.get(sheet)
    if outcomes is None:
        return {}
    words = _AHEAD if done.dry_run or done.refused else _DONE
    said = {each: translate(text) for each, text in words.items()}
    waits = translate(_WAITS)
    return {
        row: waits if each is Rowed.SKIPPED and done.refused and done.sound(sheet, row) else said[each]
        for row, each in outcomes.items()
    }


def told(found: Iterable[PlacedFinding], translate: Translate) -> str:
    """The findings of one row on one line: code, column, reason."""
    return shortened("; ".join(_told(each, translate) for each in found))


def commented(found: Iterable[PlacedFinding], translate: Translate) -> str:
    """The findings of one cell with what to do about them."""
    parts: list[str] = []
    for each in found:
        hint = each.hint_text(translate)
        text = _warned(each, each.text(translate), translate)
        parts.append(f"{each.code} {text}" + (f"\n→ {hint}" if hint else ""))
    return shortened("\n".join(parts))


def shortened(text: str) -> str:
    """A text that is no longer than a cell should be."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def summary(
    done: Loaded,
    names: Mapping[str, str],
    when: datetime,
    *,
    language: Language,
    translate: Translate,
    comments_left: int,
) -> tuple[list[list[str | int | None]], frozenset[int]]:
    """The rows of the summary sheet, and which of them are headings. Places, codes and reasons; no values."""
    rows: list[list[str | int | None]] = []
    headings: set[int] = set()

    def heading(*cells: str) -> None:
        rows.append([])
        headings.add(len(rows))
        rows.append([translate(cell) for cell in cells])

    headings.add(0)
    rows.append([SIGN, SUMMARY[language]])
    rows += ([translate(title), value] for title, value in _about(done, when, translate))
    heading(N_("state"), N_("rows"))
    words = _AHEAD if done.dry_run or done.refused else _DONE
    counts = done.summary
    rows += ([translate(words[each]), counts[each]] for each in Rowed if counts[each])
    if done.findings:
        heading(N_("code"), N_("times"), N_("severity"), N_("what it is"), N_("what to do"))
        rows += _by_code(done.findings, translate)
        heading(
            N_("sheet"), N_("row"), N_("column"), N_("field"), N_("code"), N_("severity"), N_("what is wrong"),
            N_("what to do"),
        )  # fmt: skip
        rows += (_line(each, names, translate) for each in done.findings)
    if comments_left:
        text = translate(
            N_("Only the first cells have a comment; {count} others are coloured, and told in their row.")
        )
        rows += ([], [text.format(count=comments_left)])
    return rows, frozenset(headings)


def _about(done: Loaded, when: datetime, translate: Translate) -> Iterator[tuple[str, str | int]]:
    file = done.file.text(translate) if isinstance(done.file, Phrase) else done.file
    yield N_("file"), file
    yield N_("hash, SHA-256"), done.sha256
    if done.saved is not None:
        yield N_("date of the file"), done.saved.isoformat(timespec="seconds")
    yield N_("checked"), when.astimezone(ZoneInfo(AMSTERDAM)).strftime("%Y-%m-%d %H:%M")
    yield N_("version of msreg"), __version__
    yield N_("result"), translate(_result(done))
    yield N_("patients"), done.patients
    yield N_("patients without faults"), done.sound_patients


def _result(done: Loaded) -> str:
    if done.refused:
        return N_("Nothing was loaded: there are faults. Mend them in this copy, and load it as it is.")
    if done.dry_run:
        return N_("Nothing was written: this was a check.")
    if done.in_part:
        return N_("Loaded in part. Mend the faults in this copy, and load it as it is.")
    return N_("Loaded.")


def _by_code(found: Iterable[PlacedFinding], translate: Translate) -> Iterator[list[str | int | None]]:
    """Each code once, the most frequent first."""
    first: dict[str, PlacedFinding] = {}
    counts: Counter[str] = Counter()
    for each in found:
        counts[each.code] += 1
        first.setdefault(each.code, each)
    for code, count in counts.most_common():
        each, page = first[code], rule(code)
        example = translate(N_("for example: {example}")).format(example=translate(page.good))
        what = each.hint_text(translate) or example
        yield [code, count, translate(_SEVERITIES[each.severity]), translate(page.title), what]


def _line(each: PlacedFinding, names: Mapping[str, str], translate: Translate) -> list[str | int | None]:
    return [
        names.get(each.sheet, each.sheet),
        each.row,
        each.column,
        each.field,
        each.code,
        translate(_SEVERITIES[each.severity]),
        shortened(each.text(translate)),
        shortened(each.hint_text(translate) or "") or None,
    ]


def _told(each: PlacedFinding, translate: Translate) -> str:
    place = " ".join(part for part in (each.code, each.column, each.field) if part)
    return _warned(each, f"{place}: {each.text(translate)}", translate)


def _warned(each: PlacedFinding, text: str, translate: Translate) -> str:
    """A warning says that it is one: its colour alone would not."""
    return translate(N_("warning: {text}")).format(text=text) if each.severity is Severity.WARNING else text

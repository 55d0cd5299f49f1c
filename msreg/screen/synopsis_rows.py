"""Rows of a synopsis in words: one course, one period of medication, one side effect, one relapse."""

from __future__ import annotations

from typing import Any

from msreg.forms.columns import forms_of
from msreg.forms.medicines import medicine
from msreg.forms.showing import show as show_value
from msreg.screen.language import _, active, ngettext
from msreg.screen.prom_words import index_told
from msreg.screen.shown import day
from msreg.screen.table import NOTHING, Cell
from msreg.services.synopsis import Effect, Period, Questionnaire, Relapse, Visit
from msreg.vocabulary import N_, Record


def relapse_told(relapse: Relapse) -> Cell:
    """An attack: when, and treated or not."""
    on = day(relapse.on) or NOTHING
    if relapse.treated is None:
        return Cell(_("{date} treatment not filled in").format(date=on), "red")
    return Cell((_("{date} treated") if relapse.treated else _("{date} not treated")).format(date=on))


def visit_row(visit: Visit, home: str) -> tuple[Cell, ...]:
    """A course: date, EDSS, MRI, and what is open or which centre but `home` wrote it."""
    edss = told(Record.COURSE, "edss", visit.edss) or NOTHING
    if visit.edss is not None and visit.edss_method == "estimated":
        edss = f"{edss} {told(Record.COURSE, 'edss_method', visit.edss_method)}"
    elsewhere = visit.centre if visit.centre and visit.centre != home else ""
    return (Cell(day(visit.on) or "", "red" if visit.lacking else "plain"), Cell(edss), Cell(_mri(visit)),
            _note(visit.lacking, elsewhere))  # fmt: skip


def _mri(visit: Visit) -> str:
    if not visit.mri_done:
        return ""
    found = []
    for key, value, known, unknown in (
        ("mri_new_t2", visit.mri_new_t2, N_("{count} new T2"), N_("new T2 unknown")),
        ("mri_gd_lesions", visit.mri_gd_lesions, N_("{count} Gd"), N_("Gd unknown")),
    ):
        if value == "unknown":
            found.append(_(unknown))
        elif value is not None:
            found.append(_(known).format(count=told(Record.COURSE, key, value)))
    return ", ".join(found) or _("done")


def period_row(period: Period, in_care: bool) -> tuple[Cell, ...]:
    """A period: medicine, from and until, why it was stopped. In care, what was not stopped goes on now."""
    start = day(period.start) or ""
    if period.stop:
        until = Cell(f"{start} – {day(period.stop)}")
    else:
        until = Cell(f"{start} – {_('now')}" if in_care else f"{start} –", "green" if in_care else "plain")
    reasons = ", ".join(
        filter(None, (told(Record.MEDICATION, "stop_reasons", (each,)) for each in period.reasons))
    )
    return Cell(medicine_name(period.medicine)), until, Cell(reasons), _note(period.lacking)


def effect_row(effect: Effect) -> tuple[Cell, ...]:
    """A side effect: when, of which medicine, what, how it ended."""
    outcome = told(Record.ADVERSE_EVENT, "outcome", effect.outcome) or ""
    if effect.serious:
        outcome = ", ".join(filter(None, (_("serious"), outcome)))
    return (Cell(day(effect.start) or NOTHING), Cell(medicine_name(effect.medicine)), Cell(effect.description),
            Cell(outcome), _note(effect.lacking))  # fmt: skip


def list_told(found: Questionnaire) -> str:
    """A filled-in EQ-5D-5L: 0.705, score 68 (2026-09-30)."""
    index = index_told(found.index_value) or _("not complete")
    score = "" if found.score is None else ", " + _("score {score}").format(score=found.score)
    return f"{index}{score} ({day(found.on)})"


def medicine_name(code: str) -> str:
    """The substance, without its brands."""
    known = medicine(code)
    return known.inn[active()] if known else code


def told(record: Record, key: str, value: Any) -> str | None:
    """An answer as people read it; None for none."""
    if value is None:
        return None
    item = next(form[key] for form in forms_of(record) if key in form.by_key)
    return show_value(item, value, active())


def _note(lacking: int, elsewhere: str = "") -> Cell:
    """Beside a row: questions that are open, or which other centre wrote it."""
    if lacking:
        text = ngettext("{count} open question", "{count} open questions", lacking)
        return Cell(f"{text}, {elsewhere}" if elsewhere else text, "red")
    return Cell(elsewhere, "grey")

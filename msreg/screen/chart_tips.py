"""What pointing at something in a chart tells: what it is and when, then the answers given, a line each."""

from __future__ import annotations

from collections.abc import Collection

from msreg.forms.columns import forms_of
from msreg.forms.medicines import medicine
from msreg.forms.showing import show as show_value
from msreg.screen.language import _, active
from msreg.screen.safe import safe
from msreg.screen.shown import day, number
from msreg.screen.synopsis_rows import told
from msreg.services.chart_records import Answers, Assessment, Attack, Health, Scan, Treatment
from msreg.services.charts import Stage
from msreg.vocabulary import Record

Tip = tuple[str, ...]


def stage_tip(stage: Stage) -> Tip:
    """A phenotype and since when."""
    name = stage.phenotype.upper()
    since = day(stage.noted)
    return (_("{phenotype} since {date}").format(phenotype=name, date=since) if since else name,)


def course_tip(course: Assessment) -> Tip:
    """A course: its EDSS, and the answers but those on the MRI."""
    edss = told(Record.COURSE, "edss", course.edss) or _("none")
    return (
        _("Course {date}: EDSS {edss}").format(date=day(course.on), edss=edss),
        *_answers(Record.COURSE, course.answers, leave=("course_date", "edss"), leave_section="mri"),
    )


def relapse_tip(relapse: Attack) -> Tip:
    """A relapse and what is known of it."""
    return (
        _("Relapse {date}").format(date=day(relapse.on)),
        *_answers(Record.DISEASE, relapse.answers, leave=("kind", "date")),
    )


def scan_tip(scan: Scan) -> Tip:
    """An MRI and what was seen."""
    answers = {key: value for key, value in scan.answers.items() if key.startswith("mri_")}
    return (
        _("MRI {date}").format(date=day(scan.on)),
        *_answers(Record.COURSE, answers, leave=("mri_done", "mri_date")),
    )


def treatment_tip(period: Treatment) -> Tip:
    """A period of medication: its medicine with brands, then the answers."""
    known = medicine(period.medicine)
    return (
        known.label(active()) if known else safe(period.medicine),
        *_answers(Record.MEDICATION, period.answers, leave=("medicine",)),
    )


def health_tip(health: Health) -> Tip:
    """A list of the EQ-5D-5L: score, and the index value with its set."""
    lines = [_("EQ-5D-5L {date}: health score {score}").format(date=day(health.on), score=health.score)]
    if health.profile:
        lines.append(_("profile {profile}").format(profile=health.profile))
    if health.index_value is not None:
        lines.append(
            _("index {index} ({set})").format(index=number(health.index_value), set=health.value_set)
        )
    return tuple(lines)


def _answers(
    record: Record, answers: Answers, *, leave: Collection[str], leave_section: str = ""
) -> list[str]:
    return [
        f"{item.label[active()]}: {safe(show_value(item, answers[item.key], active()))}"
        for form in forms_of(record)
        for item in form.items
        if answers.get(item.key) is not None and item.key not in leave
        if not (leave_section and item.section == leave_section)
    ]

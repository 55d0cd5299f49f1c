"""A chart in the words of the language that is spoken: the picture that every output is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msreg.formats import picture as p
from msreg.forms.medicines import medicine
from msreg.screen.chart_listings import listings
from msreg.screen.chart_tips import course_tip, health_tip, relapse_tip, scan_tip, stage_tip, treatment_tip
from msreg.screen.language import _, active, ngettext
from msreg.screen.safe import safe
from msreg.screen.shown import day
from msreg.screen.synopsis_rows import told
from msreg.services.chart_records import Assessment, Scan, Treatment
from msreg.services.charts import Chart
from msreg.vocabulary import N_, Record

SIGNS = {
    "assessed": N_("EDSS assessed"),
    "estimated": N_("EDSS estimated"),
    "gap": N_("EDSS not done or not filled in"),
    "treated": N_("relapse, methylprednisolone given"),
    "untreated": N_("relapse, not given"),
    "unknown": N_("relapse, not known"),
    "t2": N_("new T2 lesions"),
    "gd": N_("enhancing lesions"),
    "health": N_("health score"),
    "running": N_("medication goes on"),
}

TREATED: Mapping[bool | None, p.Treated] = {True: "treated", False: "untreated", None: "unknown"}


def picture(chart: Chart, *, named: bool) -> p.Picture:
    """The picture of a chart; with `named` the patient's name stands above it."""
    found = p.Picture(
        language=active().value,
        title=_("Chart {number}").format(number=chart.number),
        heading=_heading(chart, named),
        aside=_("{first} until {last}").format(first=day(chart.first), last=day(chart.last)),
        first=chart.first,
        last=chart.last,
        labels=p.Labels(
            _("Phenotype"),
            _("Relapses"),
            _("EDSS"),
            _("Health score"),
            _("Courses"),
            _("New T2"),
            _("Gd"),
            _("Medication"),
        ),
        stages=tuple(
            p.Stage(each.since, each.until, each.phenotype, each.phenotype.upper(), stage_tip(each))
            for each in chart.stages
        ),
        points=tuple(map(_point, chart.assessments)),
        carried=_point(chart.carried) if chart.carried else None,
        relapses=tuple(
            p.Relapse(each.on, TREATED[each.treated], relapse_tip(each)) for each in chart.relapses
        ),
        scans=tuple(map(_scan, chart.scans)),
        bars=tuple(_bar(each, chart) for each in chart.treatments),
        scores=tuple(p.Score(each.on, each.score, health_tip(each)) for each in chart.lists),
        milestones=tuple(_milestones(chart)),
        notes=tuple(_notes(chart)),
        foot=f"msreg · {_('personal data, in confidence')}",
        listings=listings(chart),
    )
    return found._replace(legend=tuple(_legend(found)))


def _heading(chart: Chart, named: bool) -> str:
    pieces = [safe(chart.name)] if named and chart.name else []
    pieces += [chart.number, safe(chart.centre)]
    if chart.birth_year:
        pieces.append(_("born {year}").format(year=chart.birth_year))
    return "  ·  ".join(pieces)


def _point(course: Assessment) -> p.Point:
    if course.edss is None:
        return p.Point(course.on, None, "gap", "", course_tip(course))
    kind: p.Assessed = "assessed" if course.method == "assessed" else "estimated"
    text = told(Record.COURSE, "edss", course.edss) or ""
    return p.Point(course.on, float(course.edss), kind, text, course_tip(course))


def _scan(scan: Scan) -> p.Scan:
    t2 = {"3_or_more": "3+", "unknown": "?", None: ""}.get(scan.new_t2, scan.new_t2 or "")
    gd = "?" if scan.gd == "unknown" else "" if scan.gd is None else str(scan.gd)
    # Gadolinium that was not given leaves no count; that it is not known whether it was given leaves one open.
    asked = scan.answers.get("mri_gadolinium") is not False
    return p.Scan(
        scan.on,
        t2 or "?",
        _lesions(t2),
        gd or ("?" if asked else ""),
        _lesions(gd) if gd or asked else "nothing",
        scan_tip(scan),
    )


def _lesions(text: str) -> p.Lesions:
    return "unknown" if text in ("", "?") else "none" if text == "0" else "some"


def _bar(period: Treatment, chart: Chart) -> p.Bar:
    known = medicine(period.medicine)
    goes_on = period.stop is None and chart.ended_on is None
    return p.Bar(
        start=max(period.start, chart.first),
        stop=min(period.stop or chart.ended_on or chart.last, chart.last),
        code=period.medicine,
        text=known.inn[active()] if known else safe(period.medicine),
        running=goes_on or (period.stop or chart.last) > chart.last,
        begun=period.start < chart.first,
        tip=treatment_tip(period),
    )


def _milestones(chart: Chart) -> Iterator[p.Milestone]:
    kinds: tuple[tuple[p.Moment, date | None, str], ...] = (
        ("diagnosis", chart.diagnosed_on, _("diagnosis {date}")),
        ("ended", chart.treatment_ended_on, _("treatment ended {date}")),
        ("deceased", chart.deceased_on, _("deceased {date}")),
    )
    found = []
    for kind, on, text in kinds:
        if on is not None:
            said = text.format(date=day(on))
            found.append(p.Milestone(on, kind, said, (said,)))
    yield from sorted(found, key=lambda each: each.on)


def _notes(chart: Chart) -> Iterator[str]:
    if not any((chart.stages, chart.assessments, chart.relapses, chart.scans, chart.treatments, chart.lists)):
        yield _("Nothing is recorded between these days.")
    if chart.undated:
        yield ngettext(
            "{count} relapse without a date is not shown.",
            "{count} relapses without a date are not shown.",
            chart.undated,
        )


def _legend(picture: p.Picture) -> Iterator[p.Sign]:
    """The marks that occur, in the order of the rows."""
    kinds: set[str] = {each.kind for each in picture.points} | {each.kind for each in picture.relapses}
    kinds |= {"t2"} if any(each.t2_kind == "some" for each in picture.scans) else set()
    kinds |= {"gd"} if any(each.gd_kind == "some" for each in picture.scans) else set()
    kinds |= {"health"} if picture.scores else set()
    kinds |= {"running"} if any(each.running for each in picture.bars) else set()
    for kind, text in SIGNS.items():
        if kind in kinds:
            yield p.Sign(kind, _(text))

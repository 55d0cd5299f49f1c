"""A report in the words of the language that is spoken."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from msreg.formats.report import SMALL, Column, Funnel, Report, Row, Share, Table, Value
from msreg.formats.report_page import Line, Page, Plot, Section
from msreg.forms.load import load
from msreg.forms.medicines import medicine
from msreg.screen import report_texts as texts
from msreg.screen.language import _, active, ngettext
from msreg.screen.shown import day, number
from msreg.screen.table import NOTHING
from msreg.vocabulary import Language

STAR = "*"
_SHARES = 2  # so many shares with their numbers stand beside a label in 80 columns
_CHOICES = {"sex": ("patient", "sex"), "phenotype": ("diagnosis", "diagnosis_phenotype")}


def page(report: Report, *, brief: bool = False) -> Page:
    """All of a report, worded; `brief` for a place that has no room, such as a terminal."""
    where = report.centre or _("all centres")
    if report.centre_name:
        where = f"{report.centre}  {report.centre_name}"
    return Page(
        active().value,
        _(texts.REPORTS[report.key]),
        where,
        tuple(facts(report)),
        tuple(_(texts.REMARKS[each]) for each in report.remarks),
        tuple(section(table, whole=report.centre is None, brief=brief) for table in report.tables),
        tuple(plot(funnel) for funnel in report.funnels),
        _(texts.DEFINITIONS),
    )


def facts(report: Report) -> list[tuple[str, str]]:
    """What a report is about: its period, its day, its patients."""
    found = [
        (_("Period"), period(report.since, report.until)),
        (_("Made for"), day(report.today) or ""),
        (_("Patients"), str(report.patients)),
    ]
    if report.compared:
        others = ngettext("{count} other centre", "{count} other centres", report.other_centres)
        count = STAR if report.others is SMALL else str(report.others)
        found.append((_("Of others"), f"{count}  ({others})"))
    return found


def title(table: Table, *, whole: bool) -> str:
    """The title of a table; `whole`: what is own is all centres together."""
    return _((texts.WHOLE_TITLES if whole else {}).get(table.key) or texts.TITLES[table.key])


def head(column: Column, *, whole: bool) -> str:
    """The head of a column."""
    return _("all") if whole and column.key in ("own", "own_people") else _(texts.HEADS[column.key])


def section(table: Table, *, whole: bool, brief: bool = False) -> Section:
    """A table, worded. `brief`: where many shares stand side by side, their percentages alone."""
    brief = brief and sum(column.kind == "share" for column in table.columns) > _SHARES
    heads = [head(column, whole=whole) for column in table.columns]
    notes = [_(texts.NOTES[table.key])]
    if table.until is not None and table.since is None and "neda3" in _keys(table):
        notes.append(_(texts.NEDA_YEAR))
    if table.withheld:
        notes.append(_(texts.WITHHELD))
    when = ""
    if table.until is not None:
        when = period(table.since, table.until) if table.since else _("whole follow-up")
    return Section(
        table.key,
        title(table, whole=whole),
        when,
        ("", *heads),
        tuple(line(table, row, whole=whole, brief=brief) for row in table.rows),
        tuple(notes),
    )


def _keys(table: Table) -> set[str]:
    return {row.key for row in table.rows} | {column.key for column in table.columns}


def line(table: Table, row: Row, *, whole: bool, brief: bool = False) -> Line:
    """A row, worded; muted where nobody is in it."""
    shown = [cell(value, brief=brief) for value in row.values]
    muted = all(value in (0, None, Share(0, 0)) or value == Decimal(0) for value in row.values)
    return Line((row_name(table, row.key, whole=whole), *shown), muted)


def cell(value: Value, *, brief: bool = False) -> str:
    """A cell as people read it."""
    if value is None:
        return NOTHING
    if value is SMALL:
        return STAR
    if isinstance(value, Share):
        if brief:
            return whole(value.percent)
        share = f"{value.cases}/{value.of}"
        return f"{share} {whole(value.percent)}" if value.of else share
    if isinstance(value, Decimal):
        return number(value) or ""
    return str(value)


def whole(percent: Decimal | None) -> str:
    """A percentage without decimals, beside the numbers that it is of."""
    if percent is None:
        return NOTHING
    return "<1%" if 0 < percent < 1 else f"{percent.quantize(Decimal(1), ROUND_HALF_UP)}%"


def row_name(table: Table, key: str, *, whole: bool) -> str:
    """What a row is about."""
    if whole and table.rows_are == "side":
        return _("all")
    text = texts.ROWS.get(table.rows_are, {}).get(key)
    if text is not None:
        return _(text)
    if key == "unknown":
        return _("unknown")
    if table.rows_are in _CHOICES:
        form, item = _CHOICES[table.rows_are]
        choice = load(form)[item].choice(key)
        return choice.label[active().value] if choice else key
    if table.rows_are == "medicine":
        known = medicine(key)
        return known.label(active().value) if known else key
    if table.rows_are == "question":
        form, _dot, item = key.partition(".")
        return f"{load(form).label[active().value]}: {load(form)[item].label[active().value]}"
    if table.rows_are == "prom":
        return f"{_('index')} ({key.partition(':')[2]})"
    return number_range(key) if table.rows_are in ("edss", "age", "duration") else key


def number_range(band: str) -> str:
    """A band such as 2–3.5, with the decimal sign of the language."""
    text = band.replace("-", "–")
    return text.replace(".", ",") if active() is Language.NL else text


def plot(funnel: Funnel) -> Plot:
    """A funnel plot, worded."""
    told, notes = [], [_(texts.LIMITS)]
    if funnel.target is None:
        notes = [_(texts.NO_FUNNEL if funnel.withheld else texts.NO_POINTS)]
    else:
        share = number((funnel.target * 100).quantize(Decimal("0.1")))
        told.append(_("All centres: {percent} %.").format(percent=share))
    for point in funnel.points:
        if point.own or point.label:
            name = point.label or _("Own centre")
            mine = Share(point.cases, point.people)
            told.append(
                _("{name}: {cases} of {people} ({percent} %), {place}.").format(
                    name=name, cases=point.cases, people=point.people, percent=number(mine.percent),
                    place=_(texts.PLACES[point.place]),
                )
            )  # fmt: skip
    if funnel.withheld and funnel.target is not None:
        notes.append(
            _("Other centres are left out where it would be plain which one it is, or who its patients are.")
        )
    across = _("lists") if funnel.key == "response" else _("patients")
    named = any(point.label for point in funnel.points)
    legend = (
        _("own centre"),
        _("centre") if named else _("other centre"),
        _("all centres"),
        _("95 %"),
        _("99.8 %"),
    )
    return Plot(funnel.key, _(texts.FUNNELS[funnel.key]), funnel, tuple(told), tuple(notes), across, legend)


def period(since: date, until: date) -> str:
    """From one day until another."""
    return f"{day(since)} – {day(until)}"

"""A chart as tables, for who reads instead of looks."""

from __future__ import annotations

from datetime import date

from msreg.formats.picture import Listing
from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.shown import day, number, yes_no
from msreg.screen.synopsis_rows import medicine_name, told
from msreg.screen.table import NOTHING
from msreg.services.charts import Chart
from msreg.vocabulary import Record


def listings(chart: Chart) -> tuple[Listing, ...]:
    """Everything that the picture shows, oldest first; what there is nothing of has no table."""
    made = (
        Listing(
            _("Phenotype"),
            (_("Phenotype"), _("From"), _("Until")),
            tuple(
                (
                    each.phenotype.upper(),
                    _day(each.noted),
                    _day(each.until if each.until < chart.last else None),
                )
                for each in chart.stages
            ),
        ),
        Listing(
            _("Courses"),
            (_("Date"), _("EDSS"), _("Assessed or estimated")),
            tuple(
                (_day(each.on), _told("edss", each.edss), _told("edss_method", each.method))
                for each in chart.assessments
            ),
        ),
        Listing(
            _("Relapses"),
            (_("Date"), _("Methylprednisolone")),
            tuple((_day(each.on), yes_no(each.treated) or NOTHING) for each in chart.relapses),
        ),
        Listing(
            _("MRI"),
            (_("Date"), _("New T2"), _("Gd")),
            tuple(
                (_day(each.on), _told("mri_new_t2", each.new_t2), _told("mri_gd_lesions", each.gd))
                for each in chart.scans
            ),
        ),
        Listing(
            _("Medication"),
            (_("Medicine"), _("From"), _("Until")),
            tuple(
                (safe(medicine_name(each.medicine)), _day(each.start), _day(each.stop))
                for each in chart.treatments
            ),
        ),
        Listing(
            _("Health score"),
            (_("Date"), _("Score"), _("Index")),
            tuple(
                (_day(each.on), str(each.score), number(each.index_value) or NOTHING) for each in chart.lists
            ),
        ),
    )
    return tuple(each for each in made if each.rows)


def _day(on: date | None) -> str:
    return day(on) or NOTHING


def _told(key: str, value: object) -> str:
    return told(Record.COURSE, key, value) or NOTHING

"""A chart for programs: the keys of the codebook, ISO dates, codes, oldest first."""

from __future__ import annotations

from typing import Any

from msreg.services.charts import Chart


def chart_data(chart: Chart) -> dict[str, Any]:
    """`msreg chart P --json`: what the drawing shows, without names of persons."""
    return {
        "registry_number": chart.number,
        "centre": chart.centre,
        "birth_year": chart.birth_year,
        "from": chart.first,
        "until": chart.last,
        "diagnosis_date": chart.diagnosed_on,
        "deceased_on": chart.deceased_on,
        "treatment_ended_on": chart.treatment_ended_on,
        "phenotypes": [
            {"phenotype": each.phenotype, "from": each.since, "until": each.until} for each in chart.stages
        ],
        "courses": [
            {"course_date": each.on, "edss": each.edss, "edss_method": each.method}
            for each in chart.assessments
        ],
        "relapses": [
            {"date": each.on, "month": f"{each.on:%Y-%m}", "methylprednisolone": each.treated}
            for each in chart.relapses
        ],
        "mri": [
            {"mri_date": each.on, "mri_new_t2": each.new_t2, "mri_gd_lesions": each.gd}
            for each in chart.scans
        ],
        "medications": [
            {"medicine": each.medicine, "start_date": each.start, "stop_date": each.stop}
            for each in chart.treatments
        ],
        "proms": [
            {
                "answered_on": each.on,
                "health_score": each.score,
                "profile": each.profile,
                "index_value": each.index_value,
                "value_set": each.value_set,
            }
            for each in chart.lists
        ],
        "relapses_without_date": chart.undated,
    }

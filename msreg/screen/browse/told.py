"""What was asked, how many there are, and what the marks mean, in a line each."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.screen.browse.pens import Line
from msreg.screen.language import _, ngettext
from msreg.screen.table import Cell
from msreg.screen.widths import cut, width
from msreg.services.browsing import Counted
from msreg.services.patients import Asked
from msreg.vocabulary import N_

SORT_NAMES: Mapping[str, str] = {
    "number": N_("MS number"),
    "name": N_("Name"),
    "born": N_("Born"),
    "sex": N_("Sex"),
    "phenotype": N_("Phenotype"),
    "last-course": N_("Last course"),
    "complete": N_("Open questions"),
    "changed": N_("Changed"),
    "centre": N_("Centre"),
    "patient-number": N_("Patient no."),
    "bsn": N_("BSN"),
    "shared": N_("Shared"),
    "deceased": N_("Deceased"),
    "ended": N_("Ended"),
}
"""What can be sorted on, in the order of the columns."""

_SCOPES = {"own": N_("own patients"), "shared": N_("shared patients"), "all": N_("all patients")}


def asked_line(asked: Asked, counted: Counted | None, room: int) -> Line:
    """The title: whose patients, in which order, narrowed to what, and how many on the right."""
    from msreg.screen.browse.filters import told_filters

    many = _many(counted)
    order = _(SORT_NAMES[asked.sort])
    pattern = _("sorted on {column}, reversed") if asked.descending else _("sorted on {column}")
    order = pattern.format(column=order)
    rest = " · ".join([_(_SCOPES[asked.scope]), order, *told_filters(asked)])
    title = _("Patients")
    left = room - width(title) - width(many) - 6
    rest = cut(rest, left) if left > 8 else ""
    gap = max(2, room - width(title) - width(rest) - width(many) - 4)
    return [
        " ", Cell(title, "accent"), "  ", Cell(rest, "grey"), " " * gap, Cell(many, "grey")
    ]  # fmt: skip


def _many(counted: Counted | None) -> str:
    if counted is None:
        return ""
    if counted.more_than:
        return _("more than {total} patients").format(total=counted.total)
    return ngettext("{count} patient", "{count} patients", counted.total)

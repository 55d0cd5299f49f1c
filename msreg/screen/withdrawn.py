"""Withdrawn consent, erasing and a new form: what there is, what was done, for people and for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from msreg.rules.names import display_name
from msreg.screen.counted import all_counted
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.services.erasing import Erased
from msreg.services.withdrawing import Standing
from msreg.vocabulary import N_, Record

KEPT = N_("What is there stays. Nothing new may be recorded, no course is asked for, no mail goes out.")
GONE = N_("All of it is deleted, in the log too, and cannot be brought back.")
COPIES = N_("Backups, exports and copies that were made before still have it, until somebody removes them.")


def show_standing(screen: Screen, found: Standing) -> None:
    """Whom it is about and how much there is, for who is about to be asked."""
    row = found.row
    name = display_name(row["family_name"], row["name_prefix"], row["initials"])
    screen.line(Cell(name, "accent"), f"   {found.number}")
    if found.withdrawn_on:
        screen.line(f"  {_('Consent withdrawn')}  ", Cell(day(found.withdrawn_on) or "", "orange"))
    screen.line(f"  {_counts(found)}")
    if found.shared:
        text = ngettext("shared with {count} other centre", "shared with {count} other centres", found.shared)
        screen.line(f"  ⇄ {text}")
    screen.line()


def kept_result(found: Standing, on: date, *, dry_run: bool) -> Result:
    """The result of `patients withdraw --keep`."""

    def show(screen: Screen) -> None:
        text = _("{patient} withdrew consent on {date}: {counts}.")
        screen.text(text.format(patient=found.number, date=day(on), counts=_counts(found)))
        screen.text(_(KEPT), "grey")
        if dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        else:
            screen.next(f"msreg patients show {found.number}")

    return Result(_data(found, dry_run, withdrawn_on=on), show)


def erased_result(done: Erased, *, dry_run: bool) -> Result:
    """The result of `patients withdraw --erase`."""
    found = done.standing

    def show(screen: Screen) -> None:
        text = _("{patient} would be erased: {counts}.") if dry_run else _("{patient} was erased: {counts}.")
        screen.text(text.format(patient=found.number, counts=_counts(found)))
        emptied = ngettext(
            "{count} item of the log was emptied; who did what and when stays.",
            "{count} items of the log were emptied; who did what and when stays.",
            done.log_items,
        )
        if not dry_run:
            screen.text(emptied, "grey")
        screen.text(_(COPIES), "grey")
        if dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        elif not done.swept:
            screen.text(
                _(
                    "Somebody is reading the registry now, so the file beside the database could not be emptied"
                    " yet. Do it in a moment with: msreg db check"
                ),
                "orange",
            )

    return Result(
        _data(found, dry_run, withdrawn_on=found.withdrawn_on)
        | {"erased": not dry_run, "log_items": done.log_items, "swept": done.swept},
        show,
    )


def consent_result(found: Standing, on: date) -> Result:
    """The result of `patients consent`."""

    def show(screen: Screen) -> None:
        text = _("{patient} signed a new form on {date}: courses are asked for again, and mail may go out.")
        screen.text(text.format(patient=found.number, date=day(on)))
        screen.next(f"msreg patients show {found.number}")

    return Result({"registry_number": found.number, "consent_date": on, "withdrawn_on": None}, show)


def _counts(found: Standing) -> str:
    return all_counted(found.counts)


def _data(found: Standing, dry_run: bool, *, withdrawn_on: date | None) -> dict[str, Any]:
    return {
        "registry_number": found.number,
        "dry_run": dry_run,
        "withdrawn_on": withdrawn_on,
        "erased": False,
        "courses": found.counts[Record.COURSE],
        "disease_events": found.counts[Record.DISEASE],
        "medications": found.counts[Record.MEDICATION],
        "adverse_events": found.counts[Record.ADVERSE_EVENT],
        "proms": found.counts[Record.PROM],
        "shared": found.shared,
    }

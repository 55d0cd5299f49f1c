"""Backups as people and programs read them: the one that was made, those that there are, what restoring one does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msreg.errors import Refused
from msreg.screen.case_words import size_words
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import moment
from msreg.screen.table import Cell, Column, Table, row
from msreg.services.backups import Listed, Made
from msreg.services.restoring import Prepared, Restored
from msreg.store.backup import Backup
from msreg.vocabulary import N_

COLUMNS = (
    Column("mark", ""),
    Column("name", N_("Backup")),
    Column("at", N_("Made")),
    Column("size", N_("Size"), align="right"),
    Column("patients", N_("Patients"), align="right"),
    Column("log", N_("Rows of the log"), align="right"),
)


def made_result(done: Made) -> Result:
    """The result of `db backup`: a line on a terminal, nothing in a pipe when all is well."""

    def show(screen: Screen) -> None:
        if done.made is None:
            screen.text(_("A backup would be made in {folder}.").format(folder=done.folder))
            for name in done.removed:
                screen.line(_("Would be removed: {name}").format(name=name))
            screen.line(_("Nothing was written."), tone="grey")
        elif screen.edge.terminal:
            text = _("{size}, {patients} patients, {rows} rows of the log: {path}")
            screen.text(text.format(path=done.made.path, **_facts(done.made)))
            if done.removed:
                gone = ngettext(
                    "{count} older backup was removed.",
                    "{count} older backups were removed.",
                    len(done.removed),
                )
                screen.line(gone)

    data = {
        "folder": done.folder,
        "backup": None if done.made is None else backup_data(done.made),
        "removed": list(done.removed),
    }
    return Result(data, show)


def listed_result(found: Sequence[Listed], folder: Path) -> Result:
    """The result of `db backups`; exit code 6 when one of them cannot be restored."""

    def show(screen: Screen) -> None:
        if not found:
            screen.text(_("There are no backups in {folder}.").format(folder=folder))
            screen.next("msreg db backup", _("Make one"))
            return
        screen.table(Table(COLUMNS, (_row(each) for each in found)))
        for each in found:
            if each.fault is not None:
                screen.text(each.fault.text(_), tone="red")

    data = [
        {
            "name": each.path.name,
            "path": each.path,
            "sound": each.fault is None,
            "fault": None if each.fault is None else each.fault.text(_),
            **({} if each.backup is None else backup_data(each.backup)),
        }
        for each in found
    ]
    return Result(data, show, Refused.exit_code if any(each.fault for each in found) else 0)


def tell_plan(screen: Screen, prepared: Prepared) -> None:
    """What restoring would do, and what would be lost by it."""
    one, present = prepared.backup, prepared.present
    screen.facts(
        (
            (_("backup"), str(one.path)),
            (_("made"), moment(one.at)),
            (_("patients"), str(one.counts.get("patient", 0))),
            (_("rows of the log"), str(one.seq)),
            (_("goes to"), str(prepared.home)),
        )
    )
    screen.line()
    if present is not None and present.follows:
        text = ngettext(
            "{count} row of the log came after it, and would be lost.",
            "{count} rows of the log came after it, and would be lost.",
            present.seq - one.seq,
        )
        now = _("The registry has {patients} patients now; the last row is of {at}.")
        screen.text(f"{text} {now.format(patients=present.patients, at=moment(present.at) or '–')}", "orange")
    elif present is not None:
        text = _(
            "The registry here did not go on from this backup; its log has {rows} rows, the last of {at}."
        )
        screen.text(text.format(rows=present.seq, at=moment(present.at) or "–"), "orange")
    elif prepared.there:
        screen.text(_("The database that is there is damaged, or is not one of this registry."), "orange")
    if present is None and (prepared.marked or 0) > one.seq:
        text = _("Marks outside the database tell of rows up to {seq}; those after {last} would be lost.")
        screen.text(text.format(seq=prepared.marked, last=one.seq), "orange")
    if prepared.there:
        screen.text(_("The database that is there is kept beside the restored one."))


def plan_result(prepared: Prepared) -> Result:
    """The result of a dry run."""

    def show(screen: Screen) -> None:
        tell_plan(screen, prepared)
        screen.line(_("Nothing was written."), tone="grey")

    return Result({**_plan_data(prepared), "dry_run": True}, show)


def restored_result(prepared: Prepared, done: Restored) -> Result:
    """The result of `db restore`."""

    def show(screen: Screen) -> None:
        text = _("The backup of {at} is in place in {home}.")
        screen.text(text.format(at=moment(prepared.backup.at), home=prepared.home))
        if done.aside is not None:
            screen.text(_("As it was before: {path}").format(path=done.aside))
        if done.unmarked is not None:
            text = _("The log could not be marked outside the database: {why}")
            screen.text(text.format(why=done.unmarked.text(_)), "orange")
        if not done.opens:
            screen.text(_("No key of this machine opens it yet; the recovery key does."), "orange")
        before = f"MSREG_HOME={prepared.home} " if prepared.elsewhere else ""
        if done.opens:
            screen.next(f"{before}msreg doctor", _("See whether all is well"))
        else:
            screen.next(f"{before}msreg db recover", _("Let a key of this machine open it"))

    data = {
        **_plan_data(prepared),
        "dry_run": False,
        "aside": done.aside,
        "seq": done.seq,
        "opens": done.opens,
    }
    return Result(data, show)


def backup_data(one: Backup) -> dict[str, Any]:
    """A backup for programs."""
    return {
        "name": one.name, "path": one.path, "registry": one.registry, "at": one.at, "schema": one.schema,
        "program": one.program, "seq": one.seq, "size": one.size, "counts": one.counts,
    }  # fmt: skip


def _plan_data(prepared: Prepared) -> dict[str, Any]:
    present = prepared.present
    return {
        "backup": backup_data(prepared.backup),
        "home": prepared.home,
        "head_seq": present.seq if present else None,
        "marked_seq": prepared.marked,
        "lost": present.seq - prepared.backup.seq if present and present.follows else None,
    }


def _facts(one: Backup) -> dict[str, object]:
    return {"size": size_words(one.size), "patients": one.counts.get("patient", 0), "rows": one.seq}


def _row(each: Listed) -> Any:
    mark = Cell("✓", "green") if each.fault is None else Cell("✗", "red")
    if each.backup is None:
        return row(mark, each.path.name)
    facts = _facts(each.backup)
    return row(
        mark,
        each.path.name,
        moment(each.backup.at),
        str(facts["size"]),
        str(facts["patients"]),
        str(facts["rows"]),
    )

"""`msreg db`: care of the database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from msreg.commands.db_backup import add_backup
from msreg.commands.init import GRADES, KeyStore
from msreg.commands.opening import at_work
from msreg.errors import Refused, Unavailable, Usage
from msreg.screen.command import command, group
from msreg.screen.edge import edge
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Table, row
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.services.database import Checked

app = group("db", help=N_("Care of the database."))

SHOWN = 20
COLUMNS = (
    Column("patient", N_("Patient or case")),
    Column("record", N_("Record")),
    Column("columns", N_("Columns that differ"), shrink=1, least=20, wrap=True),
)


@command(app, "check",
         help=N_("Check the file and every column that is worked out from others; exit code 6 when columns"
                 " differ, 9 when the file is damaged."),
         example="msreg db check\nmsreg db check --fix", json=True)  # fmt: skip
def check(
    fix: Annotated[
        bool,
        typer.Option("--fix", help=N_("Put the right values in the columns that differ; this is logged.")),
    ] = False,
) -> Result:
    """Recompute what is derived, and compare."""
    from msreg.services.database import check_registry

    with at_work() as desk, progress(_("Checking")) as step:
        found = check_registry(desk.registry, by=desk.by, fix=fix, step=step)

    def show(screen: Screen) -> None:
        for fault in found.damage[:SHOWN]:
            screen.line(_("Damaged: {fault}").format(fault=fault), tone="red")
        if found.damage:
            screen.text(_("The database file is damaged; restore it from its last backup."))
            return
        _torn(screen, found)
        wrong = [
            *((each.patient, each.record.value, each.columns) for each in found.differences),
            *((str(each.case), _("case"), each.columns) for each in found.cases),
        ]
        fixed = found.fixed + found.cases_fixed
        if wrong:
            screen.table(
                Table(
                    COLUMNS,
                    (row(name, kind, ", ".join(columns)) for name, kind, columns in wrong[:SHOWN]),
                )
            )
            if (more := len(wrong) - SHOWN) > 0:
                screen.line(" ", ngettext("… {count} more", "… {count} more", more), tone="grey")
            screen.line()
        screen.line(
            _("{patients} patients with {records} records looked at.").format(
                patients=found.patients, records=found.records
            )
        )
        if not wrong:
            if not found.files:
                screen.line(_("The file is sound and every column is right."), tone="green")
        elif fixed == len(wrong):
            screen.line(ngettext("{count} record was put right.", "{count} records were put right.", fixed))
        else:
            text = ngettext("{count} record differs.", "{count} records differ.", len(wrong))
            screen.line(text, tone="red")
            screen.next("msreg db check --fix", _("Put them right"))

    code = 0
    if not found.ok:
        lost = found.damage or any(each.case is not None for each in found.files)
        code = Unavailable.exit_code if lost else Refused.exit_code
    data = {
        "ok": found.ok,
        "patients": found.patients,
        "records": found.records,
        "damage": found.damage,
        "differences": [
            {"patient": each.patient, "record": each.record, "id": each.record_id, "columns": each.columns}
            for each in found.differences
        ],
        "fixed": found.fixed,
        "files": [
            {
                "case": None if each.case is None else str(each.case),
                "document": each.place,
                "id": each.document_id,
            }
            for each in found.files
        ],
        "dropped": found.dropped,
        "cases": [
            {"case": str(each.case), "id": each.case_id, "columns": each.columns} for each in found.cases
        ],
        "cases_fixed": found.cases_fixed,
    }
    return Result(data, show, code)


def _torn(screen: Screen, found: Checked) -> None:
    """Files of cases that are not whole: nothing but a backup has their bytes."""
    for each in found.files[:SHOWN]:
        if each.case is not None:
            text = _("File {place} of {case} is not whole: restore it from a backup, or upload it once more.")
            screen.text(text.format(place=each.place, case=each.case), "red")
    if orphans := sum(each.case is None for each in found.files):
        if found.dropped:
            text = ngettext(
                "What was left of {count} removed file was taken out.",
                "What was left of {count} removed files was taken out.",
                orphans,
            )
            screen.line(text)
            return
        text = ngettext(
            "Something is left of {count} file that was removed.",
            "Something is left of {count} files that were removed.",
            orphans,
        )
        screen.line(text, tone="red")
        screen.next("msreg db check --fix", _("Take it out"))


@command(app, "upgrade", help=N_("Bring the database to the version of this program, after a copy of it."),
         example="msreg db upgrade", json=True)  # fmt: skip
def upgrade() -> Result:
    """Run the missing migrations."""
    from msreg.services.database import upgrade_database

    settings = edge().settings
    done = upgrade_database(settings, environ=settings.environ)

    def show(screen: Screen) -> None:
        if done.copy is None:
            screen.line(_("The database has version {version} already.").format(version=done.after))
            return
        screen.line(
            _("The database went from version {before} to {after}.").format(
                before=done.before or "–", after=done.after
            )
        )
        screen.line(_("As it was before: {path}").format(path=done.copy))

    return Result({"before": done.before, "after": done.after, "copy": done.copy}, show)


@command(app, "recover",
         help=N_("Let a new key open the registry, with the recovery key: asked for, or on standard input."),
         example="msreg db recover\nMSREG_KEY_FILE=/etc/msreg/key msreg db recover < recovery-key.txt",
         json=True)  # fmt: skip
def recover(key_store: KeyStore = "auto") -> Result:
    """Open with the recovery key and keep a new key from here on."""
    from msreg.services.setup import recover as service

    settings = edge().settings
    source = service(settings, environ=settings.environ, recovery_key=_recovery_key(), key_store=key_store)

    def show(screen: Screen) -> None:
        screen.line(_("The registry opens again."))
        screen.facts(((_("key"), Cell(f"{source.where} ({_(GRADES[source.grade])})")),))
        screen.text(_("The recovery key stays as it is: keep its paper."))
        screen.next("msreg doctor", _("See whether all is well"))

    return Result({"home": settings.home, "key_source": source.name, "key_grade": source.grade}, show)


def _recovery_key() -> str:
    if edge().interactive:
        import questionary

        return str(questionary.password(_("Recovery key")).unsafe_ask())
    text = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().strip()
    if not text:
        raise Usage(
            N_("The recovery key is asked for, but nobody can be asked."),
            hint=N_("Give it on standard input: msreg db recover < FILE"),
            field="recovery_key",
        )
    return text


add_backup(app)

"""`msreg db backup|backups|restore`: copies of the registry, and putting one back (S6)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_backup(app: typer.Typer) -> None:
    """Give the noun `db` these verbs."""
    command(app, "backup", help=N_("Make a checked, enciphered copy of the registry, also while others work."),
            example="msreg db backup\nmsreg db backup --to /mnt/backup/msreg --keep 30", json=True)(backup)  # fmt: skip
    command(app, "backups", help=N_("The backups that there are, newest first, and whether each is sound."),
            example="msreg db backups", json=True)(backups)  # fmt: skip
    command(app, "restore", help=N_("Put a backup in place of the registry, which is kept beside it."),
            example="msreg db restore msreg-20261121T013000Z --dry-run\n"
                    "msreg db restore /mnt/msreg-20261121T013000Z --to /srv/tried --yes",
            json=True)(restore)  # fmt: skip


def backup(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help=N_("Folder for the backup; without it the one of the setting backup.folder.")
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help=N_("How many to keep; without it the setting backup.keep, 14.")),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Tell where it would go and what would be removed."))
    ] = False,
) -> Result:
    """Unattended it says nothing when all is well, as cron wants it."""
    from msreg.screen.backups import made_result
    from msreg.services.backups import back_up

    with at_work() as desk:
        return made_result(back_up(desk.registry, by=desk.by, to=to, keep=keep, dry_run=dry_run))


def backups() -> Result:
    """Each is read whole. Works without a registry too: then it is wanted most."""
    from msreg.screen.backups import listed_result
    from msreg.services.backups import list_backups

    settings = edge().settings
    with progress(_("Checking")) as step:
        found = list_backups(settings, step=step)
    return listed_result(found, settings.backup_folder)


def restore(
    name: Annotated[
        Path, typer.Argument(metavar="BACKUP", help=N_("A backup by its name in the folder, or by its path."))
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help=N_("Make a registry of it in this empty folder; the one here stays as it is.")
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Check the backup and tell what would be lost."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do not ask first."))] = False,
) -> Result:
    """Asks for the recovery key, or takes it from standard input, when no key of this machine opens the backup."""
    from msreg.screen.backups import plan_result, restored_result, tell_plan
    from msreg.services.restoring import preparing, put_back

    call = edge()
    settings = call.settings
    with preparing(
        settings, environ=settings.environ, name=name, to=to, recovery_key=_recovery_key
    ) as prepared:  # fmt: skip
        if dry_run:
            return plan_result(prepared)
        if call.interactive and not yes:
            tell_plan(Screen(call), prepared)
        confirm(_("Restore?"), yes=yes)
        return restored_result(prepared, put_back(prepared))


def _recovery_key() -> str:
    """What was given as recovery key; nothing when nobody can be asked."""
    if edge().interactive:
        import questionary

        return str(questionary.password(_("Recovery key")).unsafe_ask())
    return "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().strip()

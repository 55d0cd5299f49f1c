"""Is everything in order on this machine? Looks at each thing by itself, also when the registry is shut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from msreg.errors import MsregError, NotFound
from msreg.services import health_places as places
from msreg.services.audit_proof import prove
from msreg.services.health_backup import last_backup
from msreg.services.health_mail import mail
from msreg.services.health_state import Health, State
from msreg.store import keysources
from msreg.store.audit import CLOCK_SLACK, head
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database
from msreg.store.keyfile import RECOVERY_SLOT, read_key_json
from msreg.store.keys import Keys, load_keys
from msreg.store.schema import HEAD, check_version
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

_MARKS = {
    False: N_("{anchors} marks outside the database agree with the log."),
    True: N_(
        "{anchors} marks outside the database agree with the log; rows that a restored backup gave up had {given_up}"
        " more."
    ),
}


def examine(settings: Settings, *, now: datetime, fault: MsregError | None = None) -> Iterator[Health]:
    """Look at everything, one thing after another; `fault` is what was wrong with the settings file.

    Raises `NotFound` when there is nothing of a registry at all.
    """
    if not settings.database_file.exists() and not settings.keys_file.exists():
        raise NotFound(
            N_("There is no registry at {path}."),
            hint=N_("Make one with: msreg init"),
            path=str(settings.home),
        )
    yield _broken("settings", fault) if fault else places.settings_file(settings)
    yield places.driver()
    yield from places.files(settings)
    yield places.disk_kind(settings)
    yield places.room(settings)
    try:
        keys, source = load_keys(settings)
        key_file = read_key_json(settings.keys_file)
    except MsregError as raised:
        yield _broken("key", raised)
        return
    yield _key(source)
    if source.name == "keyring":
        yield places.keyring()
    if RECOVERY_SLOT not in key_file.slots:
        yield Health("recovery", State.YELLOW, N_("No recovery key opens this registry."))
    try:
        db = Database(open_database(settings.database_file, keys.db_key))
    except MsregError as raised:
        yield _broken("database", raised)
        return
    with closing(db):
        yield from _database(settings, db, keys, key_file.registry, now)


def _database(settings: Settings, db: Database, keys: Keys, registry: str, now: datetime) -> Iterator[Health]:
    yield _cipher(db)
    problems = check_database(db)
    if problems:
        yield Health(
            "integrity",
            State.RED,
            N_("The database file is damaged: {count} faults, the first is: {first}."),
            N_("Restore the database from its last backup; keep this file for who looks into it."),
            {"count": len(problems), "first": problems[0]},
        )
        return  # what stands on damaged pages says nothing
    yield Health("integrity", State.GREEN, N_("Pages, structure and references of the database are sound."))
    try:
        found = db.one("SELECT value FROM meta WHERE key = 'schema'")
        check_version(str(found[0]) if found else "")
    except MsregError as raised:
        yield _broken("version", raised)
    except Exception as raised:  # noqa: BLE001 - the driver's own: no such table
        yield Health(
            "version",
            State.RED,
            N_("The database is not one of a registry ({why})."),
            params={"why": type(raised).__name__},
        )
        return
    else:
        yield Health("version", State.GREEN, N_("The database has version {found}."), params={"found": HEAD})
    yield from _log(settings, db, keys, registry, now)
    yield from mail(settings, db, registry, now)
    yield from last_backup(settings, db, now)


def _log(settings: Settings, db: Database, keys: Keys, registry: str, now: datetime) -> Iterator[Health]:
    proof = prove(db, keys, registry, settings.anchors_file)
    verdict = proof.verdict
    if not verdict.ok:
        yield Health(
            "log",
            State.RED,
            verdict.reason or "",
            N_("Change nothing more, and tell who answers for the registry."),
            {"seq": verdict.first_bad},
        )
        return
    params = {
        "rows": verdict.rows,
        "anchors": verdict.anchors,
        "given_up": verdict.given_up,
        "path": str(settings.anchors_file),
    }
    yield Health("log", State.GREEN, N_("The log is as it was written: {rows} rows."), params=params)
    if proof.marks_fault is not None:
        yield _broken("marks", proof.marks_fault)
    elif not verdict.anchors:
        yield Health(
            "marks",
            State.YELLOW,
            N_(
                "No mark of the log lies outside the database, so nobody can see whether its end was cut off."
            ),
            N_("Put {path} back from its copy, or write a mark now: msreg audit anchor"),
            params,
        )
    else:
        yield Health("marks", State.GREEN, _MARKS[bool(verdict.given_up)], params=params)
    last = head(db, keys.audit_key, registry).at
    if last is not None and now < last - CLOCK_SLACK:
        yield Health(
            "clock",
            State.RED,
            N_("The clock of this machine stands before the last row of the log; nothing can be written."),
            N_("Set the clock of this machine right."),
        )
    else:
        yield Health("clock", State.GREEN, N_("The clock does not stand before the last row of the log."))


def _cipher(db: Database) -> Health:
    version = db.one("PRAGMA cipher_version")
    status = db.one("PRAGMA cipher_status")
    if status is None or str(status[0]) != "1":
        return Health("database", State.RED, N_("The database is not encrypted."))
    return Health(
        "database",
        State.GREEN,
        N_("The database opens and is encrypted (SQLCipher {version})."),
        params={"version": str(version[0]).split(" ")[0] if version else "?"},
    )


def _key(source: keysources.KeySource) -> Health:
    params = {"where": source.where}
    if source.grade == "weak":
        return Health(
            "key",
            State.YELLOW,
            N_("The key comes from {where}, beside the data: who takes the folder can read all of it."),
            N_("Keep the key elsewhere: set MSREG_KEY_FILE or unlock a keyring, then run msreg db recover"),
            params,
        )
    sentence = {
        "secure": N_("The key comes from {where}; it is well kept there."),
        "ok": N_("The key comes from {where}."),
    }[source.grade]
    return Health("key", State.GREEN, sentence, params=params)


def _broken(check: str, fault: MsregError) -> Health:
    return Health(check, State.RED, fault.message, fault.hint, fault.params)

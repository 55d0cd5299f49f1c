"""What the Tab key offers of the registry, for each kind of argument (decision 0027).

Loaded when it is asked. Where the registry cannot be opened without asking or waiting, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from typer._click.core import Context

from msreg.errors import MsregError
from msreg.forms.medicines import medicine
from msreg.screen.edge import edge
from msreg.screen.kinds import Kind
from msreg.screen.language import active
from msreg.services import completing
from msreg.services.access import whoami
from msreg.store.actor import Actor
from msreg.store.keys import comes_unasked
from msreg.store.registry import Registry
from msreg.vocabulary import DiseaseKind, Record

PATIENCE = 0.2
"""Seconds to wait for who is writing: nobody waits for a Tab."""

Told = list[tuple[str, str]]


def _numbers(ctx: Context, incomplete: str) -> list[str]:
    found: list[str] = []
    _at_work(lambda registry, by: found.extend(completing.numbers(registry, by=by, begun=incomplete)))
    return found or [word for word in ("bsn",) if incomplete and word.startswith(incomplete)]


def _batches(ctx: Context, incomplete: str) -> Told:
    found: Told = []
    _at_work(lambda registry, by: found.extend(completing.batches(registry, by=by)))
    return found


def _sent_batches(ctx: Context, incomplete: str) -> Told:
    found: Told = []
    _at_work(lambda registry, by: found.extend(completing.sent_batches(registry, by=by)))
    return found


def _mails(ctx: Context, incomplete: str) -> Told:
    found: Told = []
    _at_work(lambda registry, by: found.extend(completing.mails(registry, by=by)))
    return found


def _cases(ctx: Context, incomplete: str) -> list[str]:
    found: list[str] = []
    _at_work(lambda registry, by: found.extend(completing.case_numbers(registry, by=by, begun=incomplete)))
    return found


def _centres(ctx: Context, incomplete: str) -> list[str]:
    found: list[str] = []
    _at_work(lambda registry, by: found.extend(completing.centre_codes(registry, by=by)))
    fits = (code for code in found if code.startswith(incomplete.upper()))
    return [incomplete + code[len(incomplete) :] for code in fits]


def _course_days(ctx: Context, incomplete: str) -> list[str]:
    return [day for (day,) in _of(ctx, Record.COURSE)]


def _prom_days(ctx: Context, incomplete: str) -> list[str]:
    return [day for (day,) in _of(ctx, Record.PROM)]


def _disease_days(ctx: Context, incomplete: str) -> list[str]:
    kind = _kind(ctx)
    return [day for each, day in _of(ctx, Record.DISEASE) if day and kind in (None, each)]


def _medicines(ctx: Context, incomplete: str) -> Told:
    codes = dict.fromkeys(code for code, _start in _of(ctx, Record.MEDICATION))
    return [(code, known.label(active()) if (known := medicine(code)) else "") for code in codes]


def _starts(ctx: Context, incomplete: str) -> list[str]:
    wanted = str(ctx.params.get("which") or ctx.params.get("medicine") or "").upper()
    return [start for code, start in _of(ctx, Record.MEDICATION) if wanted in ("", code)]


def _of(ctx: Context, record: Record) -> list[tuple[str, ...]]:
    """What tells the records of the patient of this call apart. Whoever is named by a BSN is not looked for."""
    patient = str(ctx.params.get("patient") or "")
    found: list[tuple[str, ...]] = []
    if patient.casefold() not in ("", "-", "bsn"):
        _at_work(
            lambda registry, by: found.extend(
                completing.identities(registry, by=by, record=record, patient=patient)
            )
        )
    return found


def _kind(ctx: Context) -> str | None:
    """The kind of event: an argument of the verb, or the group that the verb stands in."""
    kinds = {each.value for each in DiseaseKind}
    which = ctx.params.get("which")
    words = [str(getattr(which, "value", which)), *ctx.command_path.split()]
    return next((word for word in words if word in kinds), None)


def _at_work(find: Callable[[Registry, Actor], Any]) -> None:
    """Do this for the person at the keyboard when the registry opens at once; else nothing at all."""
    with suppress(MsregError):
        settings = edge().settings
        if settings.database_file.exists() and comes_unasked(settings):
            with Registry.open(settings, patience=PATIENCE) as registry:
                find(registry, whoami(registry, settings.environ))


FINDERS: Mapping[Kind, Callable[[Context, str], Sequence[str] | Told]] = {
    Kind.PATIENT: _numbers,
    Kind.COURSE: _course_days,
    Kind.DISEASE: _disease_days,
    Kind.MEDICINE: _medicines,
    Kind.START: _starts,
    Kind.BATCH: _batches,
    Kind.CENTRE: _centres,
    Kind.PROM: _prom_days,
    Kind.SENT: _sent_batches,
    Kind.CASE: _cases,
    Kind.MAIL: _mails,
}
"""What finds the values of each kind of argument, from the call so far and the word so far."""

"""Centres: the hospitals that take part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from msreg.errors import Conflict, Refused, Usage
from msreg.services import access
from msreg.services.addresses import wanted_mail
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Language, Right

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre as lists show it, with the number of its patients."""

    code: str
    name: str
    city: str | None
    active: bool
    patients: int | None
    email: str | None = None
    language: Language | None = None


def list_centres(registry: Registry, *, by: Actor) -> list[CentreRow]:
    """All centres, by code. How many patients another centre has, and where mail to it goes, is not told."""
    with looking(registry, by=by, event="centres.list", right=Right.CENTRES_READ) as look:
        rows = list(
            named(
                look.db,
                "SELECT c.id, c.code, c.name, c.city, c.active, c.email, c.language,"
                " (SELECT count(*) FROM patient p WHERE p.centre_id = c.id) AS patients"
                " FROM centre c ORDER BY c.code",
            )
        )
    return [_row(row, own=access.works_for(by, row["id"])) for row in rows]


def _row(row: Mapping[str, Any], *, own: bool) -> CentreRow:
    base = CentreRow(row["code"], row["name"], row["city"], bool(row["active"]), None)
    if not own:
        return base
    language = None if row["language"] is None else Language(row["language"])
    return replace(base, patients=row["patients"], email=row["email"], language=language)


def add_centre(
    registry: Registry,
    *,
    by: Actor,
    code: str,
    name: str,
    city: str | None = None,
    email: str | None = None,
    language: Language | None = None,
) -> str:
    """Add a centre and give its code.

    Raises `Refused` for a code or an address that is none, `Conflict` for a code in use.
    """
    from msreg.models.base import new_id
    from msreg.models.office import Centre

    access.require(registry, by=by, right=Right.CENTRES_WRITE, event="centres.add")
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refused(
            N_("A centre's code has 2 to 20 capitals, digits and hyphens, such as AMS01."), field="code"
        )
    mail = {"email": None, "language": None} | wanted_mail(email, False, language)
    values = {"code": code, "name": _name(name), "city": city or None, **mail}
    with writing(registry, by=by, event="centres.add", action=Action.CREATE) as work:
        if access.centre_by_code(work.db, code) is not None:
            raise Conflict(
                N_("There is a centre {code} already."),
                hint=N_("See them with: msreg centres list"),
                field="code",
                code=code,
            )
        centre = Centre.model_validate(
            {"id": new_id(), "created_at": work.at, "updated_at": work.at, "active": True, **values}
        )
        work.session.add(centre)
        work.touched(Action.CREATE, "centre", centre.id, after=values)
    return code


def edit_centre(
    registry: Registry,
    *,
    by: Actor,
    code: str,
    name: str | None = None,
    city: str | None = None,
    active: bool | None = None,
    email: str | None = None,
    no_email: bool = False,
    language: Language | None = None,
) -> Mapping[str, Any]:
    """Change a centre; what is not named stays. Gives what changed, by field: the code itself never does."""
    access.require(registry, by=by, right=Right.CENTRES_WRITE, event="centres.edit")
    given = {"name": None if name is None else _name(name), "city": city, "active": active}
    wanted: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    wanted |= wanted_mail(email, no_email, language)
    if not wanted:
        raise Usage(
            N_("Nothing to change: give --name, --city, --email, --language, --active or --inactive.")
        )
    with writing(registry, by=by, event="centres.edit", action=Action.UPDATE) as work:
        centre = _centre(work, code)
        changed = {key: value for key, value in wanted.items() if getattr(centre, key) != value}
        before = {key: getattr(centre, key) for key in changed}
        for key, value in changed.items():
            setattr(centre, key, value)
        if changed:
            centre.updated_at = work.at
            centre.version += 1
            work.session.add(centre)
            work.touched(Action.UPDATE, "centre", centre.id, before=before, after=changed)
    return changed


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Refused(N_("A centre's name has 1 to 100 characters."), field="name")
    return name


def _centre(work: Work, code: str) -> Any:
    from msreg.models.office import Centre

    return work.session.get_one(Centre, access.require_centre(work.db, code, field=None).id)

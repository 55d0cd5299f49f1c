"""Links of mails that were sent, for tests of the pages, and an office whose pages they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msreg.services.access import whoami
from msreg.services.operators import add_operator
from msreg.store.registry import Registry
from msreg.vocabulary import LinkPurpose, MailKind, Role
from tests.mail_links import made_of, mailed

TODAY = date(2026, 12, 1)
MONTH = "2026-11"

SETTINGS = """
[office]
name = "Registratiebureau"
phone = "020 123 45 67"
email = "bureau@example.org"
mail_name = "Registratiebureau Noord"
"""
"""An office that can be reached."""

GOOD = {
    "mobility": "2",
    "self_care": "1",
    "usual_activities": "1",
    "pain_discomfort": "3",
    "anxiety_depression": "1",
    "health_score": "72",
}
"""A questionnaire that is filled in."""


def invited(registry: Registry, patient_id: str, *, until: date | None = None) -> dict[str, str]:
    """An invitation: the paths of its links `prom` and `stop`."""
    mail = mailed(registry, MailKind.PROM_INVITATION, patient_id=patient_id)
    return _paths(registry, mail, (LinkPurpose.PROM, LinkPurpose.STOP), until)


def asked(
    registry: Registry, operator_id: str, centre_id: str, *, month: str = MONTH, until: date | None = None
) -> dict[str, str]:
    """The monthly question: the paths of its links `no` and `yes`."""
    mail = mailed(registry, MailKind.CASE_MONTH, period=month, operator_id=operator_id, centre_id=centre_id)
    return _paths(registry, mail, (LinkPurpose.NO, LinkPurpose.YES), until)


def patients(registry: Registry, count: int) -> list[str]:
    """Ids of patients who may be asked: with consent, alive, in treatment, without a list of that day."""
    with registry.light() as db:
        rows = db.rows(
            "SELECT p.id FROM patient p WHERE p.consent AND p.withdrawn_on IS NULL AND NOT coalesce(p.deceased, 0)"
            " AND NOT coalesce(p.treatment_ended, 0)"
            " AND p.id NOT IN (SELECT q.patient_id FROM prom q WHERE q.answered_on >= ?) ORDER BY p.number LIMIT ?",
            (TODAY.isoformat(), count),
        )
    assert len(rows) == count
    return [row[0] for row in rows]


def notifier(
    registry: Registry, code: str = "AMS01", *, language: str | None = None, user: str = "janneke"
) -> tuple[str, str]:
    """A notifier of a centre with an e-mail address: ids of the user and the centre."""
    by = whoami(registry, registry.settings.environ)
    add_operator(registry, by=by, user=user, role=Role.NOTIFIER, centre=code)
    with registry.light() as db:
        db.execute(
            "UPDATE operator SET email = ?, language = ? WHERE os_user = ?",
            (f"{user}@example.org", language, user),
        )
        (found,) = db.rows("SELECT id, centre_id FROM operator WHERE os_user = ?", (user,))
    return found[0], found[1]


def _paths(
    registry: Registry, mail: str, purposes: tuple[LinkPurpose, ...], until: date | None
) -> dict[str, str]:
    day = until or datetime.now(UTC).date() + timedelta(days=42)
    address = registry.settings.web.address
    return {each.value: made_of(registry, mail, each, day).removeprefix(address) for each in purposes}

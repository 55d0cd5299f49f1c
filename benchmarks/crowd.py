"""Many patients at once, by SQL: for what must not grow with them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from msreg.models.ids import new_id
from msreg.rules.duedates import course_due_on, invite_due_on
from msreg.store.dbapi import Database, transaction

_NAMES = (
    "Jansen", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters", "Hendriks", "Dekker", "Brouwer",
    "Dijkstra", "Kuiper", "Postma", "Koster", "Willems", "Maas", "Verhoeven", "Schouten", "Wolters", "Timmer", "Groen",
    "Blok", "Prins", "Huisman", "Koning", "Kok", "Hoekstra",
)  # fmt: skip
_COLUMNS = (
    "id", "created_at", "updated_at", "version", "number", "centre_id", "consent", "patient_number", "bsn",
    "family_name", "initials", "birth_date", "sex", "deceased", "treatment_ended", "answers", "form_version",
    "search_name", "search_full", "complete", "open_questions", "last_course_on", "last_phenotype",
    "course_due_on", "email", "language", "invite_due_on", "asked_for_on", "asked_course_id", "ask_due_on",
)  # fmt: skip


def crowd(
    db: Database, patients: int, *, today: date, first: int = 1, share_every: int = 50, seed: int = 7
) -> None:
    """Add made-up patients to the centres of a registry, without courses: what an overview shows, and no more.

    `first` is the registry number of the first of them; numbers below it are somebody else's. Half of them have an
    address, and everybody whose invitation has come was invited: see `invite`.
    """
    centres = [row[0] for row in db.rows("SELECT id FROM centre ORDER BY code")]
    marks = ", ".join("?" * len(_COLUMNS))
    with transaction(db):
        db.executemany(
            f"INSERT INTO patient ({', '.join(_COLUMNS)}) VALUES ({marks})",
            _rows(centres, first, patients, today, random.Random(seed)),
        )
        for number in range(first, first + patients, share_every):
            row = db.one("SELECT id, centre_id FROM patient WHERE number = ?", (number,))
            other = next((each for each in centres if row is not None and each != row[1]), None)
            if row is not None and other is not None:
                db.execute(
                    "INSERT INTO share (id, created_at, updated_at, version, patient_id, centre_id, since)"
                    " VALUES (?, ?, ?, 1, ?, ?, ?)",
                    (new_id(), _moment(today, 0), _moment(today, 0), row[0], other, today.isoformat()),
                )


def all_invited(db: Database, *, today: date) -> None:
    """Let everybody be invited whose day has come, so that nobody is due."""
    with transaction(db):
        db.execute(
            "UPDATE patient SET asked_for_on = invite_due_on, ask_due_on = NULL, asked_course_id ="
            " (SELECT id FROM course WHERE patient_id = patient.id AND course_date = last_course_on)"
            " WHERE ask_due_on <= ?",
            (today.isoformat(),),
        )


def invite(db: Database, patients: int, *, today: date) -> None:
    """Let so many of a crowd be due for an invitation, as if nothing had run in the last months."""
    with transaction(db):
        db.execute(
            "UPDATE patient SET ask_due_on = invite_due_on, asked_for_on = NULL, asked_course_id = NULL WHERE id IN"
            " (SELECT id FROM patient WHERE asked_for_on IS NOT NULL AND course_due_on > ? ORDER BY number LIMIT ?)",
            (today.isoformat(), patients),
        )


def _rows(
    centres: list[str], first: int, patients: int, today: date, dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    bsns = list(_bsns()) if first == 1 else []  # others may have them
    for number in range(first, first + patients):
        family = dice.choice(_NAMES) + dice.choice(("", "", "ma", "stra", "man", "s"))
        last = today - timedelta(days=dice.randrange(900)) if dice.random() < 0.9 else None
        gone, ended = dice.random() < 0.05 or None, dice.random() < 0.05 or None
        due = course_due_on(last, gone, ended)
        email = f"p{number}@example.org" if number % 2 else None
        invited = invite_due_on(last, True, email, gone, ended)
        asked = invited if invited is not None and invited <= today else None
        lacking = 0 if ended else dice.choice((0, 0, 0, 1, 2, 7))
        changed = _moment(today, dice.randrange(100))
        yield (
            new_id(), changed, changed, 1, number, dice.choice(centres), True, f"C{number:07d}",
            bsns.pop() if bsns and dice.random() < 0.9 else None, family, f"{dice.choice('ABCDEFGH')}.",
            (date(1940, 1, 1) + timedelta(days=dice.randrange(25_000))).isoformat(),
            dice.choice(("female", "female", "male", "other", None)), gone, ended, "{}", "1", family.casefold(),
            family.casefold(), not lacking, lacking, last and last.isoformat(),
            dice.choice(("cis", "rrms", "rrms", "spms", "ppms", None)), due and due.isoformat(),
            email, "nl", invited and invited.isoformat(), asked and asked.isoformat(), asked and "0" * 32,
            None if asked or invited is None else invited.isoformat(),
        )  # fmt: skip


@cache
def _bsns() -> tuple[str, ...]:
    """The numbers of the test range that pass the eleven-test; there are some nine thousand."""
    every = (f"9999{tail:05d}" for tail in range(100_000))
    return tuple(
        digits
        for digits in every
        if sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0
    )


def _moment(today: date, days: int) -> str:
    # As a load of a file writes it: thousands have the same one.
    return f"{datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=days):%Y-%m-%d %H:%M:%S}.000000"

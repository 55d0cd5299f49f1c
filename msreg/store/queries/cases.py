"""Case notifications: the case, its steps and its documents, by SQL text. `n` is the case, `c` its centre."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msreg.rules.case_numbers import CaseNumber
from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces
from msreg.store.queries.saving import add, change
from msreg.vocabulary import CaseState, Process

_SELECT = (
    "SELECT n.*, c.code AS centre_code, c.name AS centre_name FROM notification n"
    " JOIN centre c ON c.id = n.centre_id"
)


def by_number(
    db: Database, number: CaseNumber, condition: str, params: Sequence[Any]
) -> dict[str, Any] | None:
    """The row of a case with the code and name of its centre, when it meets the condition."""
    sql = f"{_SELECT} WHERE n.process = ? AND n.year = ? AND n.number = ? AND {condition}"
    return next(named(db, sql, (number.process.value, number.year, number.place, *params)), None)


def by_id(db: Database, case_id: str) -> dict[str, Any] | None:
    """The row of a case by its id, for code that has it in hand."""
    return next(named(db, f"{_SELECT} WHERE n.id = ?", (case_id,)), None)


def newest(
    db: Database,
    condition: str,
    params: Sequence[Any],
    *,
    states: Collection[CaseState] = (),
    theme: str | None = None,
    centre_id: str | None = None,
    process: Process | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of cases, newest first, as they come; what is empty or None asks nothing."""
    conditions, given = [condition], list(params)
    for column, value in (("theme", theme), ("centre_id", centre_id), ("process", process)):
        if value is not None:
            conditions.append(f"n.{column} = ?")
            given.append(str(value))
    if states:
        conditions.append(f"n.state IN ({', '.join('?' * len(states))})")
        given += [str(each) for each in states]
    sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY n.year DESC, n.number DESC, n.process"
    return named(db, sql, given)


def numbers(db: Database, condition: str, params: Sequence[Any], limit: int) -> list[CaseNumber]:
    """The newest numbers of cases."""
    rows = db.rows(
        f"SELECT n.process, n.year, n.number FROM notification n WHERE {condition}"
        " ORDER BY n.opened_on DESC, n.year DESC, n.number DESC LIMIT ?",
        (*params, limit),
    )
    return [CaseNumber(Process(process), year, place) for process, year, place in rows]


def numbers_by_id(db: Database, ids: Sequence[str]) -> dict[str, CaseNumber]:
    """The numbers of these cases, by id."""
    found: dict[str, CaseNumber] = {}
    for marks, piece in pieces(sorted(set(ids))):
        rows = db.rows(f"SELECT id, process, year, number FROM notification WHERE id IN ({marks})", piece)
        found.update({each: CaseNumber(Process(process), year, place) for each, process, year, place in rows})
    return found


def next_place(db: Database, process: Process, year: int) -> int:
    """The next number of a process in a year. No case is ever deleted, so none comes twice."""
    found = db.one(
        "SELECT coalesce(max(number), 0) + 1 FROM notification WHERE process = ? AND year = ?",
        (process.value, year),
    )
    assert found is not None
    return int(found[0])


def add_case(db: Database, case: Mapping[str, Any]) -> None:
    """Write a new case."""
    add(db, "notification", [case])


def change_case(db: Database, columns: Mapping[str, Any]) -> bool:
    """Change columns of a case by its `id` from the version before `version`; False when it has another one."""
    return change(db, "notification", [columns]) == 1


def add_step(db: Database, step: Mapping[str, Any]) -> None:
    """Write a step of a case."""
    add(db, "case_step", [step])


def next_step(db: Database, case_id: str) -> int:
    """The place of the next step of a case."""
    found = db.one("SELECT count(*) + 1 FROM case_step WHERE notification_id = ?", (case_id,))
    assert found is not None
    return int(found[0])


def steps(db: Database, case_id: str) -> list[dict[str, Any]]:
    """The steps of a case, oldest first."""
    return list(
        named(db, "SELECT k.* FROM case_step k WHERE k.notification_id = ? ORDER BY k.place", (case_id,))
    )


def documents(db: Database, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The documents of these cases, without their bytes, in the order in which they came."""
    for marks, piece in pieces(ids):
        yield from named(
            db,
            f"SELECT f.* FROM case_document f WHERE f.notification_id IN ({marks})"
            " ORDER BY f.notification_id, f.place",
            piece,
        )

"""Windows on the overview: in every order they are the list, forward and backward (SPEC P5)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crowd import crowd
from msreg.config import load_settings
from msreg.errors import NotAllowed, NotFound, Usage
from msreg.services import access
from msreg.services.browsing import Counted, Place, Window, window
from msreg.services.patients import Asked, conditions, overview
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import browsing as queries
from msreg.store.queries import overview as listed
from msreg.store.registry import Registry
from msreg.vocabulary import Role

MANY = 130
TODAY = date(2026, 11, 21)
ORDERS = list(product(listed.SORTS, (False, True)))
FILTERS = {
    "everybody": Asked(),
    "a sex": Asked(sex="female"),
    "red": Asked(complete=False),
    "due": Asked(due=True),
    "a year": Asked(born="1970"),
    "letters": Asked(name="b"),
    "a centre": Asked(centre="UTR01"),
    "shared": Asked(scope="shared"),
    "nobody": Asked(name="zzz"),
    "one": Asked(number=17),
    "together": Asked(deceased=False, ended=False, phenotype="rrms", last_course_from=date(2025, 1, 1)),
}


def add_many(registry: Registry) -> None:
    """So many patients of two centres, with ties and gaps in every column."""
    with registry.light() as db:
        crowd(db, MANY, today=TODAY, share_every=11)


@pytest.fixture
def many(registry: Registry) -> Registry:
    add_many(registry)
    return registry


@pytest.fixture(scope="module")
def still(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The same patients in a registry that no test changes."""
    folder = tmp_path_factory.mktemp("still") / "home"
    shutil.copytree(template / "home", folder)
    environ = {"MSREG_HOME": str(folder), "MSREG_KEY_FILE": str(template / "kek")}
    with Registry.open(load_settings(environ)) as registry:
        add_many(registry)
        yield registry


def at_desk(registry: Registry) -> Actor:
    return access.whoami(registry, {})


def in_the_list(registry: Registry, by: Actor, asked: Asked) -> list[int]:
    found = overview(registry, by=by, asked=asked._replace(page_size=10_000), today=TODAY)
    return [row["number"] for row in found.rows]


def scrolled(registry: Registry, by: Actor, asked: Asked, *, limit: int, back: bool = False) -> list[int]:
    """All numbers, window after window, from the first on or from the last back."""
    found: list[int] = []
    near: Place | None = None
    counted: Counted | None = None
    while True:
        seen = window(
            registry, by=by, asked=asked, today=TODAY, limit=limit, near=near, back=back, counted=counted
        )
        numbers = [row["number"] for row in seen.rows]
        assert len(seen.places) == len(numbers) <= limit
        found = numbers + found if back else found + numbers
        if len(numbers) < limit:
            return found
        near, counted = seen.places[0 if back else -1], seen.counted


def walked(db: Database, found: listed.Where, limit: int, **how: Any) -> list[int]:
    """The same of places, nearest first."""
    numbers: list[int] = []
    near: Place | None = None
    while True:
        places = queries.places(db, found, near=near, limit=limit, **how)
        assert len(places) <= limit
        numbers += [each.number for each in places]
        if len(places) < limit:
            return numbers
        near = places[-1]


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_p5_windows_are_the_list_in_both_directions(sort: str, descending: bool, still: Registry) -> None:
    """Whichever way they are found: along the index, or sorted because few fit."""
    how: dict[str, Any] = {"sort": sort, "descending": descending}
    with still.light() as db:
        for name, asked in FILTERS.items():
            found = conditions(db, at_desk(still), asked, TODAY)
            whole = [row[1] for row in listed.page(db, found, limit=MANY, **how)]
            assert {"nobody": 0, "one": 1, "everybody": MANY, "a year": 1}.get(name, 5) <= len(whole)
            for few in (False, True):
                assert walked(db, found, 23, few=few, **how) == whole, (name, few)
                assert walked(db, found, 23, few=few, back=True, **how) == whole[::-1], (name, few)


@pytest.mark.parametrize("sort", listed.SORTS)
def test_the_windows_of_the_service_are_its_list(sort: str, still: Registry) -> None:
    desk = at_desk(still)
    for asked in (Asked(sort=sort), Asked(sort=sort, descending=True, sex="female")):
        whole = in_the_list(still, desk, asked)
        assert scrolled(still, desk, asked, limit=50) == whole
        assert scrolled(still, desk, asked, limit=50, back=True) == whole


@pytest.mark.parametrize("limit", [1, MANY - 1, MANY, MANY + 1])
@pytest.mark.parametrize("back", [False, True])
def test_a_window_of_exactly_all(limit: int, back: bool, still: Registry) -> None:
    with still.light() as db:
        everybody = conditions(db, at_desk(still), Asked(), TODAY)
        for sort in ("number", "born", "centre", "shared"):
            whole = [row[1] for row in listed.page(db, everybody, sort=sort, limit=MANY)]
            found = walked(db, everybody, limit, sort=sort, back=back)
            assert found == (whole[::-1] if back else whole)


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_from_a_place_with_the_patient_who_stands_there(sort: str, descending: bool, still: Registry) -> None:
    how: dict[str, Any] = {"sort": sort, "descending": descending}
    with still.light() as db:
        everybody = conditions(db, at_desk(still), Asked(), TODAY)
        whole = queries.places(db, everybody, limit=MANY, **how)
        for at in (0, 1, 60, MANY - 1):
            how |= {"near": whole[at], "inclusive": True, "limit": 3}
            assert queries.places(db, everybody, **how) == whole[at : at + 3]
            assert queries.places(db, everybody, back=True, **how) == whole[max(0, at - 2) : at + 1][::-1]
            how = {"sort": sort, "descending": descending}


def test_a_registry_without_patients(registry: Registry, desk: Actor) -> None:
    for (sort, descending), back in product(ORDERS, (False, True)):
        asked = Asked(sort=sort, descending=descending)
        seen = window(registry, by=desk, asked=asked, today=TODAY, limit=20, back=back)
        assert (seen.rows, seen.places, seen.counted[:2]) == ([], [], (0, False))


@pytest.mark.parametrize("descending", [False, True])
def test_what_changes_meanwhile_neither_doubles_nor_hides_anybody_else(
    descending: bool, many: Registry, desk: Actor
) -> None:
    """A place is a value: who is taken away or moved shifts nothing."""
    asked = Asked(sort="name", descending=descending)
    whole = in_the_list(many, desk, asked)
    first = window(many, by=desk, asked=asked, today=TODAY, limit=40)
    gone, moved = whole[39], whole[3]  # the very place that the next window goes on from, and one above it
    with many.light() as db, transaction(db):
        db.execute("DELETE FROM share")
        db.execute("DELETE FROM patient WHERE number = ?", (gone,))
        name = "" if descending else "zzzz"
        db.execute("UPDATE patient SET search_name = ? WHERE number = ?", (name, moved))
    rest = window(many, by=desk, asked=asked, today=TODAY, limit=MANY, near=first.places[-1])
    assert [row["number"] for row in rest.rows] == [*whole[40:], moved]
    back = window(many, by=desk, asked=asked, today=TODAY, limit=MANY, near=rest.places[0], back=True)
    assert [row["number"] for row in back.rows] == [each for each in whole[:39] if each != moved]


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_where_many_fit_the_windows_are_still_the_list(
    sort: str, descending: bool, many: Registry, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than are counted: names are looked for apart by family name and by prefix, and put together again."""
    monkeypatch.setattr(listed, "COUNT_LIMIT", 8)
    with many.light() as db, transaction(db):
        db.execute(
            "UPDATE patient SET name_prefix = 'van', search_full = 'van ' || search_name WHERE number % 3 = 0"
        )
    for asked in (Asked(name="v"), Asked(name="van"), Asked(name="b"), Asked(due=True), Asked(complete=False),
                  Asked(deceased=False, name="v"), Asked(name="van b", sex="male")):  # fmt: skip
        asked = asked._replace(sort=sort, descending=descending)
        whole = in_the_list(many, desk, asked)
        assert whole
        assert scrolled(many, desk, asked, limit=20) == whole
        assert scrolled(many, desk, asked, limit=20, back=True) == whole


@pytest.mark.parametrize("sort", listed.SORTS)
def test_who_works_for_a_centre_scrolls_through_own_and_shared(sort: str, still: Registry) -> None:
    with still.light() as db:
        known = access.centre_by_code(db, "AMS01")
    assert known is not None
    clinician = replace(at_desk(still), role=Role.CLINICIAN, centres=frozenset({known[0]}), centre=known[0])
    for scope in ("all", "own", "shared"):
        asked = Asked(sort=sort, scope=scope)
        whole = in_the_list(still, clinician, asked)
        assert 4 < len(whole) < MANY
        assert scrolled(still, clinician, asked, limit=50) == whole
        assert scrolled(still, clinician, asked, limit=50, back=True) == whole


def test_many_shared_patients_are_walked_past(still: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "FEW_SHARES", 1)
    with still.light() as db:
        everybody = conditions(db, at_desk(still), Asked(), TODAY)
        for descending in (False, True):
            how: dict[str, Any] = {"sort": "shared", "descending": descending}
            whole = [row[1] for row in listed.page(db, everybody, limit=MANY, **how)]
            assert walked(db, everybody, 9, **how) == whole
            assert walked(db, everybody, 9, back=True, **how) == whole[::-1]


# -- what it costs ------------------------------------------------------------------------------------------


class _Watched(Database):
    """A connection that keeps what was asked of it."""

    __slots__ = ("asked",)

    def __init__(self, db: Database) -> None:
        super().__init__(db.raw)
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    def rows(self, sql, params=()):  # type: ignore[no-untyped-def]
        self.asked.append((sql, tuple(params)))
        return super().rows(sql, params)


def plans(db: _Watched) -> Iterator[str]:
    for sql, params in db.asked:
        if "FROM patient" in sql:
            yield "; ".join(str(row[3]) for row in db.raw.execute(f"EXPLAIN QUERY PLAN {sql}", params))


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("from_", ["the end", "a gap", "the middle"])
def test_f11_every_order_is_walked_along_an_index(
    sort: str, descending: bool, back: bool, from_: str, still: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sorting, and no scan but one that stops at the end of its window."""
    monkeypatch.setattr(queries, "FEW_SHARES", 1)
    everybody = listed.Where(("1 = 1",))
    with still.light() as plain:
        db = _Watched(plain)
        near = None
        if from_ != "the end":
            whole = queries.places(db, everybody, sort=sort, descending=descending, limit=MANY)
            near = whole[MANY // 2]
            if from_ == "a gap":
                near = next((each for each in whole if each.value is None), near)
        db.asked.clear()
        queries.places(db, everybody, sort=sort, descending=descending, near=near, back=back, limit=20)
        found = list(plans(db))
    assert found
    for plan in found:
        assert "TEMP B-TREE" not in plan
        for step in plan.split("; "):
            if " p" in step:
                assert "USING COVERING INDEX" in step or (sort == "shared" and "USING INDEX" in step), plan
            if step.startswith("SCAN p"):
                assert near is None or sort in ("centre", "shared"), plan


# -- what it tells the log, and what it refuses -------------------------------------------------------------


def test_s5_each_window_is_a_look_at_who_is_in_it(many: Registry, desk: Actor) -> None:
    asked = Asked(name="b", sort="name")
    seen: Window = window(many, by=desk, asked=asked, today=TODAY, limit=5)
    with many.light() as db:
        last = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
        assert last is not None
        items = db.rows("SELECT patient_id FROM audit_item WHERE seq = ? ORDER BY n", (last[0],))
    event = json.loads(last[1])
    assert (event["event"], event["action"], event["items"]) == ("patients.browse", "R", 5)
    assert event["about"] == {"filters": "name", "sort": "name", "shown": 5}
    assert [row[0] for row in items] == [row["id"] for row in seen.rows]


def test_a_total_is_counted_once_and_no_further_than_anybody_reads(
    many: Registry, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, expected in ((MANY - 1, (MANY - 1, True)), (MANY, (MANY, False)), (MANY + 1, (MANY, False))):
        monkeypatch.setattr(listed, "COUNT_LIMIT", limit)
        seen = window(many, by=desk, asked=Asked(), today=TODAY, limit=5)
        assert seen.counted[:2] == expected
    kept = seen.counted._replace(total=3)
    assert window(many, by=desk, asked=Asked(), today=TODAY, limit=5, counted=kept).counted is kept


def test_who_may_not_read_patients_gets_none(many: Registry, member: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        window(many, by=member("AMS01", Role.NOTIFIER), asked=Asked(), today=TODAY, limit=5)


@pytest.mark.parametrize(
    ("asked", "error"),
    [(Asked(sort="colour"), Usage), (Asked(born="x"), Usage), (Asked(name="%"), Usage),
     (Asked(centre="NOP99"), NotFound)],
)  # fmt: skip
def test_what_cannot_be_asked(asked: Asked, error: type[Exception], registry: Registry, desk: Actor) -> None:
    with pytest.raises(error):
        window(registry, by=desk, asked=asked, today=TODAY, limit=5)

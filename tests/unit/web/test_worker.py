"""Threads that keep a registry open: never a stale one, never a crowd, never a fault that stays."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from msreg.errors import NotFound, Unavailable
from msreg.services.audit_proof import prove
from msreg.services.centres import list_centres
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Right
from msreg.web.worker import Away, Worker


@contextmanager
def worker(registry: Registry, **more: float) -> Iterator[Worker]:
    made = Worker(registry.settings, name="test", **more)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def centres(registry: Registry) -> int:
    with registry.light() as db:
        return int(db.rows("SELECT count(*) FROM centre")[0][0])


def test_a_registry_and_its_connection_are_kept(registry: Registry) -> None:
    seen: list[object] = []

    def look(own: Registry) -> None:
        with own.light() as db:
            seen.append((id(own), id(db.raw), threading.get_ident()))

    async def twice() -> None:
        await made.run(look)
        await made.run(look)

    with worker(registry) as made:
        asyncio.run(twice())
    assert len(set(map(str, seen))) == 1
    assert seen[0][2] != threading.get_ident()  # type: ignore[index]


def test_a_database_that_was_put_back_is_opened_anew(registry: Registry) -> None:
    """After `db restore` answers must not go into a file that nobody has any more."""
    file = registry.settings.database_file

    async def around() -> list[int]:
        before = await made.run(centres)
        with registry.light() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy2(file, copy := file.with_name("copy.db"))
            db.execute("DELETE FROM centre")
        for name in ("-wal", "-shm"):
            file.with_name(file.name + name).unlink()
        copy.replace(file)
        return [before, await made.run(centres)]

    with worker(registry) as made:
        assert asyncio.run(around()) == [2, 2]


def test_without_a_registry_it_is_away_and_comes_back(registry: Registry) -> None:
    file = registry.settings.database_file
    aside = file.with_name("aside.db")

    async def around() -> None:
        file.rename(aside)
        with pytest.raises(Away, match="not_found"):
            await made.run(centres)
        aside.rename(file)
        assert await made.run(centres) == 2

    with worker(registry) as made:
        asyncio.run(around())


def test_what_a_service_says_of_its_work_is_passed_on(registry: Registry) -> None:
    def lacks(_own: Registry) -> None:
        raise NotFound("There is none.")

    def breaks(_own: Registry) -> None:
        raise Unavailable("The disk is gone.")

    async def both() -> None:
        with pytest.raises(NotFound):
            await made.run(lacks)
        with pytest.raises(Away, match="unavailable"):
            await made.run(breaks)
        assert await made.run(centres) == 2

    with worker(registry) as made:
        asyncio.run(both())


def test_who_leaves_while_the_work_waits_does_not_end_the_thread(registry: Registry) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(_own: Registry) -> None:
        begun.set()
        go_on.wait(20)

    async def leave() -> int:
        first = asyncio.ensure_future(made.run(hold))
        await asyncio.to_thread(begun.wait, 20)
        waiting = asyncio.ensure_future(made.run(centres))
        await asyncio.sleep(0)
        waiting.cancel()
        first.cancel()
        await asyncio.gather(first, waiting, return_exceptions=True)
        go_on.set()
        return await asyncio.wait_for(made.run(centres), 20)

    with worker(registry) as made:
        assert asyncio.run(leave()) == centres(registry)


def test_who_would_wait_too_long_is_told_at_once(registry: Registry) -> None:
    """A crowd gets an answer that nothing works now, and no queue without end."""
    gate = threading.Event()

    def holds(_own: Registry) -> None:
        gate.wait(10)

    async def crowd() -> tuple[list[object], object]:
        held = asyncio.ensure_future(made.run(holds))
        await asyncio.sleep(0.05)
        late = asyncio.ensure_future(made.run(centres))
        await asyncio.sleep(0)
        with pytest.raises(Away, match="crowded"):
            await made.run(centres)
        await asyncio.sleep(0.3)
        gate.set()
        return await asyncio.gather(held, late, return_exceptions=True), await made.run(centres)

    with worker(registry, waiting=2, patience=0.2) as made:
        (first, late), after = asyncio.run(crowd())
    assert first is None
    assert isinstance(late, Away)
    assert after == 2


def test_looks_that_wait_are_logged_together_and_fail_apart(registry: Registry, desk: Actor) -> None:
    """Many readers wait for the disk once; who is refused changes nothing for the others, and is in the log too."""
    gate = threading.Event()
    seen: list[bool] = []

    def holds(_own: Registry) -> None:
        gate.wait(10)

    def look(own: Registry) -> int:
        with own.light() as db:
            seen.append(db.in_transaction)
        return len(list_centres(own, by=desk))

    def refused(own: Registry) -> int:
        with looking(own, by=desk, event="centres.list", right=Right.CENTRES_READ) as open_look:
            open_look.db.execute("DELETE FROM share")
            raise NotFound("There is none.")

    def breaks(own: Registry) -> int:
        with own.light() as db, transaction(db):
            db.execute("DELETE FROM centre")
            raise ValueError

    async def around() -> list[object]:
        held = asyncio.ensure_future(made.run(holds))
        await asyncio.sleep(0.05)
        waiting = [
            asyncio.ensure_future(made.run(each, together=True)) for each in (look, refused, breaks, look)
        ]
        await asyncio.sleep(0.05)
        gate.set()
        return await asyncio.gather(held, *waiting, return_exceptions=True)

    def events() -> list[tuple[object, ...]]:
        with registry.light() as db:
            rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
        return [(body["event"], body["outcome"]) for body in (json.loads(row[0]) for row in rows)]

    count = len(events())
    with worker(registry) as made:
        found = asyncio.run(around())
    assert seen == [True, True]
    assert (found[1], found[4]) == (2, 2)
    assert isinstance(found[2], NotFound)
    assert isinstance(found[3], ValueError)
    assert events()[count:] == [("centres.list", "0"), ("centres.list", "4"), ("centres.list", "0")]
    assert centres(registry) == 2
    with registry.light() as db:
        assert prove(db, registry.keys, registry.uuid, registry.settings.anchors_file).ok


def test_what_changes_something_has_a_transaction_of_its_own(registry: Registry) -> None:
    gate = threading.Event()
    seen: list[bool] = []

    def holds(_own: Registry) -> None:
        gate.wait(10)

    def work(own: Registry) -> None:
        with own.light() as db:
            seen.append(db.in_transaction)

    async def around() -> None:
        held = asyncio.ensure_future(made.run(holds))
        await asyncio.sleep(0.05)
        kinds = (True, True, False, True, False, False)
        waiting = [asyncio.ensure_future(made.run(work, together=each)) for each in kinds]
        await asyncio.sleep(0.05)
        gate.set()
        await asyncio.gather(held, *waiting)

    with worker(registry) as made:
        asyncio.run(around())
    assert seen == [True, True, False, False, False, False]


def test_when_the_log_cannot_be_kept_nobody_is_shown_anything(registry: Registry, desk: Actor) -> None:
    gate = threading.Event()

    def holds(_own: Registry) -> None:
        gate.wait(10)

    def look(own: Registry) -> int:
        return len(list_centres(own, by=desk))

    def cuts(own: Registry) -> None:
        with own.light() as db:
            db.raw.execute("ROLLBACK")  # as SQLite does by itself after some faults of a disk

    async def around() -> list[object]:
        held = asyncio.ensure_future(made.run(holds))
        await asyncio.sleep(0.05)
        waiting = [asyncio.ensure_future(made.run(each, together=True)) for each in (look, cuts)]
        await asyncio.sleep(0.05)
        gate.set()
        found = await asyncio.gather(held, *waiting, return_exceptions=True)
        return [*found, await made.run(look)]

    with worker(registry) as made:
        found = asyncio.run(around())
    assert isinstance(found[1], Exception)
    assert isinstance(found[2], Exception)
    assert found[3] == 2

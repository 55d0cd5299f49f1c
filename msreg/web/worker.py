"""Where the work of the pages is done: threads that keep a registry open, so that the pages never wait for a disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from msreg.clock import now as clock_now
from msreg.config import Settings
from msreg.errors import Busy, MsregError, Unavailable
from msreg.services.marking import mark
from msreg.store.registry import Registry

T = TypeVar("T")
Work = Callable[[Registry], T]

PATIENCE = 5.0
"""Seconds that a page waits for who keeps the registry locked, and before that for its turn."""
_WAITING = 200
_TOGETHER = 16
"""Looks that are logged in one transaction at most: each waits for those before it."""


class Away(Exception):
    """The registry cannot be used now; `reason` is the kind of fault, for our own log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    until: float
    together: bool
    done: Future[Any] = field(default_factory=Future)
    found: Any = None
    fault: BaseException | None = None

    def tell(self) -> None:
        if not self.done.set_running_or_notify_cancel():
            return  # whoever asked has left
        if self.fault is not None:
            self.done.set_exception(self.fault)
        else:
            self.done.set_result(self.found)


class Worker:
    """Threads for one kind of work. Each has a registry of its own, opened when it is first needed.

    One thread is the fastest for short work: all of it writes in the log, and writers within one process would
    only wait for each other's lock. Looks that wait for their turn are logged together, so that many of them wait
    for the disk once.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        name: str,
        threads: int = 1,
        waiting: int = _WAITING,
        clock: Callable[[], datetime] = clock_now,
        patience: float = PATIENCE,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._patience = patience
        self._room = waiting
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = [
            Thread(
                target=_Thread(self._open, self._queue, settings).run, name=f"{name}-{number}", daemon=True
            )
            for number in range(threads)
        ]
        for each in self._threads:
            each.start()

    async def run(self, work: Work[T], *, together: bool = False) -> T:
        """Do something with a registry. Raises `Away` when there is none to be used, or no turn in time.

        `together`: it is a look that takes a moment, and may share its transaction with others.
        """
        if self._room <= 0:
            raise Away("crowded")
        self._room -= 1
        try:
            job = _Job(work, monotonic() + self._patience, together)
            self._queue.put(job)
            found: T = await asyncio.wrap_future(job.done)
            return found
        finally:
            self._room += 1

    def close(self) -> None:
        """Finish what was begun, and let go of the registries."""
        for _each in self._threads:
            self._queue.put(None)
        for each in self._threads:
            each.join()

    def _open(self) -> Registry:
        return Registry.open(self._settings, clock=self._clock, patience=self._patience, lasting=True)


class _Thread:
    """One thread: its registry, and the loop in which it works."""

    def __init__(
        self, open_: Callable[[], Registry], queue: SimpleQueue[_Job | None], settings: Settings
    ) -> None:
        self._open = open_
        self._queue = queue
        self._settings = settings
        self._known: tuple[Registry, tuple[int, int]] | None = None

    def run(self) -> None:
        """Work until the queue says that it is over."""
        left: _Job | None = None
        while (job := left or self._queue.get()) is not None:
            jobs, left, over = self._with_more(job)
            self._do_all(jobs)
            for each in jobs:
                each.tell()
            if over:
                break
        self._forget()

    def _with_more(self, first: _Job) -> tuple[list[_Job], _Job | None, bool]:
        """What waits and can be done together with a job; what came after that and cannot; whether it is over."""
        jobs = [first]
        while first.together and len(jobs) < _TOGETHER:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                return jobs, None, True
            if not job.together:
                return jobs, job, False
            jobs.append(job)
        return jobs, None, False

    def _do_all(self, jobs: list[_Job]) -> None:
        now = monotonic()
        for each in jobs:
            if now > each.until:
                each.fault = Away("late")  # whoever asked has waited long enough, and others wait behind
        jobs = [each for each in jobs if each.fault is None]
        try:
            if len(jobs) > 1:
                registry = self._registry()
                with registry.together():
                    for each in jobs:
                        _do(each, registry)
                mark(registry)
            elif jobs:
                _do(jobs[0], self._registry())
        except Exception as fault:  # noqa: BLE001 - it is told to who asked, and nothing of the work is shown
            for each in jobs:
                each.fault = fault
        for each in jobs:
            if isinstance(each.fault, Exception) and _is_broken(each.fault):
                self._forget()  # the next work begins with a fresh connection
            if isinstance(each.fault, Busy | Unavailable):
                each.fault = Away(each.fault.code)

    def _registry(self) -> Registry:
        """The registry of this thread; a new one when its file was put in the place of the old."""
        found = _mark_of(self._settings)
        if self._known is not None:
            if self._known[1] == found:
                return self._known[0]
            self._forget()
        try:
            registry = self._open()
        except MsregError as fault:
            raise Away(fault.code) from None
        self._known = (registry, found)
        return registry

    def _forget(self) -> None:
        if self._known is not None:
            self._known[0].close()
            self._known = None


def _do(job: _Job, registry: Registry) -> None:
    try:
        job.found = job.work(registry)
    except Exception as fault:  # noqa: BLE001 - it is told to who asked for this work alone
        job.fault = fault


def _is_broken(fault: Exception) -> bool:
    """Whether a fault may be one of the connection; what a service says of its work is not."""
    return isinstance(fault, Busy | Unavailable) or not isinstance(fault, MsregError | Away)


def _mark_of(settings: Settings) -> tuple[int, int]:
    try:
        found = os.stat(settings.database_file)
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino

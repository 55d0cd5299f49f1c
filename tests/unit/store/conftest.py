"""A real registry in a temporary folder, opened with a key file."""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from msreg.config import Settings, load_settings
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role


class Clock:
    """A clock that stands still until told to move."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 31, 9, 15, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {
            "MSREG_HOME": str(tmp_path / "home"),
            "MSREG_KEY_FILE": str(tmp_path / "kek"),
            "MSREG_LANG": "en",
            "PATH": os.environ["PATH"],
        }
    )


@pytest.fixture
def created(settings: Settings, clock: Clock) -> tuple[Registry, str]:
    return Registry.create(settings, clock=clock, made_up=True)


@pytest.fixture
def registry(created: tuple[Registry, str]) -> Iterator[Registry]:
    with created[0] as registry:
        yield registry


@pytest.fixture
def actor() -> Actor:
    return Actor(
        user="u-1",
        role=Role.DATA_MANAGER,
        centres=frozenset({"c-1"}),
        name="J. de Boer",
        os_user="jdeboer",
        host="desk-3",
        tty="pts/0",
        ssh="",
        centre="c-1",
    )


@pytest.fixture
def unprivileged() -> Callable[[Callable[[], str]], str]:
    """Run work that gives a text as a user whom file rights bind: root may write everywhere."""

    def run(work: Callable[[], str]) -> str:
        if os.geteuid():
            return work()
        read, write = os.pipe()
        with warnings.catch_warnings():
            # The child does one thing and leaves; the threads of others do not matter to it.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            try:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
                told = work()
            except BaseException:
                told = traceback.format_exc()
            os.write(write, told.encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        return told

    return run

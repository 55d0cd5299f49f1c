"""What all tests share: a real registry of made-up people, the program itself, and no network."""

from __future__ import annotations

import io
import ipaddress
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from msreg.config import load_settings
from msreg.services import access, centres, setup
from msreg.services.made_up import fill
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from tests.standing_by import StandingBy, seen_late

ROOT = Path(__file__).parent.parent
CENTRES = {"AMS01": "Ziekenhuis De Amstelhof", "UTR01": "Ziekenhuis De Vecht"}
MEMORY = Path("/dev/shm")  # where a Linux machine has files in memory
ROOM = 4 * 2**30

hypothesis_settings.register_profile("msreg", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("msreg")


def pytest_configure(config: pytest.Config) -> None:
    """No test reaches another machine: whatever tries to is stopped before it has sent anything."""
    sys.addaudithook(_stay_here)
    if config.option.basetemp is None and _has_room(MEMORY):
        # Thousands of registries are written through to the disk here, which is waiting for nothing.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is a socket of this machine
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not _is_loopback(host):
        raise RuntimeError("a test tried to reach another machine")


def _is_loopback(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return text in ("", "localhost")


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished call of the program."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
Launch = Callable[..., Ran]


def environment(folder: Path) -> dict[str, str]:
    """The environment of a registry in a folder: its own home, key, temporary folder, and nothing else."""
    return {
        "MSREG_HOME": str(folder / "home"),
        "MSREG_KEY_FILE": str(folder / "kek"),
        "LANG": "C",
        "HOME": str(folder / "user"),
        "TMPDIR": str(folder / "tmp"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that tests copy: making one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("template")
    for name in ("home", "user", "tmp"):
        (folder / name).mkdir(mode=0o700)
    settings = load_settings(environment(folder))
    setup.found_registry(settings, environ=settings.environ, made_up=True)
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        for code, name in CENTRES.items():
            centres.add_centre(registry, by=by, code=code, name=name)
    return folder


@pytest.fixture(scope="session")
def people(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry with some made-up people in it, to be copied and not changed."""
    folder = tmp_path_factory.mktemp("people") / "copy"
    shutil.copytree(template, folder)
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        fill(registry, by=by, seed=7, patients=30, today=date(2026, 11, 21))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    """The environment of an empty MSREG_HOME, key file and temporary folder below `tmp_path`."""
    for name in ("home", "user", "tmp"):
        (tmp_path / name).mkdir(mode=0o700)
    return environment(tmp_path)


def opened_copy(source: Path, folder: Path) -> Registry:
    """The registry of one folder opened in another, as a copy."""
    shutil.copytree(source / "home", folder / "home", dirs_exist_ok=True)
    shutil.copy2(source / "kek", folder / "kek")
    return Registry.open(load_settings(environment(folder)))


@pytest.fixture
def registry(home: Mapping[str, str], template: Path, tmp_path: Path) -> Iterator[Registry]:
    """A registry of made-up people in `home`, with the centres AMS01 and UTR01 and no patients."""
    with opened_copy(template, tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(registry: Registry) -> Actor:
    """Who runs the tests, at the service desk."""
    return access.whoami(registry, registry.settings.environ)


@pytest.fixture
def today() -> date:
    """The day on which the made-up people live."""
    return date(2026, 11, 21)


@pytest.fixture
def batches(tmp_path: Path) -> Path:
    """A folder of batch files that stand for a hospital's; what is written beside them goes with it."""
    folder = tmp_path / "batches"
    shutil.copytree(ROOT / "tests" / "fixtures" / "batch", folder)
    return folder


@pytest.fixture(scope="session")
def standing_by() -> Iterator[StandingBy]:
    """The program, loaded and ready to be forked: starting it takes longer than most of its calls."""
    program = StandingBy()
    yield program
    program.close()


def _anew(folder: Path, *words: object, stdin: str = "", **more: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "msreg", *map(str, words)],
        input=stdin, capture_output=True, encoding="utf-8", env={**environment(folder), **more}, cwd=folder,
        timeout=120, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def launch(standing_by: StandingBy) -> Launch:
    """Run the program on the registry in a folder: `launch(folder, "patients", "list")`."""

    def call(folder: Path, *words: object, stdin: str = "", **more: str) -> Ran:
        if not all(map(seen_late, more)):
            return _anew(folder, *words, stdin=stdin, **more)
        code, out, err = standing_by.run(
            *words, given=stdin.encode(), env={**environment(folder), **more}, folder=folder
        )
        return Ran(code, as_read(out), as_read(err))

    return call


def as_read(told: bytes) -> str:
    """The text of a stream, as it is read from a file."""
    return io.TextIOWrapper(io.BytesIO(told), encoding="utf-8").read()


@pytest.fixture
def run(launch: Launch, home: Mapping[str, str], tmp_path: Path) -> Run:
    """Run the program on `home`: `run("patients", "list", "--json", stdin="…", MSREG_LANG="nl")`."""
    return partial(launch, tmp_path)


@pytest.fixture
def people_registry(people: Path, home: Mapping[str, str], tmp_path: Path) -> Iterator[Registry]:
    """A copy of the registry with some made-up people, in `home`."""
    with opened_copy(people, tmp_path) as opened:
        yield opened


@pytest.fixture
def desk_of_people(people_registry: Registry) -> Actor:
    """Who runs the tests, at the service desk of `people_registry`."""
    return access.whoami(people_registry, people_registry.settings.environ)

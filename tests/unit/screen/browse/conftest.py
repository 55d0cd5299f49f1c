"""The full screen played by keys, on a registry whose clock stands still."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from msreg.config import load_settings
from msreg.screen.browse.app import Browse
from msreg.screen.browse.overview_screen import PAUSE
from msreg.screen.browse.page import Page
from msreg.screen.browse.state import Start
from msreg.screen.language import activate
from msreg.services import access, centres, setup
from msreg.services.made_up import fill
from msreg.services.patients import Asked
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language, Role

CENTRES = {"AMS01": "Ziekenhuis De Amstelhof", "UTR01": "Ziekenhuis De Vecht"}
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)

Key = str | Callable[[Browse], None] | tuple[int, int]


@dataclass
class Shown:
    """What a person saw at the end."""

    lines: list[str]
    styles: list[tuple[str, Any]]
    """Each piece of the screen with its style."""
    app: Browse

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def title(self) -> str:
        return self.lines[0]

    @property
    def note(self) -> str:
        return self.lines[-2]

    @property
    def keys(self) -> str:
        return self.lines[-1]

    @property
    def numbers(self) -> list[int]:
        """Registry numbers of the rows, in order."""
        return [int(line[4:11]) for line in self.lines if line[1:4] == "MS-"]

    @property
    def cursor(self) -> str:
        """The line under the cursor."""
        (line,) = [line for line in self.lines if line.startswith("❯")]
        return line

    def style(self, text: str) -> Any:
        """The style of the first piece that has this text."""
        return next(style for piece, style in self.styles if text in piece)


@dataclass
class Stage:
    """A registry of thirty made-up people, and who is at work."""

    registry: Registry
    by: Actor

    def play(
        self, *keys: Key, size: tuple[int, int] = (80, 24), start: Start | None = None, color: bool = True,
        by: Actor | None = None,
    ) -> Shown:  # fmt: skip
        """Press keys one after another. A function is called with the app, two numbers are a new size, and
        `wait` is a pause long enough for a name to be looked for."""
        return asyncio.run(self._play(keys, size, start or Start(Asked()), color, by or self.by))

    async def _play(
        self, keys: tuple[Key, ...], size: tuple[int, int], start: Start, color: bool, by: Actor
    ) -> Shown:
        app = Browse(self.registry, by=by, today=TODAY, start=start, color=color)
        async with app.run_test(size=size) as pilot:
            await at_rest(app, pilot)
            for key in keys:
                if isinstance(key, tuple):
                    await pilot.resize_terminal(*key)
                elif callable(key):
                    key(app)
                elif key == "wait":
                    await asyncio.sleep(PAUSE * 1.5)
                else:
                    press(app, key)
                await at_rest(app, pilot)
                if app.return_value is not None or app.fault is not None:
                    break
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            pieces = [(segment.text, segment.style) for strip in strips for segment in strip]
            lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
        return Shown(lines, pieces, app)

    def member(self, code: str, role: Role) -> Actor:
        """Somebody who works for a centre."""
        with self.registry.light() as db:
            known = access.centre_by_code(db, code)
        assert known is not None
        return replace(self.by, user=code.lower(), role=role, centres=frozenset({known[0]}), centre=known[0])

    def sql(self, *statements: str) -> None:
        """Change something behind the screen's back."""
        with self.registry.light() as db:
            for statement in statements:
                db.execute(statement)

    def one(self, sql: str) -> Any:
        """The first value that a query finds."""
        with self.registry.light() as db:
            found = db.one(sql)
        assert found is not None
        return found[0]

    def events(self) -> int:
        """How many windows and pages were looked at."""
        return int(self.one("SELECT count(*) FROM audit_event WHERE body LIKE '%\"patients.browse\"%'"))


_CHARACTERS = {"slash": "/", "question_mark": "?", "space": " "}


def press(app: Browse, key: str) -> None:
    """Send a key as the terminal does. Pilot's own `press` waits four times 20 ms."""
    if len(key) == 1:
        event = events.Key(key if key.isalnum() else _character_to_key(key), key)
    else:
        event = events.Key(key, _CHARACTERS.get(key))
    event.set_sender(app)
    assert app._driver is not None
    app._driver.send_message(event)


async def at_rest(app: Browse, pilot: Pilot[Any]) -> None:
    """Wait until nothing is left to do."""
    for _ in range(4):
        await asyncio.sleep(0.001)
        await pilot._wait_for_screen()
        if isinstance(app.screen, Page) and app.is_running:
            await asyncio.wait_for(app.screen.settled(), 30)


@pytest.fixture(scope="session")
def stage_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made at one moment, so that the date of the last change is the same on every day of the year."""
    folder = tmp_path_factory.mktemp("stage") / "home"
    folder.mkdir(mode=0o700)
    environ = {"MSREG_HOME": str(folder), "MSREG_KEY_FILE": str(folder.parent / "kek")}
    settings = load_settings(environ)
    setup.found_registry(settings, environ=environ, made_up=True, clock=lambda: NOON)
    with Registry.open(settings, clock=lambda: NOON) as registry:
        for code, name in CENTRES.items():
            centres.add_centre(registry, by=access.whoami(registry, environ), code=code, name=name)
        fill(registry, by=access.whoami(registry, environ), seed=7, patients=30, today=TODAY)
    return folder


@pytest.fixture
def stage(
    stage_folder: Path,
    home: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    """A copy of it, in English, on a terminal with 256 colours."""
    shutil.copytree(stage_folder, tmp_path / "home", dirs_exist_ok=True)
    shutil.copy2(stage_folder.parent / "kek", tmp_path / "kek")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    activate(Language.EN)
    # Little patience: somebody else who keeps the registry locked is told of soon.
    with Registry.open(load_settings(home), clock=lambda: NOON, patience=0.2) as registry:
        yield Stage(registry, access.whoami(registry, registry.settings.environ))
    activate(Language.EN)

"""A registry of made-up people that reports are made of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.services.access import whoami
from msreg.services.made_up import fill
from msreg.store.registry import Registry


@pytest.fixture(scope="session")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with enough people that something of the others may be shown; not to be changed."""
    folder = tmp_path_factory.mktemp("reports") / "copy"
    shutil.copytree(template, folder)
    environ = {"MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek")}
    with Registry.open(load_settings(environ)) as registry:
        fill(registry, by=whoami(registry, environ), seed=11, patients=120, today=date(2026, 11, 21))
    return folder


@pytest.fixture(autouse=True)
def registry(filled: Path, home: Mapping[str, str], tmp_path: Path) -> Iterator[Registry]:
    """A copy of it in `home`."""
    shutil.copytree(filled / "home", tmp_path / "home", dirs_exist_ok=True)
    shutil.copy2(filled / "kek", tmp_path / "kek")
    with Registry.open(load_settings(home)) as opened:
        yield opened

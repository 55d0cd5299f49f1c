"""The pages of a registry of made-up people, served for real on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry
from tests.conftest import environment
from tests.web_links import SETTINGS
from tests.web_site import Site, serving


@pytest.fixture(scope="module")
def site(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a module; each test takes links of its own."""
    folder = tmp_path_factory.mktemp("pages") / "copy"
    shutil.copytree(people, folder)
    (folder / "home" / "msreg.toml").write_text(SETTINGS)
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry, serving(settings) as place:
        yield Site(folder, registry, place)

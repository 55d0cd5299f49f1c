"""What the doctor sees: each thing by itself, green, yellow or red (security.md 4.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from msreg.clock import now
from msreg.config import load_settings
from msreg.errors import NotFound, Usage
from msreg.services import health_places
from msreg.services.health import examine
from msreg.services.health_state import Health, State, worst
from msreg.services.setup import found_registry
from msreg.store.audit_schema import TRIGGER_NAMES
from msreg.store.connect import transaction
from msreg.store.registry import Registry


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Registry]:
    where = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    settings = load_settings(where)
    found_registry(settings, environ=where, made_up=True)
    with Registry.open(settings) as registry:
        yield registry


def look(registry: Registry, **more: object) -> dict[str, Health]:
    return {each.check: each for each in examine(registry.settings, now=now(), **more)}  # type: ignore[arg-type]


def states(registry: Registry) -> dict[str, State]:
    """All that is not green."""
    return {name: each.state for name, each in look(registry).items() if each.state is not State.GREEN}


def test_a_new_registry_is_green(office: Registry) -> None:
    found = look(office)

    assert worst(found.values()) is State.GREEN
    assert all(each.text() and "{" not in each.text() for each in found.values())


def test_no_registry_and_half_a_registry(office: Registry, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(examine(load_settings({"MSREG_HOME": str(tmp_path / "none")}), now=now()))
    office.close()
    office.settings.database_file.unlink()
    assert states(office) == {"files": State.RED, "database": State.RED}


def test_keys_json_is_lost(office: Registry) -> None:
    office.settings.keys_file.unlink()
    assert states(office) == {"files": State.RED, "key": State.RED}


def test_a_key_beside_the_data_is_worth_a_look(tmp_path: Path) -> None:
    settings = load_settings({"MSREG_HOME": str(tmp_path / "home")})
    found_registry(settings, environ={}, key_store="file")
    found = {each.check: each for each in examine(settings, now=now())}

    assert found["key"].state is State.YELLOW
    assert worst(found.values()) is State.YELLOW
    assert "db recover" in (found["key"].hint_text() or "")


@pytest.mark.parametrize(
    ("what", "mode", "state"),
    [
        ("home", 0o755, State.YELLOW),
        ("home/data", 0o750, State.RED),
        ("home/data/registry.db", 0o640, State.RED),
        ("home/keys.json", 0o604, State.RED),
        ("home/anchors/anchors.jsonl", 0o644, State.RED),
    ],
)
def test_rights_of_files(office: Registry, tmp_path: Path, what: str, mode: int, state: State) -> None:
    (tmp_path / what).chmod(mode)
    found = look(office)["files"]

    assert found.state is state
    assert str(tmp_path / what) in found.text()
    assert "chmod" in (found.hint_text() or "")


def test_a_link_in_place_of_a_file(office: Registry, tmp_path: Path) -> None:
    keys = office.settings.keys_file
    keys.rename(tmp_path / "elsewhere.json")
    keys.symlink_to(tmp_path / "elsewhere.json")
    assert look(office)["files"].state is State.RED


def test_a_clock_that_was_put_back(office: Registry) -> None:
    early = datetime.now(UTC) - timedelta(minutes=3)
    found = {each.check: each.state for each in examine(office.settings, now=early)}
    assert found["clock"] is State.RED


def test_marks(office: Registry) -> None:
    """Without marks nobody sees a log that was cut off; marks of somebody else are not believed."""
    marks = office.settings.anchors_file
    marks.write_text("{}\n")
    assert states(office) == {"marks": State.RED}
    marks.unlink()
    assert states(office) == {"marks": State.YELLOW}


def test_a_log_that_was_changed(office: Registry) -> None:
    with office.light() as db, transaction(db):
        for name in TRIGGER_NAMES:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE audit_event SET body = '{}'")
    assert states(office) == {"log": State.RED}


def test_a_settings_file_that_others_may_change(office: Registry) -> None:
    office.settings.config_file.write_text('lang = "nl"\n')
    office.settings.config_file.chmod(0o666)
    assert states(office) == {"settings": State.YELLOW}
    assert look(office, fault=Usage("broken"))["settings"].state is State.RED


def test_folders_that_copy_themselves(tmp_path: Path) -> None:
    settings = load_settings({"MSREG_HOME": str(tmp_path / "Dropbox" / "msreg")})
    assert health_places.disk_kind(settings).state is State.YELLOW


def test_the_program_comes_from_one_package() -> None:
    found = health_places.driver()
    assert found.state is State.GREEN
    assert "sqlcipher3" in found.text()


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (254_000, "254 kB"), (3 * 10**15, "3000 TB")],
)
def test_sizes(size: int, text: str) -> None:
    assert health_places.readable(size) == text

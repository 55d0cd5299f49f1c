"""Making a registry is all or nothing; a lost key does not lose it (SPEC C11, security.md 4.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from msreg.config import Settings, load_settings
from msreg.errors import Conflict, MsregError, NotFound, Unavailable
from msreg.services.access import whoami
from msreg.services.setup import found_registry, recover
from msreg.store.audit import verify
from msreg.store.registry import Registry


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")})


def test_a_failing_first_user_leaves_no_registry(settings: Settings) -> None:
    """The clock gives a moment for the keys and then something that the log refuses."""
    moments = iter([datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 3, 31)])
    with pytest.raises(MsregError):
        found_registry(settings, environ={}, clock=lambda: next(moments))

    assert not [path for path in settings.home.rglob("*") if path.is_file()]
    made = found_registry(settings, environ={})
    with Registry.open(settings) as registry:
        assert whoami(registry, {}).user == made.user


def test_an_init_that_was_killed_is_finished(settings: Settings) -> None:
    """The files were there, the first user and the recovery key were not told yet."""
    registry, lost = Registry.create(settings, made_up=True)
    registry.close()
    made = found_registry(settings, environ={})

    assert made.recovery_key != lost
    with pytest.raises(Unavailable):
        recover(settings, environ={}, recovery_key=lost)
    with pytest.raises(Conflict):
        found_registry(settings, environ={})


def test_the_recovery_key_lets_a_new_key_in(settings: Settings, tmp_path: Path) -> None:
    made = found_registry(settings, environ={})
    elsewhere = load_settings(
        {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "new-kek")}
    )
    source = recover(elsewhere, environ={}, recovery_key=made.recovery_key)

    assert (source.name, source.where) == ("file", str(tmp_path / "new-kek"))
    with Registry.open(elsewhere) as registry, registry.light() as db:
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
        assert "db.recover" in str(db.rows("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1"))
    with pytest.raises(Unavailable):
        Registry.open(settings)
    with pytest.raises(NotFound):
        recover(
            load_settings({"MSREG_HOME": str(tmp_path / "x")}), environ={}, recovery_key=made.recovery_key
        )

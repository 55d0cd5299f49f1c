"""Settings: options first, then MSREG_* variables, then msreg.toml, then defaults (SPEC C6)."""

from __future__ import annotations

from pathlib import Path

from msreg.config.known import SETTINGS, Setting
from msreg.config.loading import home_folder, language, load_settings
from msreg.config.settings import Backups, Cases, Lareb, Mail, Office, Proms, Settings, Web

__all__ = [
    "SETTINGS",
    "Backups",
    "Cases",
    "Lareb",
    "Mail",
    "Office",
    "Proms",
    "Setting",
    "Settings",
    "Web",
    "data_folder",
    "home_folder",
    "language",
    "load_settings",
]


def data_folder() -> Path:
    """Forms, medicines, texts and translations: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent.parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"

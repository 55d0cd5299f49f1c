"""The settings of one call, made once at the edge and handed down; those of one subject stand together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from msreg.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Office:
    """The registry office as patients know it; None where nothing was set."""

    name: str | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None
    mail_name: str | None = None


@dataclass(frozen=True, slots=True)
class Lareb:
    """Who hands side effects to Lareb, and where; `services/lareb` says what is wrong with a name."""

    sender: str = "MSREG"
    receiver: str = "LAREB"
    email: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """How documents of case notifications are scanned, and how much a centre may store.

    `formats/scanner` knows what a scanner is. The quota is in megabytes.
    """

    scanner: str = "none"
    scanner_address: str | None = None
    scan_required: bool = False
    quota: int = 10_000


@dataclass(frozen=True, slots=True)
class Proms:
    """How patients are asked to fill in questionnaires: again after so many months, by a link of so many days."""

    every_months: int | None = None
    link_days: int = 42


@dataclass(frozen=True, slots=True)
class Mail:
    """How mails go out. `mail/transports` says what lacks; the password is in none of the settings."""

    transport: str = "folder"
    folder: Path | None = None
    host: str | None = None
    port: int | None = None
    security: str = "starttls"
    user: str | None = None
    sender: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Web:
    """Where the pages behind the links are: `url` as people reach them, None where nothing was set."""

    url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8420

    @property
    def address(self) -> str:
        """What every link begins with, without a slash at its end."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups go, and how many are kept."""

    folder: Path | None = None
    keep: int = 14


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how they are shown. Made once at the edge and handed down."""

    home: Path
    environ: Mapping[str, str]
    lang: Language
    page_size: int = 50
    centre: str | None = None
    export_language: Language | None = None
    anchor_file: Path | None = None
    office: Office = Office()
    proms_wording: Path | None = None
    proms: Proms = Proms()
    lareb: Lareb = Lareb()
    cases: Cases = Cases()
    mail: Mail = Mail()
    web: Web = Web()
    backup: Backups = Backups()

    @property
    def config_file(self) -> Path:
        """`msreg.toml` of this registry."""
        return self.home / "msreg.toml"

    @property
    def keys_file(self) -> Path:
        """The wrapped keys; useless without a key source or the recovery key."""
        return self.home / "keys.json"

    @property
    def database_file(self) -> Path:
        """The encrypted database."""
        return self.home / "data" / "registry.db"

    @property
    def anchors_file(self) -> Path:
        """Signed marks of the log, outside the database."""
        return self.anchor_file or self.home / "anchors" / "anchors.jsonl"

    @property
    def backup_folder(self) -> Path:
        """Where backups go, each a folder of its own."""
        return self.backup.folder or self.home / "backups"

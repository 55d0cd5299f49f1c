"""Settings: options first, then MSREG_* variables, then msreg.toml, then defaults (SPEC C6).

No setting is a secret; keys come from the sources that `store/keysources.py` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msreg.errors import Usage
from msreg.vocabulary import N_, Language


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: its variable, its place in msreg.toml, its default, its help."""

    name: str
    env: str
    toml: str | None
    default: str | None
    help: str


def _group(group: str, *settings: tuple[str, str | None, str]) -> Iterator[Setting]:
    """Settings of one subject, each with its name there, its default and its help."""
    for name, default, help_ in settings:
        variable = f"MSREG_{group}_{name}".upper()
        yield Setting(f"{group}_{name}", variable, f"{group}.{name}", default, help_)


_LAREB = (
    ("sender", "MSREG", N_(
        "Who sends side effects to Lareb: 1 to 20 capital letters and digits, also in the number of a report.")),
    ("receiver", "LAREB", N_("Who receives them, by the identifier that was agreed on.")),
    ("email", None, N_("Address at which Lareb may ask about a report.")),
    ("folder", None, N_("Folder for batches of side effects; without it the folder lareb of the registry.")),
)  # fmt: skip
_SCANNING = (
    ("scanner", "none", N_("What scans documents of cases for malicious content: none, clamd or clamscan.")),
    (
        "scanner_address",
        None,
        N_("Where it is: of clamd a socket or HOST:PORT here, of clamscan the program."),
    ),
    ("scan_required", "no", N_("Whether a document that was not scanned stays in quarantine: yes or no.")),
)
_QUOTA = ("quota", "10000", N_("Megabytes that the documents of all cases of one centre may take together."))

SETTINGS: tuple[Setting, ...] = (
    Setting("home", "MSREG_HOME", None, None, N_("Folder with all files of one registry.")),
    Setting("lang", "MSREG_LANG", "lang", None, N_("Language of what people read: nl or en.")),
    Setting("key_file", "MSREG_KEY_FILE", None, None, N_("File with the key that opens the registry.")),
    Setting(
        "key_cmd", "MSREG_KEY_CMD", None, None, N_("Command that prints the key that opens the registry.")
    ),
    Setting(
        "anchor_file",
        "MSREG_ANCHOR_FILE",
        "audit.anchor_file",
        None,
        N_("File outside the database that keeps signed marks of the log; best on another machine."),
    ),
    Setting(
        "centre", "MSREG_CENTRE", "centre", None, N_("Code of the centre to work in when none is named.")
    ),
    Setting("page_size", "MSREG_PAGE_SIZE", "page_size", "50", N_("Rows on one page of a list.")),
    Setting(
        "export_language", "MSREG_EXPORT_LANG", "export.lang", None, N_("Language of labels in exports.")
    ),
    *_group("lareb", *_LAREB),
    *_group(
        "office",
        ("name", None, N_("Name of the registry office, in letters.")),
        ("address", None, N_("Postal address of the registry office, in letters.")),
        ("email", None, N_("E-mail address of the registry office, in letters and mails to patients.")),
        ("phone", None, N_("Telephone number of the registry office, in letters and mails to patients.")),
        ("mail_name", None, N_("Who signs mails to patients; a name that tells of no disease.")),
    ),
    Setting(
        "proms_wording",
        "MSREG_PROMS_WORDING",
        "proms.wording_file",
        None,
        N_("File with the official wording of the EQ-5D-5L, for an office that has a licence."),
    ),
    *_group("cases", *_SCANNING, _QUOTA),
)


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
    lareb: Lareb = Lareb()
    cases: Cases = Cases()

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


def home_folder(environ: Mapping[str, str]) -> Path:
    """The registry's folder: MSREG_HOME, else the place that the system keeps for a user's data."""
    if named := environ.get("MSREG_HOME"):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("msreg")


def language(environ: Mapping[str, str], wanted: str | None = None) -> Language:
    """`--lang`, else MSREG_LANG, else the locale; English where that says neither.

    Raises `Usage` when `--lang` or MSREG_LANG names another language.
    """
    for source in (wanted, environ.get("MSREG_LANG")):
        if source:
            try:
                return Language(source.lower()[:2])
            except ValueError:
                raise Usage(
                    N_("There is no language {lang} here; nl and en are."), field="lang", lang=repr(source)
                ) from None
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return Language.NL if value.lower().startswith("nl") else Language.EN
    return Language.EN


def load_settings(environ: Mapping[str, str], *, lang: str | None = None) -> Settings:
    """Read the settings of this call. Raises `Usage` with the setting's name when one is wrong."""
    home = home_folder(environ)
    stored = _stored(home / "msreg.toml")

    def setting(name: str) -> str | None:
        known = next(each for each in SETTINGS if each.name == name)
        value = environ.get(known.env)
        if value is None and known.toml:
            value = stored.get(known.toml)
        return known.default if value is None else str(value)

    try:
        page_size = int(setting("page_size") or "")
    except ValueError:
        page_size = 0
    if not 1 <= page_size <= 10_000:
        raise Usage(
            N_("MSREG_PAGE_SIZE (page_size) takes a whole number from 1 to 10000."), field="page_size"
        )
    spoken = language(environ, lang or (None if environ.get("MSREG_LANG") else setting("lang")))
    exported = setting("export_language")
    anchor, wording = setting("anchor_file"), setting("proms_wording")
    return Settings(
        home=home,
        environ=environ,
        lang=spoken,
        page_size=page_size,
        centre=setting("centre"),
        export_language=language(environ, exported) if exported else None,
        anchor_file=Path(anchor).expanduser() if anchor else None,
        proms_wording=Path(wording).expanduser() if wording else None,
        cases=Cases(
            scanner=_one_of(setting, "cases_scanner", "none", "clamd", "clamscan"),
            scanner_address=setting("cases_scanner_address") or None,
            scan_required=_one_of(setting, "cases_scan_required", "no", "yes") == "yes",
        ),
        lareb=Lareb(
            sender=setting("lareb_sender") or "",
            receiver=setting("lareb_receiver") or "",
            email=setting("lareb_email"),
            folder=Path(folder).expanduser() if (folder := setting("lareb_folder")) else None,
        ),
        office=Office(
            **{
                # One line each, whatever msreg.toml has: they stand in lines of letters and mails.
                name: " ".join((setting(f"office_{name}") or "").split()) or None
                for name in ("name", "address", "email", "phone", "mail_name")
            }
        ),
    )


def _one_of(setting: Callable[[str], str | None], name: str, *known: str) -> str:
    value = (setting(name) or "").lower()
    if value not in known:
        field = name.replace("_", ".", 1)
        raise Usage(N_("The setting {name} takes: {known}."), field=field, name=field, known=", ".join(known))
    return value


def _stored(path: Path) -> dict[str, Any]:
    """What msreg.toml says, with dotted names; nothing when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError):
        raise Usage(
            N_("The settings file {path} cannot be read; check its rights and that it is UTF-8 text."),
            path=str(path),
        ) from None
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Usage(
            N_("The settings file {path} is not valid TOML: {why}."), path=str(path), why=str(fault)
        ) from None
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": each for inner, each in value.items()})
        else:
            flat[key] = value
    known = {each.toml for each in SETTINGS if each.toml}
    for key in flat:
        if key not in known:
            raise Usage(
                N_("The settings file {path} has an unknown setting {key}; see msreg help settings."),
                path=str(path),
                key=key,
            )
    return flat


def data_folder() -> Path:
    """Forms, medicines, texts and translations: beside the package in a checkout, inside it in a wheel."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"

"""Reading the settings: options first, then MSREG_* variables, then msreg.toml, then defaults (SPEC C6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msreg.config.known import SETTINGS
from msreg.config.settings import Backups, Cases, Lareb, Mail, Office, Proms, Settings, Web
from msreg.errors import Usage
from msreg.vocabulary import N_, Language

_ADDRESS = re.compile(r"[^\s@<>\"',;:]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_URL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?")


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

    page_size = _number(setting, "page_size", 1, 10_000)
    assert page_size is not None
    spoken = language(environ, lang or (None if environ.get("MSREG_LANG") else setting("lang")))
    exported = setting("export_language")
    return Settings(
        home=home,
        environ=environ,
        lang=spoken,
        page_size=page_size,
        centre=setting("centre"),
        export_language=language(environ, exported) if exported else None,
        anchor_file=_path(setting("anchor_file")),
        proms_wording=_path(setting("proms_wording")),
        proms=Proms(
            every_months=_number(setting, "proms_every_months", 1, 120),
            link_days=_number(setting, "proms_link_days", 1, 366) or 0,
        ),
        mail=Mail(
            transport=_one_of(setting, "mail_transport", "folder", "smtp"),
            folder=_path(setting("mail_folder")),
            host=setting("mail_host") or None,
            port=_number(setting, "mail_port", 1, 65_535),
            security=_one_of(setting, "mail_security", "starttls", "tls", "none"),
            user=setting("mail_user") or None,
            sender=_address(setting, "mail_sender"),
            reply_to=_address(setting, "mail_reply_to"),
        ),
        web=Web(
            url=_url(setting, "web_url"),
            host=setting("web_host") or "",
            port=_number(setting, "web_port", 1, 65_535) or 0,
        ),
        backup=Backups(
            folder=_path(setting("backup_folder")), keep=_number(setting, "backup_keep", 1, 10_000) or 0
        ),
        cases=Cases(
            scanner=_one_of(setting, "cases_scanner", "none", "clamd", "clamscan"),
            scanner_address=setting("cases_scanner_address") or None,
            scan_required=_one_of(setting, "cases_scan_required", "no", "yes") == "yes",
        ),
        lareb=Lareb(
            sender=setting("lareb_sender") or "",
            receiver=setting("lareb_receiver") or "",
            email=setting("lareb_email"),
            folder=_path(setting("lareb_folder")),
        ),
        office=Office(
            **{
                # One line each, whatever msreg.toml has: they stand in lines of letters and mails.
                name: " ".join((setting(f"office_{name}") or "").split()) or None
                for name in ("name", "address", "email", "phone", "mail_name")
            }
        ),
    )


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _number(setting: Callable[[str], str | None], name: str, low: int, high: int) -> int | None:
    """A whole number within limits; None where nothing was set and there is no default."""
    text = setting(name)
    if text is None or text == "":
        return None
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    known = next(each for each in SETTINGS if each.name == name)
    raise Usage(
        N_("{variable} ({setting}) takes a whole number from {low} to {high}."),
        field=known.toml or name,
        variable=known.env,
        setting=known.toml or name,
        low=low,
        high=high,
    )


def _address(setting: Callable[[str], str | None], name: str) -> str | None:
    """A plain mail address, as it stands in the head of a mail."""
    text = (setting(name) or "").strip()
    if not text:
        return None
    if not _ADDRESS.fullmatch(text):
        field = name.replace("_", ".", 1)
        raise Usage(N_("The setting {name} takes a mail address."), field=field, name=field)
    return text


def _url(setting: Callable[[str], str | None], name: str) -> str | None:
    text = (setting(name) or "").strip()
    if not text:
        return None
    if not _URL.fullmatch(text):
        field = name.replace("_", ".", 1)
        raise Usage(
            N_("The setting {name} takes an address of the web, such as https://vragen.example.org."),
            field=field,
            name=field,
        )
    return text.rstrip("/")


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

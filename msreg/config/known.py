"""Every setting: its variable, its place in msreg.toml, its default, and what it is for (SPEC C6).

No setting is a secret; keys and passwords come from the sources that `store/keysources.py` and `mail/password.py` know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msreg.vocabulary import N_


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
_MAIL = (
    ("transport", "folder", N_(
        "How mails go out: folder (files that nobody gets, for trying) or smtp.")),
    ("folder", None, N_("Folder for mails as files; without it the folder outbox of the registry.")),
    ("host", None, N_("The SMTP server that mails go to; the only outside address that msreg reaches.")),
    ("port", None, N_("Its port; 587 with starttls and 465 with tls when nothing is set.")),
    ("security", "starttls", N_(
        "How the connection is enciphered: starttls or tls; none is taken for a server on this machine alone.")),
    ("user", None, N_(
        "The name to log in with at the SMTP server; the password is never a setting: msreg reminders password.")),
    ("sender", None, N_("The address that mails come from.")),
    ("reply_to", None, N_("The address for answers; without it office.email.")),
)  # fmt: skip
_WEB = (
    ("url", None, N_(
        "Address of the pages behind the links in mails, with https; without it this machine's own, for trying.")),
    ("host", "127.0.0.1", N_("Address on which msreg serve listens.")),
    ("port", "8420", N_("Port on which msreg serve listens.")),
)  # fmt: skip
_PROMS = (
    ("every_months", None, N_(
        "Months after which a patient is asked again while no new course came; without it once a course.")),
    ("link_days", "42", N_("Days that the link to a questionnaire works.")),
)  # fmt: skip

_BACKUP = (
    ("folder", None, N_("Folder for backups, best on another disk; without it the folder backups of the registry.")),
    ("keep", "14", N_("How many backups msreg db backup keeps; it removes older ones.")),
)  # fmt: skip

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
    *_group("proms", *_PROMS),
    *_group("cases", *_SCANNING, _QUOTA),
    *_group("mail", *_MAIL),
    Setting(
        "mail_password_file",
        "MSREG_MAIL_PASSWORD_FILE",
        None,
        None,
        N_("File with the password for the SMTP server, which nobody else may read."),
    ),
    Setting(
        "mail_password_cmd",
        "MSREG_MAIL_PASSWORD_CMD",
        None,
        None,
        N_("Command that prints the password for the SMTP server."),
    ),
    *_group("web", *_WEB),
    *_group("backup", *_BACKUP),
)

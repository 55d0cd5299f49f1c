"""Mail addresses of people of the office and of centres: one rule for their shape, that of patients."""

from __future__ import annotations

from msreg.errors import Refused, Usage
from msreg.rules.identifiers import is_email
from msreg.vocabulary import N_, Language


def checked_address(text: str) -> str:
    """The address without spaces around it. Raises `Refused` for what is no address; the text is not repeated."""
    address = text.strip()
    if not is_email(address):
        raise Refused(N_("This is not an e-mail address: write it as name@example.org."), field="email")
    return address


def wanted_mail(email: str | None, no_email: bool, language: Language | None) -> dict[str, str | None]:
    """What changes of the columns `email` and `language`; what was not named is not among them."""
    if email is not None and no_email:
        raise Usage(N_("Choose one of --email and --no-email."), field="email")
    wanted: dict[str, str | None] = {}
    if email is not None:
        wanted["email"] = checked_address(email)
    if no_email:
        wanted["email"] = None
    if language is not None:
        wanted["language"] = language.value
    return wanted

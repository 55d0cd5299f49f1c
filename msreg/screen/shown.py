"""Values as people read them in their language; None stays None, so that a table shows –."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.screen.language import _, active
from msreg.vocabulary import Language


def day(value: date | str | None) -> str | None:
    """A date: 2022-03-31 in English, 31-03-2022 in Dutch (SPEC C10). Partial dates (2019, 2019-05) too."""
    if not value:
        return None
    text = value if isinstance(value, str) else value.strftime("%Y-%m-%d")
    return "-".join(reversed(text.split("-"))) if active() is Language.NL else text


def moment(value: datetime | None) -> str | None:
    """A timestamp (aware) on the clock of the office, to the minute."""
    if value is None:
        return None
    local = value.astimezone(ZoneInfo(AMSTERDAM))
    return f"{day(local.date())} {local:%H:%M}"


def number(value: Decimal | float | None) -> str | None:
    """A number; Dutch has a decimal comma."""
    if value is None:
        return None
    return str(value).replace(".", ",") if active() is Language.NL else str(value)


def yes_no(value: bool | None) -> str | None:
    """yes or no."""
    return None if value is None else _("yes") if value else _("no")

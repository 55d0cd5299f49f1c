"""A filled-in EQ-5D-5L in words: 0.705, score 68."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msreg.rules.eq5d import Change
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.services.deriving import worth
from msreg.vocabulary import N_, Language

_THOUSANDTH = Decimal("0.001")
CHANGES: Mapping[Change, str] = {
    Change.BETTER: N_("better"),
    Change.WORSE: N_("worse"),
    Change.MIXED: N_("mixed"),
    Change.SAME: N_("same"),
}


def index_told(index: Decimal | None) -> str | None:
    """An index value with its decimals: 0.390; 1 as 1.000, so that a column of them lines up."""
    if index is None:
        return None
    rounded = index.quantize(_THOUSANDTH)
    text = f"{rounded if rounded == index else index:f}"
    return text.replace(".", ",") if active() is Language.NL else text


def tell_worth(screen: Screen, values: Mapping[str, Any]) -> None:
    """What the answers to a list are worth, below the line that says that they are saved."""
    found = worth(values)
    if found["profile"] is None:
        screen.line(_("No index value: not every dimension is answered."), tone="orange")
        return
    text = _("Profile {profile}: index value {index} ({value_set}).")
    screen.line(
        text.format(
            profile=found["profile"], index=index_told(found["index_value"]), value_set=found["value_set"]
        )
    )

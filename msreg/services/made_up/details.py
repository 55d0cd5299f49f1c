"""What is asked about single medicines: JCV, IgG, lymphocytes, ECG, genotype, deviating intervals."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from msreg.services.made_up.lists import Treatment

NATALIZUMAB = "L04AG03"
_TERIFLUNOMIDE, _SIPONIMOD = "L04AK02", "L04AE03"
_FUMARATES = frozenset(("L04AX07", "L04AX09"))
_ANTI_CD20 = {"L04AG08": 270, "L04AG12": 60, "L04AG14": 260, "L01FA01": 300}
"""With the longer interval, in days, that some are given."""
_S1P = frozenset(("L04AE01", "L04AE02", "L04AE04", _SIPONIMOD))


def jcv_index(rng: Random) -> Decimal | None:
    """The patient's JCV index, if there are antibodies."""
    return Decimal(rng.randint(20, 380)) / 100 if rng.random() < 0.5 else None


def details(
    rng: Random, values: dict[str, Any], chosen: Treatment, jcv: Decimal | None, *, used_before: bool
) -> None:
    """The questions that hang on the medicine."""
    values["deviating_interval"] = False
    code = chosen.code
    if code == NATALIZUMAB:
        values |= {"jcv_status": "positive" if jcv else "negative", "prior_immunosuppressant": used_before}
        if jcv:
            values["jcv_index"] = jcv
        if rng.random() < 0.35:
            _deviating(values, "extended_interval_jcv", rng.choice((42, 56)))
    elif code in _ANTI_CD20:
        if rng.random() < 0.7:
            values["igg"] = Decimal(rng.randint(48, 130)) / 10
        if rng.random() < 0.2:
            reason = rng.choice(("low_counts", "vaccination_infection", "b_cell_guided", "pregnancy"))
            _deviating(values, reason, _ANTI_CD20[code])
    elif code in _FUMARATES:
        if rng.random() < 0.8:
            values["lymphocyte_nadir"] = Decimal(rng.randint(45, 210)) / 100
    elif code in _S1P:
        values["first_dose_ecg"] = rng.random() < 0.97
        if code == _SIPONIMOD:
            values["cyp2c9"] = rng.choices(("*1/*1", "*1/*2", "*1/*3", "*2/*3"), (64, 20, 12, 4))[0]
    elif code == _TERIFLUNOMIDE and "stop_date" in values:
        values["washout_done"] = rng.random() < 0.8


def _deviating(values: dict[str, Any], reason: str, days: int) -> None:
    values |= {"deviating_interval": True, "deviating_reason": reason, "interval_days": days}

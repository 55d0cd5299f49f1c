"""The catalogue of medicines: complete, without doubles, and refused when broken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from msreg.errors import MsregError
from msreg.forms.medicines import as_choices, catalogue, medicine, read_catalogue

GOOD = """
[[medicines]]
code = "A"
inn = { nl = "stof", en = "substance" }
atc = "A01"
dose = { nl = "1 mg", en = "1 mg" }
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "medicines.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_needs_code_inn_atc_and_dose_only(tmp_path: Path) -> None:
    (entry,) = read_catalogue(written(tmp_path, GOOD))
    assert (entry.code, entry.atc, entry.brands, entry.interval_days) == ("A", "A01", (), None)
    assert entry.label("en") == "substance"
    assert entry.dmt
    assert entry.choosable


def test_numbers_and_dates_are_typed(tmp_path: Path) -> None:
    text = GOOD + 'interval_days = "0.5"\nwithdrawn_on = 2018-03-02\nbrands = ["B", "C"]\n'
    (entry,) = read_catalogue(written(tmp_path, text))
    assert entry.interval_days == Decimal("0.5")
    assert entry.withdrawn_on == date(2018, 3, 2)
    assert entry.label("nl") == "stof (B, C)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("medicines = [", "medicines.toml cannot be read"),
        (GOOD + GOOD, "the code A stands there twice"),
        (GOOD.replace('atc = "A01"', ""), "the medicine A is not complete: 'atc'"),
        (GOOD.replace('code = "A"', ""), "the medicine ? is not complete: 'code'"),
        (GOOD.replace(', en = "substance"', ""), "the medicine A is not complete: 'en'"),
        (GOOD + 'interval_days = "often"\n', "the medicine A is not complete"),
        (GOOD + "interval_days = 0\n", "the medicine A is not complete: interval_days is not more than 0"),
        (GOOD + 'brands = "Avonex"\n', "the medicine A is not complete: brands is not a list"),
        (GOOD + 'withdrawn_on = "2018"\n', "the medicine A is not complete: withdrawn_on is not a date"),
        ('medicines = ["A"]', "the medicine ? is not complete"),
    ],
)
def test_a_broken_catalogue_is_refused_with_code_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(MsregError) as caught:
        read_catalogue(written(tmp_path, text))
    assert reason in str(caught.value)


def test_a_missing_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MsregError, match="cannot be read"):
        read_catalogue(tmp_path / "none.toml")


def test_the_catalogue_of_the_project_has_no_doubles() -> None:
    codes = [each.code for each in catalogue()]
    labels = [choice.label["nl"].casefold() for choice in as_choices()]
    assert len(set(codes)) == len(codes)
    assert len(set(labels)) == len(labels)
    assert not any(";" in code or "," in code for code in codes)


def test_the_regular_interval_and_its_group_agree() -> None:
    """G3: the question about a deviating interval is asked by the group, judged by the interval."""
    for each in catalogue():
        assert ("interval" in each.groups) is (each.interval_days is not None), each.code


def test_g1_a_medicine_has_atc_route_and_dose() -> None:
    for each in catalogue():
        assert each.atc
        assert each.route
        assert all(each.dose.values())


def test_one_medicine_by_its_code() -> None:
    assert medicine("L04AG03") is not None
    assert medicine("nothing") is None
    assert {choice.code for choice in as_choices()} == {each.code for each in catalogue() if each.choosable}

"""What reports withhold of other centres (SPEC O3, decision 0032)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.formats.report import SMALL, Report
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Make = Callable[..., Report]


def test_four_others_are_nobody_and_five_are_shown(
    cells: Any, both: Any, make: Make, lay: Any, patients: Any
) -> None:
    """With four others nothing of all is told; the fifth opens what is not all alike."""
    lay(**both(patients("AMS01", 3), patients("UTR01", 2), patients("UTR01", 2, 3, sex="male")))
    few = make("benchmark")
    assert (few.patients, few.others, few.remarks) == (3, SMALL, ("few_others",))
    for table in few.tables:
        for at, column in enumerate(table.columns):
            if column.key.startswith("all"):
                assert all(each.values[at] is SMALL for each in table.rows), table.key
    assert all(each.target is None for each in few.funnels)
    lay(**patients("UTR01", 1, 9))
    more = make("benchmark")
    assert (more.others, more.remarks) == (5, ("one_other",))
    assert all(values[2] is SMALL for values in cells(more, "sex").values()), "three and two"


def test_a_small_cell_takes_another_with_it(
    cells: Any, both: Any, make: Make, lay: Any, patients: Any
) -> None:
    """Three men of others are withheld, and with them the women: the sum is known."""
    lay(**both(patients("AMS01", 9), patients("UTR01", 20), patients("UTR01", 3, 21, sex="male"),
               patients("UTR01", 8, 31, sex="other")))  # fmt: skip
    found = cells(make("benchmark"), "sex")
    assert found == {
        "female": (9, Decimal("100.0"), 29, Decimal("72.5")),
        "male": (0, Decimal("0.0"), SMALL, SMALL),
        "other": (0, Decimal("0.0"), SMALL, SMALL),
        "unknown": (0, Decimal("0.0"), 0, Decimal("0.0")),
    }


def test_who_is_shared_with_the_own_centre_is_known_there(
    cells: Any, both: Any, make: Make, lay: Any, patients: Any, registry: Registry, desk: Actor, today: date
) -> None:
    """Of six men of the other centre two are shared: the four who are left would be a small cell."""
    lay(**both(patients("AMS01", 5), patients("UTR01", 20), patients("UTR01", 6, 21, sex="male")))
    assert cells(make("benchmark"), "sex")["male"][2] == 6
    with registry.light() as db:
        ids = [row[0] for row in db.rows("SELECT id FROM patient WHERE sex = 'male' ORDER BY number LIMIT 2")]
    for each in ids:
        share(registry, by=desk, patient_id=each, centre_code="AMS01", today=today)
    assert cells(make("benchmark"), "sex")["male"][2] is SMALL


def test_four_others_are_withheld_though_all_of_them_are_shared(
    cells: Any, both: Any, make: Make, lay: Any, patients: Any, registry: Registry, desk: Actor, today: date
) -> None:
    """They are patients of others all the same: the page may be read by who may not see them."""
    lay(
        **both(
            patients("AMS01", 5),
            patients("UTR01", 20),
            patients("UTR01", 4, 21, sex="male"),
            patients("UTR01", 8, 31, sex="other"),
        )
    )
    with registry.light() as db:
        ids = [row[0] for row in db.rows("SELECT id FROM patient WHERE sex = 'male'")]
    for each in ids:
        share(registry, by=desk, patient_id=each, centre_code="AMS01", today=today)
    assert [values[2] for values in cells(make("benchmark"), "sex").values()] == [25, SMALL, SMALL, 0]


def test_the_office_sees_all_centres_by_name_only_without_an_own_one(
    cells: Any, both: Any, make: Make, lay: Any, patients: Any
) -> None:
    """A page on a centre is made to be handed on, so small cells of others are withheld from the office too."""
    lay(**both(patients("AMS01", 2), patients("UTR01", 3)))
    whole = make("completeness", None)
    assert (whole.patients, whole.compared, whole.centre) == (5, False, None)
    assert cells(whole, "centres") == {
        "AMS01": (2, 2, Decimal("100.0"), 0, 0),
        "UTR01": (3, 3, Decimal("100.0"), 0, 0),
    }
    points = {point.label: (point.people, point.cases) for point in whole.funnels[0].points}
    assert points == {"AMS01": (2, 2), "UTR01": (3, 3)}
    one = make("completeness", "AMS01")
    assert (one.others, one.compared) == (SMALL, True)
    assert "centres" not in {table.key for table in one.tables}


def test_points_of_others_have_no_name_and_are_never_of_a_few(both: Any, make: Make, lay: Any, patients: Any, registry: Registry,
                                                              desk: Actor, lose: Any) -> None:  # fmt: skip
    """Three others of which one has two patients with open questions: that one is left out, and another with it."""
    from msreg.services.centres import add_centre

    for code in ("GRO01", "LEI01", "NIJ01"):
        add_centre(registry, by=desk, code=code, name=code)
    sizes = {"AMS01": (20, 10), "UTR01": (30, 30), "GRO01": (40, 25), "LEI01": (12, 2), "NIJ01": (15, 12)}
    parts = []
    for code, (done, left) in sizes.items():
        parts.append(patients(code, done + left))
    lay(**both(*parts))
    for code, (done, _left) in sizes.items():
        lose(code, done + 1)
    plot = next(each for each in make("benchmark").funnels if each.key == "complete")
    assert plot.target == Decimal(117) / 196
    assert [(point.own, point.label, point.people, point.cases) for point in plot.points] == [
        (True, None, 30, 20), (False, None, 60, 30), (False, None, 65, 40),
    ]  # fmt: skip
    assert plot.withheld

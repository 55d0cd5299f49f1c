"""Dutch or English, from gettext catalogues; help pages follow the language of the call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from msreg.cli import GROUPS, root
from msreg.screen.language import _, activate, active, ngettext
from msreg.screen.shown import day, moment, number, yes_no
from msreg.vocabulary import Language


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    activate(Language.EN)


@pytest.fixture
def dutch(tmp_path: Path) -> Path:
    catalogue = Catalog("nl", domain="msreg")
    catalogue.add(("{count} more", "{count} more"), ("nog {count}", "nog {count} meer"))
    for english, text in (
        ("Usage:", "Gebruik:"),
        ("Commands", "Opdrachten"),
        ("Show this text and stop.", "Toon deze tekst en stop."),
        (GROUPS["courses"].help, "Belopen: de gedateerde vervolgmetingen van een patiënt."),
    ):
        catalogue.add(english, text)
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with open(folder / "msreg.mo", "wb") as file:
        write_mo(file, catalogue)
    return tmp_path


def test_texts_come_from_the_catalogue(dutch: Path) -> None:
    activate("nl", dutch)
    assert active() is Language.NL
    assert _("Usage:") == "Gebruik:"
    assert _("") == ""
    assert ngettext("{count} more", "{count} more", 1) == "nog 1"
    assert ngettext("{count} more", "{count} more", 12) == "nog 12 meer"


def test_without_a_catalogue_the_msgids_show(tmp_path: Path) -> None:
    activate("en", tmp_path)
    assert _("Usage:") == "Usage:"
    assert ngettext("{count} row", "{count} rows", 2) == "2 rows"


def test_help_is_made_in_the_language_of_the_call(dutch: Path) -> None:
    program = root()
    with program.make_context("msreg", ["help"], resilient_parsing=True) as ctx:
        activate("nl", dutch)
        page = program.get_help(ctx)
        assert page.startswith("Gebruik: msreg")
        assert "courses      Belopen: de gedateerde vervolgmetingen" in page
        assert "Toon deze tekst en stop." in page
        activate("en", dutch)
        assert program.get_help(ctx).startswith("Usage: msreg")


def test_dates_and_numbers_follow_the_language(tmp_path: Path) -> None:
    at = datetime(2022, 3, 30, 22, 30, tzinfo=UTC)
    activate("en", tmp_path)
    assert [day(date(2022, 3, 31)), day("2019-05"), day(None)] == ["2022-03-31", "2019-05", None]
    assert [moment(at), number(Decimal("3.5")), yes_no(None)] == ["2022-03-31 00:30", "3.5", None]
    activate("nl", tmp_path)
    assert [day(date(2022, 3, 31)), day("2019-05"), day("2019")] == ["31-03-2022", "05-2019", "2019"]
    assert [moment(at), number(Decimal("3.5")), number(None)] == ["31-03-2022 00:30", "3,5", None]

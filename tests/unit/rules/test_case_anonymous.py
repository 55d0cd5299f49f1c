"""What could tell whose case a document is about: found in every usual writing, counted, never repeated."""

from __future__ import annotations

from datetime import date

import pytest

from msreg.rules.case_anonymous import Own, Trace, TraceKind, found

BIRTH = date(2026, 3, 5)


def count(text: str, kind: TraceKind, own: Own | None = None) -> int:
    traces = found(text, own or Own())
    assert all(each.kind is kind for each in traces)
    return sum(each.count for each in traces)


@pytest.mark.parametrize(
    "text",
    [
        "999990019", "BSN 999990019.", "bsn:999990019", "(999990019)", "9999.90.019", "999 990 019", "9999 90 019",
        "999-990-019", "999.990.019", "９９９９９００１９", "999\u00a0990\u00a0019", "bsn\n999990019\n", "999990019, geboren",
        "9999\u00ad90019", "99.999.00.19", "999 99 00 19",
    ],
)  # fmt: skip
def test_numbers_that_are_a_bsn(text: str) -> None:
    assert count(text, TraceKind.BSN) == 1


@pytest.mark.parametrize(
    "text",
    [
        "999990018", "99999001", "9999900190", "0999990019", "a999990019", "999990019a", "NL999990019B01", "000000000",
        "999990019,5", "1.999990019", "12-999990019", "9 9 9 9 9 0 0 1 9", "06 99999001 9", "+999990019",
    ],
)  # fmt: skip
def test_numbers_that_are_none(text: str) -> None:
    assert found(text, Own()) == []


def test_each_bsn_counts() -> None:
    assert count("999990019 en 999990019; 999990018 niet", TraceKind.BSN) == 2


@pytest.mark.parametrize(
    "text",
    [
        "de Vries", "DE VRIES", "Mw. A. de Vries.", "de Vriès", "de\nVries", "de  Vries,", "(de Vries)", "de-Vries", "de_Vries_brief",
        "de Vri\u00ades", "ｄｅ Ｖｒｉｅｓ",
    ],
)  # fmt: skip
def test_names_in_every_writing(text: str) -> None:
    assert count(text, TraceKind.NAME, Own(names=("de Vries",))) == 1


@pytest.mark.parametrize("text", ["de Vriesman", "Vries", "onde Vries", "deVries", "de V ries", ""])
def test_other_names(text: str) -> None:
    assert found(text, Own(names=("de Vries",))) == []


def test_names_of_several_words_and_shapes() -> None:
    own = Own(names=("Jansen-de Boer", "Özdemir", "'t Hart", "A", "", " "))
    assert count("mevr. Jansen - de Boer, A. Ozdemir en 't Hart (A)", TraceKind.NAME, own) == 3


def test_a_name_within_a_name_counts_once_at_each_place() -> None:
    assert count("Boer; Jansen-de Boer", TraceKind.NAME, Own(names=("Boer", "Jansen-de Boer"))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "5-3-2026", "05-03-2026", "5/3/2026", "05/03/2026", "5.3.2026", "05.03.2026.", "5 3 2026", "5 - 3 - 2026", "5-3-26",
        "05-03-'26", "5/3/26", "2026-03-05", "2026/03/05", "2026-03-05T10:00", "20260305", "2026:03:05", "05032026", "5 maart 2026",
        "5 Maart 2026", "05 mrt 2026", "5 mrt. 2026", "5-mrt-2026", "5 mrt '26", "5e maart 2026", "5 march 2026", "5th March, 2026",
        "March 5, 2026", "maart 5 2026", "op 5-3-2026, om", "(5-3-2026)", "geb.5-3-2026", "5\u00a0maart\u00a02026", "5\nmaart 2026",
    ],
)  # fmt: skip
def test_dates_in_every_writing(text: str) -> None:
    assert count(text, TraceKind.DATE, Own(dates=(BIRTH,))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "4-3-2026", "6-3-2026", "5-4-2026", "5-3-2025", "15-3-2026", "5-3-20261", "5-13-2026", "3-5-2026", "2026-05-03", "2026-03-15",
        "5 mei 2026", "5 maart", "maart 2026", "15 maart 2026", "5 maartse 2026", "1.5.3.2026", "5-3-2026-1", "120260305", "202603051",
        "5-3/2026", "99-99-9999", "5 maart 20261",
    ],
)  # fmt: skip
def test_other_dates(text: str) -> None:
    assert found(text, Own(dates=(BIRTH,))) == []


def test_dates_that_can_be_read_in_two_ways_count_once() -> None:
    assert count("20262026 05-03-2026 2026-03-05", TraceKind.DATE, Own(dates=(BIRTH, date(2026, 5, 3)))) == 2


@pytest.mark.parametrize(("text", "times"), [
    ("Nr. ab-1234", 1), ("AB-1234.", 1), ("AB-12345", 0), ("XAB-1234", 0), ("ab-1234, AB-1234", 2), ("AB1234", 0),
])  # fmt: skip
def test_numbers_of_the_patient(text: str, times: int) -> None:
    assert count(text, TraceKind.NUMBER, Own(numbers=("AB-1234",))) == times


def test_short_numbers_stand_everywhere() -> None:
    assert found("kamer 12", Own(numbers=("12", "", "  "))) == []


def test_what_was_found_is_not_in_the_result() -> None:
    own = Own(("Voorbeeld",), (BIRTH,), ("K1234",))
    traces = found("Voorbeeld 999990019 5-3-2026 K1234 Voorbeeld", own)
    assert traces == [
        Trace(TraceKind.BSN, 1), Trace(TraceKind.NAME, 2), Trace(TraceKind.DATE, 1), Trace(TraceKind.NUMBER, 1)
    ]  # fmt: skip
    assert not any(word in repr(traces) for word in ("oorbeeld", "99999", "2026", "1234"))


def test_a_long_text_takes_little_time() -> None:
    import time

    text = ("Ontslagbrief: patiënte, 1-2-2026 hemoglobine 4,2; 123456789 12.3.4.5.6 " * 30_000)[:2_000_000]
    start = time.process_time()
    assert found(text, Own(("de Vries", "Jansen"), (BIRTH,), ("AB-1234",))) == []
    assert time.process_time() - start < 3

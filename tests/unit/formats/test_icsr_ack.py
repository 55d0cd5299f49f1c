"""Reading acknowledgements: published ones, ours, and what only looks like one (SPEC L1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msreg.errors import MsregError, NotFound, Refused
from msreg.formats import icsr_ack
from msreg.formats.icsr_ack import Answer, read_ack

INSTANCES = Path(__file__).parent.parent.parent / "fixtures" / "icsr"


def test_a_published_refusal() -> None:
    ack = read_ack(INSTANCES / "ack-negative.xml")
    assert (ack.batch, ack.code) == ("FAERS2022Scenario2-4069-a2dd-08002b30309d", "AE")
    assert (ack.sender, ack.receiver) == ("ZZFDA", "5467AB890012")
    assert ack.text == "some ICSR message(s) need further action"
    (answer,) = ack.answers
    assert (answer.report, answer.code) == ("US-APHARMA-7644554", "CR")
    assert answer.text is not None
    assert answer.text.startswith("Element value for SafetyCasePriority")


def test_a_published_acceptance_that_names_the_message_before_the_report() -> None:
    ack = read_ack(INSTANCES / "ack-positive.xml")
    assert (ack.code, ack.answers) == (
        "AA", (Answer("US-APHARMA-8744554B", "CA", "Report Loaded Successfully"),),
    )  # fmt: skip


GOOD = (INSTANCES / "ack-negative.xml").read_text(encoding="utf-8")
ONE = GOOD[
    GOOD.index("<MCCI_IN000002UV01>") : GOOD.index("</MCCI_IN000002UV01>") + len("</MCCI_IN000002UV01>")
]
DTD = '<!DOCTYPE x [<!ENTITY a "{}">]>'
BAD: dict[str, Callable[[str], str | bytes]] = {
    "empty": lambda good: "",
    "cut off": lambda good: good[: len(good) // 2],
    "cut off at the last sign": lambda good: good.rstrip()[:-1],
    "not XML": lambda good: "PK\x03\x04",
    "another message": lambda good: (INSTANCES / "spontaneous.xml").read_text(),
    "another namespace": lambda good: good.replace("urn:hl7-org:v3", "urn:hl7-org:v2"),
    "an answer to a batch that is no answer": lambda good: good.replace('typeCode="AE"', 'typeCode="XX"'),
    "an answer to a report that is no answer": lambda good: good.replace('typeCode="CR"', 'typeCode="maybe"'),
    "no batch": lambda good: good.replace("targetBatch", "targetMatch"),
    "no report": lambda good: good.replace("targetMessage", "targetMassage"),
    "no sender": lambda good: good.replace('root="2.16.840.1.113883.3.989.2.1.3.17"', 'root="1"'),
    "the same report twice": lambda good: good.replace(ONE, ONE + ONE),
    "a document type": lambda good: good.replace("<MCCI_IN200101UV01", "<!DOCTYPE x><MCCI_IN200101UV01", 1),
    "a document type in UTF-16": lambda good: good.replace("UTF-8", "UTF-16").replace(
        "<MCCI_IN200101UV01", "<!DOCTYPE x><MCCI_IN200101UV01", 1
    ).encode("utf-16"),
    "a file of this machine": lambda good: good.replace(
        "<MCCI_IN200101UV01", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><MCCI_IN200101UV01', 1
    ).replace("some ICSR", "&a;"),
    "billions of words": lambda good: good.replace(
        "<MCCI_IN200101UV01",
        "<!DOCTYPE x [<!ENTITY a0 'lol'>"
        + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
        + "]><MCCI_IN200101UV01",
        1,
    ).replace("some ICSR", "&a9;"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_only_looks_like_an_answer_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    bad = BAD[case](GOOD)
    path = tmp_path / "ack.xml"
    path.write_bytes(bad if isinstance(bad, bytes) else bad.encode())
    with pytest.raises(Refused) as told:
        read_ack(path)
    assert told.value.exit_code == 6
    sentence = str(told.value)
    assert "ack.xml" in sentence
    assert "root:" not in sentence
    assert "APHARMA" not in sentence


def test_a_file_that_is_not_there_and_one_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound):
        read_ack(tmp_path / "none.xml")
    monkeypatch.setattr(icsr_ack, "LARGEST", len(GOOD.encode()))
    path = tmp_path / "ack.xml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_ack(path).code == "AE"
    path.write_text(GOOD + " ", encoding="utf-8")
    with pytest.raises(Refused, match="too large"):
        read_ack(path)


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(MsregError) as told:
        read_ack(tmp_path)
    assert told.value.exit_code == 9


def test_a_long_remark_is_cut_and_stands_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ack.xml"
    path.write_text(GOOD.replace("some ICSR", "a\n  b" + "x" * 900), encoding="utf-8")
    text = read_ack(path).text
    assert text is not None
    assert (text[:3], len(text)) == ("a b", 500)

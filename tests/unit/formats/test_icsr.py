"""A report as E2B(R3): the order of elements of published instances, code lists, null flavours (SPEC L1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from msreg.formats import icsr, icsr_codes
from msreg.formats.icsr_report import Envelope, Medicine, Reaction, Report
from msreg.forms.load import load

INSTANCES = Path(__file__).parent.parent.parent / "fixtures" / "icsr"
AT = datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)
ENVELOPE = Envelope(
    id="NL-MSREG-L000001", sender="MSREG", receiver="LAREB", made=AT, email="lareb@example.org"
)
REPORT = Report(
    id="NL-MSREG-0000001",
    edition=1,
    received=AT - timedelta(days=3),
    recent=AT - timedelta(days=1),
    centre="Ziekenhuis De Amstelhof",
    city="Amsterdam",
    birth_date=date(1980, 5, 6),
    sex="female",
    death_date=date(2026, 3, 4),
    medicine=Medicine(
        name="ocrelizumab (Ocrevus)", substance="ocrelizumab", atc="L04AG08", route="intraveneus",
        start=date(2024, 1, 1), stop=date(2026, 2, 1), action="withdrawn",
    ),
    reaction=Reaction(
        words="koorts", meddra=("12345678", "27.1"), start=date(2024, 2, 1), end=date(2024, 2, 9),
        course="Begon na het infuus.", outcome="fatal", severity="severe", seriousness=("death",),
    ),
)  # fmt: skip
BARE = Report(
    id="NL-MSREG-0000002",
    edition=1,
    received=AT,
    recent=AT,
    centre="Ziekenhuis De Vecht",
    medicine=Medicine(name="x", substance="x", atc="x"),
    reaction=Reaction(words="uitslag", meddra=("12345678", "27.1")),
)

Node = Any

# What the published instances do not show and the guide gives a place: the date of death behind the birth date
# (D.9.1), the end of a reaction and of a treatment behind their start (E.i.5, G.k.4.r.5), and the organisation of the
# reporter where the sender has his (C.2.r.2.1).
ARGUED_ORDER = {
    ("player1", "birthTime", "deceasedTime"),
    ("player1", "name", "deceasedTime"),
    ("player1", "administrativeGenderCode", "deceasedTime"),
    ("effectiveTime", "low", "high"),
    ("assignedEntity", "addr", "representedOrganization"),
}
ARGUED_PLACES = {
    ("primaryRole", "player1", "deceasedTime"),
    ("observation", "effectiveTime", "high"),
    ("substanceAdministration", "effectiveTime", "low"),
    ("substanceAdministration", "effectiveTime", "high"),
}


def name(element: Node) -> str:
    return str(etree.QName(element).localname)


def batch(*reports: Report, envelope: Envelope = ENVELOPE) -> Node:
    head, tail = icsr.around(envelope)
    return etree.fromstring(icsr.assembled(head, [icsr.message(each, envelope) for each in reports], tail))


def order(root: Node) -> set[tuple[str, str, str]]:
    """Which child stands before which other one, under a parent of a name."""
    found = set()
    for parent in root.iter(etree.Element):
        children = [name(each) for each in parent if isinstance(each.tag, str)]
        found |= {(name(parent), a, b) for n, a in enumerate(children) for b in children[n + 1 :] if a != b}
    return found


def places(root: Node) -> set[tuple[str, str, str]]:
    """Elements with their parent and its parent."""
    return {
        (name(up), name(parent), name(each))
        for each in root.iter(etree.Element)
        if (parent := each.getparent()) is not None and (up := parent.getparent()) is not None
    }


@pytest.fixture(scope="module")
def published() -> list[Node]:
    return [etree.parse(INSTANCES / each).getroot() for each in ("spontaneous.xml", "study.xml")]


@pytest.mark.parametrize("report", [REPORT, BARE, replace(REPORT, birth_date=None, city=None)])
def test_l1_the_order_of_elements_is_that_of_the_published_instances(
    report: Report, published: list[Node]
) -> None:
    known = set().union(*map(order, published))
    own = order(batch(report, report))
    assert len(own) > 100
    turned = {
        (parent, a, b) for parent, a, b in own if (parent, b, a) in known and (parent, a, b) not in known
    }
    assert turned == set()
    assert own - known <= ARGUED_ORDER


def test_l1_every_element_stands_where_the_published_instances_have_it(published: list[Node]) -> None:
    known = set().union(*map(places, published))
    own = places(batch(REPORT, BARE))
    assert own - known == ARGUED_PLACES


def test_the_order_test_can_fail(published: list[Node]) -> None:
    """A batch with its sender before the messages is found."""
    root = batch(REPORT)
    root.insert(5, root[-1])
    known = set().union(*map(order, published))
    assert any((p, b, a) in known and (p, a, b) not in known for p, a, b in order(root))


def test_code_lists_and_constants_are_those_of_the_published_instances(published: list[Node]) -> None:
    """Every list that we name is named there, but that of our study type, which scenario 4 has."""
    roots = {value for root in published for value in root.xpath("//@codeSystem | //@root")}
    own = {
        value
        for value in batch(REPORT).xpath("//@codeSystem | //*[local-name() = 'id']/@root")
        if "-" not in value
    }
    assert own <= roots
    for path in (
        "/*/@ITSVersion",
        "/*/h:responseModeCode/@code",
        "/*/h:name/@code",
        "/*/*/h:acceptAckCode/@code",
    ):
        assert xpath(batch(REPORT), path) == xpath(published[0], path) != []


def test_null_flavours_are_those_of_the_guide() -> None:
    allowed = {"NI", "MSK", "UNK", "NA", "ASKU", "NASK", "NINF", "PINF"}
    assert set(batch(REPORT, BARE).xpath("//@nullFlavor")) <= allowed


def xpath(root: Node, path: str) -> list[str]:
    return [str(each) for each in root.xpath(path, namespaces={"h": icsr_codes.HL7})]


def observed(root: Node, code: str, attribute: str = "value") -> list[str]:
    """What an observation of the guide's list says: its value, or why there is none."""
    path = f"//h:code[@code='{code}' and @codeSystem='{icsr_codes.OBSERVATION}']/../h:value/@{attribute}"
    return xpath(root, path)


def with_reaction(**answers: Any) -> Node:
    return batch(replace(REPORT, reaction=replace(REPORT.reaction, **answers)))


def test_every_choice_of_the_form_has_a_code() -> None:
    form = load("adverse_event")
    for key, known in (
        ("outcome", icsr_codes.OUTCOMES),
        ("action_taken", icsr_codes.ACTIONS),
        ("seriousness", icsr_codes.CRITERIA),
    ):
        assert {each.code for each in form[key].choices} == set(known)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("recovered", "1"), ("recovering", "2"), ("not_recovered", "3"), ("sequelae", "4"), ("fatal", "5"),
     ("unknown", "0"), (None, "0")],
)  # fmt: skip
def test_e_i_7_outcome(outcome: str | None, code: str) -> None:
    assert observed(with_reaction(outcome=outcome), "27", "code") == [code]


@pytest.mark.parametrize(
    ("action", "code"),
    [("withdrawn", ["1"]), ("reduced", ["2"]), ("increased", ["3"]), ("unchanged", ["4"]), ("unknown", ["0"]),
     ("not_applicable", ["9"]), (None, [])],
)  # fmt: skip
def test_g_k_8_action(action: str | None, code: list[str]) -> None:
    root = batch(replace(REPORT, medicine=replace(REPORT.medicine, action=action)))
    assert xpath(root, f"//h:code[@codeSystem='{icsr_codes.ACTION}']/@code") == code


CRITERIA = {"death": "34", "life_threatening": "21", "hospitalisation": "33", "disability": "35",
            "congenital": "12", "other_important": "26"}  # fmt: skip


@pytest.mark.parametrize("ticked", [None, (), *((each,) for each in CRITERIA), tuple(CRITERIA)])
def test_e_i_3_2_a_criterion_is_true_or_unknown_and_never_false(ticked: tuple[str, ...] | None) -> None:
    root = with_reaction(seriousness=ticked)
    for criterion, code in CRITERIA.items():
        said = criterion in (ticked or ())
        assert observed(root, code) == (["true"] if said else [])
        assert observed(root, code, "nullFlavor") == ([] if said else ["NI"])
    assert observed(root, "23") == ["true" if ticked else "false"]


@pytest.mark.parametrize(
    ("sex", "code", "flavour"),
    [("male", ["1"], []), ("female", ["2"], []), ("other", [], ["UNK"]), (None, [], ["UNK"])],
)
def test_d_5_sex(sex: str | None, code: list[str], flavour: list[str]) -> None:
    root = batch(replace(REPORT, sex=sex))
    assert xpath(root, "//h:administrativeGenderCode/@code") == code
    assert xpath(root, "//h:administrativeGenderCode/@nullFlavor") == flavour


def test_a_whole_report_tells_everything_in_its_place() -> None:
    root = batch(REPORT)
    told = {
        "/*/h:id/@extension": ["NL-MSREG-L000001"],
        "/*/h:creationTime/@value": ["20261121100005+0000"],
        "//h:investigationEvent/h:id/@extension": ["NL-MSREG-0000001"] * 2,
        "//h:investigationEvent/h:effectiveTime/h:low/@value": ["20261118100005+0000"],
        "//h:availabilityTime/@value": ["20261120100005+0000"],
        "//h:investigationEvent/h:text/text()": ["Begon na het infuus.\nErnst: ernstig."],
        "//h:player1/h:name/@nullFlavor": ["MSK"],
        "//h:birthTime/@value": ["19800506"],
        "//h:deceasedTime/@value": ["20260304"],
        "//h:observation/h:effectiveTime/h:low/@value": ["20240201"],
        "//h:observation/h:effectiveTime/h:high/@value": ["20240209"],
        "//h:value[@codeSystemVersion]/@code": ["12345678"],
        "//h:value/@codeSystemVersion": ["27.1"],
        "//h:value[@codeSystemVersion]/h:originalText/text()": ["koorts"],
        "//h:value/h:originalText/@language": ["nld"],
        "//h:kindOfProduct/h:name/text()": ["ocrelizumab (Ocrevus)"],
        "//h:ingredientSubstance/h:name/text()": ["ocrelizumab"],
        "//h:substanceAdministration/h:effectiveTime/h:low/@value": ["20240101"],
        "//h:substanceAdministration/h:effectiveTime/h:high/@value": ["20260201"],
        "//h:routeCode/h:originalText/text()": ["intraveneus"],
        "//h:lotNumberText/@nullFlavor": ["NASK"],
        "//h:addr/h:city/text()": ["Amsterdam"],
        "//h:telecom/@value": ["mailto:lareb@example.org"],
        "//h:representedOrganization/h:name/text()": ["Ziekenhuis De Amstelhof", "MSREG"],
        "/*/h:receiver/h:device/h:id/@extension": ["LAREB"],
        "/*/h:sender/h:device/h:id/@extension": ["MSREG"],
    }
    assert {path: xpath(root, path) for path in told} == told
    links = xpath(root, "//h:productUseReference/h:id/@root")
    assert links == xpath(root, "//h:substanceAdministration/h:id/@root")


def test_a_bare_report_tells_no_day_that_nobody_gave() -> None:
    root = batch(BARE)
    for path in (
        "//h:birthTime",
        "//h:deceasedTime",
        "//h:low[../../h:value]",
        "//h:telecom[1=2]",
        "//h:addr",
        "//h:routeCode",
    ):
        assert xpath(root, path) == [], path
    assert xpath(root, "//h:substanceAdministration/h:effectiveTime/@nullFlavor") == ["UNK"]
    assert xpath(root, "//h:investigationEvent/h:text/text()") == ["uitslag"]


def test_moments_are_in_utc_whatever_their_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=5)))
    assert icsr.message(replace(REPORT, received=there), ENVELOPE) == icsr.message(
        replace(REPORT, received=AT), ENVELOPE
    )


SIGNS = ("\x00\x01\x0b\x1f\x7f", "\ufffe\uffff", "<b>&amp;]]>", "é ü 😀 ⇄", "\ud800", "'\"\r\n\t")


@pytest.mark.parametrize("text", SIGNS, ids=repr)
def test_no_sign_in_the_words_breaks_the_batch(text: str) -> None:
    root = with_reaction(words=f"a{text}b", course=f"a{text}b")
    (said,) = xpath(root, "//h:value[@codeSystemVersion]/h:originalText/text()")
    assert (said[0], said[-1]) == ("a", "b")


def test_the_same_report_gives_the_same_bytes_and_messages_stand_as_they_are() -> None:
    head, tail = icsr.around(ENVELOPE)
    first, second = icsr.message(REPORT, ENVELOPE), icsr.message(BARE, ENVELOPE)
    assert first == icsr.message(REPORT, ENVELOPE)
    whole = icsr.assembled(head, [first, second], tail)
    assert whole == head + first + second + tail
    assert whole.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<MCCI_IN200100UV01 ')
    found = etree.fromstring(whole)
    assert [name(each) for each in found] == [
        "id", "creationTime", "responseModeCode", "interactionId", "name", "PORR_IN049016UV", "PORR_IN049016UV",
        "receiver", "sender",
    ]  # fmt: skip

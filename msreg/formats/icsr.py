"""A report as an ICH E2B(R3) message, and the batch around its messages.

A message is written by itself, as a whole document: the batch is its head, the messages and its tail, byte after
byte, so that a stored message gives the same batch again.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from msreg.formats import icsr_codes as codes
from msreg.formats.icsr_case import assessment
from msreg.formats.icsr_element import add, moment, observation, path, root
from msreg.formats.icsr_report import Envelope, Report
from msreg.formats.icsr_words import answer, question
from msreg.rules.icsr import is_serious

_MESSAGES = "messages"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def around(envelope: Envelope) -> tuple[bytes, bytes]:
    """What stands before the messages of a batch, and what behind them: receiver and sender come last."""
    batch = root("MCCI_IN200100UV01", ITSVersion="XML_1.0")
    add(batch, "id", extension=envelope.id, root=codes.BATCH_ID)
    add(batch, "creationTime", value=moment(envelope.made))
    add(batch, "responseModeCode", code="D")
    add(batch, "interactionId", extension="MCCI_IN200100UV01", root=codes.INTERACTION)
    add(batch, "name", code="1", codeSystem=codes.MESSAGE_TYPE, displayName="ichicsr")
    batch.append(etree.Comment(_MESSAGES))
    _device(batch, "receiver:RCV", envelope.receiver, codes.BATCH_RECEIVER)
    _device(batch, "sender:SND", envelope.sender, codes.BATCH_SENDER)
    head, _mark, tail = _bytes(batch).partition(f"  <!--{_MESSAGES}-->\n".encode())
    return _DECLARATION + head, tail


def message(report: Report, envelope: Envelope) -> bytes:
    """One report as a message of a batch. It must have a MedDRA code: without one there is no valid message."""
    found = root("PORR_IN049016UV")
    add(found, "id", extension=report.id, root=codes.REPORT_ID)
    add(found, "creationTime", value=moment(envelope.made))
    add(found, "interactionId", extension="PORR_IN049016UV", root=codes.INTERACTION)
    add(found, "processingCode", code="P")
    add(found, "processingModeCode", code="T")
    add(found, "acceptAckCode", code="AL")
    _device(found, "receiver:RCV", envelope.receiver, codes.MESSAGE_RECEIVER)
    _device(found, "sender:SND", envelope.sender, codes.MESSAGE_SENDER)
    act = path(found, "controlActProcess:CACT")
    add(act, "code", code="PORR_TE049016UV", codeSystem=codes.TRIGGER)
    add(act, "effectiveTime", value=moment(envelope.made))
    _investigation(path(act, "subject:SUBJ", "investigationEvent:INVSTG"), report, envelope)
    return _bytes(found)


def assembled(head: bytes, messages: Iterable[bytes], tail: bytes) -> bytes:
    """The batch as a file."""
    return head + b"".join(messages) + tail


def _bytes(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, encoding="UTF-8", pretty_print=True, xml_declaration=False))


def _device(parent: etree._Element, what: str, name: str, list_id: str) -> None:
    add(path(parent, what, "device:DEV"), "id", extension=name, root=list_id)


def _investigation(event: etree._Element, report: Report, envelope: Envelope) -> None:
    """The case: what it is called, its story, the assessment, and who told it (sections C and H)."""
    add(event, "id", extension=report.id, root=codes.REPORT_ID)
    add(event, "id", extension=report.id, root=codes.WORLDWIDE_ID)
    add(event, "code", code="PAT_ADV_EVNT", codeSystem=codes.ACT)
    add(event, "text", narrative(report))
    add(event, "statusCode", code="active")
    add(add(event, "effectiveTime"), "low", value=moment(report.received))
    add(event, "availabilityTime", value=moment(report.recent))
    assessment(event, report)
    expedited = "true" if is_serious(report.reaction.seriousness) else "false"
    for code, name, value in (
        ("1", "additionalDocumentsAvailable", "false"),
        ("23", "localCriteriaForExpedited", expedited),
    ):
        told = path(event, "component:COMP", "observationEvent:OBS")
        observation(told, code, name)
        add(told, "value", type="BL", value=value)
    _first_sender(event)
    _source(event, report)
    _sender(event, envelope)
    for code, name in (("1", "ichReportType"), ("2", "otherCaseIds")):
        told = path(event, "subjectOf2:SUBJ", "investigationCharacteristic:OBS")
        add(told, "code", code=code, codeSystem=codes.CHARACTERISTIC, displayName=name)
        if code == "1":  # C.1.3: report from a study, for that is what a registry of patients counts as
            add(told, "value", type="CE", code="2", codeSystem=codes.REPORT_TYPE)
        else:
            add(told, "value", type="BL", nullFlavor="NI")


def narrative(report: Report) -> str:
    """The story of the case (H.1): what the reporter wrote, and how severe it was."""
    words = [report.reaction.course or report.reaction.words]
    if severity := answer("adverse_event", "severity", report.reaction.severity):
        words.append(f"{question('adverse_event', 'severity')}: {severity}.")
    return "\n".join(words)


def _first_sender(event: etree._Element) -> None:
    first = path(event, "outboundRelationship:SPRT", "relatedInvestigation:INVSTG")
    add(first, "code", code="1", codeSystem=codes.RELATED, displayName="initialReport")
    who = path(first, "subjectOf2:SUBJ", "controlActEvent:CACT", "author:AUT", "assignedEntity:ASSIGNED")
    add(who, "code", code="2", codeSystem=codes.FIRST_SENDER, displayName="other")


def _source(event: etree._Element, report: Report) -> None:
    """The centre as a health professional: which of its people it was, is withheld."""
    relation = path(event, "outboundRelationship:SPRT")
    add(relation, "priorityNumber", value="1")
    source = path(relation, "relatedInvestigation:INVSTG")
    add(source, "code", code="2", codeSystem=codes.RELATED, displayName="sourceReport")
    who = path(source, "subjectOf2:SUBJ", "controlActEvent:CACT", "author:AUT", "assignedEntity:ASSIGNED")
    if report.city:
        add(add(who, "addr"), "city", report.city)
    person = path(who, "assignedPerson:PSN")
    add(add(person, "name"), "family", nullFlavor="MSK")
    add(
        path(person, "asQualifiedEntity:QUAL"), "code", code="3", codeSystem=codes.QUALIFICATION,
        displayName="Other health professional",
    )  # fmt: skip
    _from_the_netherlands(person)
    _organisation(who, report.centre)


def _sender(event: etree._Element, envelope: Envelope) -> None:
    who = path(event, "subjectOf1:SUBJ", "controlActEvent:CACT", "author:AUT", "assignedEntity:ASSIGNED")
    add(who, "code", code="6", codeSystem=codes.SENDER_TYPE)
    if envelope.email:
        add(who, "telecom", value=f"mailto:{envelope.email}")
    _from_the_netherlands(path(who, "assignedPerson:PSN"))
    _organisation(who, envelope.sender)


def _from_the_netherlands(person: etree._Element) -> None:
    place = path(person, "asLocatedEntity:LOCE", "location:COUNTRY")
    add(place, "code", code="NL", codeSystem=codes.COUNTRY)


def _organisation(who: etree._Element, name: str) -> None:
    """The organisation stands behind its department, of which nothing is told."""
    behind = path(
        who, "representedOrganization:ORG", "assignedEntity:ASSIGNED", "representedOrganization:ORG"
    )
    add(behind, "name", name)

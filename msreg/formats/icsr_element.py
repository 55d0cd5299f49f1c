"""Elements of an HL7 message, made one below the other in the order in which they must stand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from lxml import etree

from msreg.formats.icsr_codes import HL7, OBSERVATION, XSI

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPE = f"{{{XSI}}}type"


def root(name: str, **attributes: str) -> etree._Element:
    """The element at the top of a document, with the namespaces of all below it."""
    return etree.Element(f"{{{HL7}}}{name}", attributes, nsmap={None: HL7, "xsi": XSI})  # type: ignore[dict-item]


def add(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    """A child behind those that `parent` has. `type` is the type of a value, as in BL or CE."""
    kind = attributes.pop("type", None)
    if kind is not None:
        attributes = {_TYPE: kind, **attributes}
    child = etree.SubElement(parent, f"{{{HL7}}}{name}", attributes)
    if text is not None:
        child.text = _NOT_XML.sub(" ", text)  # a sign that XML does not know would stop the whole batch
    return child


def path(parent: etree._Element, *names: str) -> etree._Element:
    """Elements one within the other; gives the innermost. `name:CODE` sets what kind of thing it is."""
    for each in names:
        name, _colon, kind = each.partition(":")
        parent = add(parent, name, **_KINDS[kind] if kind else {})
    return parent


_KINDS: dict[str, dict[str, str]] = {
    **{
        kind: {"typeCode": kind}
        for kind in ("SUBJ", "SBJ", "COMP", "AUT", "SPRT", "CSM", "PERT", "RSON", "CAUS", "PRF", "LOC")
    },
    "RCV": {"typeCode": "RCV"},
    "SND": {"typeCode": "SND"},
    "DEV": {"classCode": "DEV", "determinerCode": "INSTANCE"},
    "CACT": {"classCode": "CACT", "moodCode": "EVN"},
    "OBS": {"classCode": "OBS", "moodCode": "EVN"},
    "INVSTG": {"classCode": "INVSTG", "moodCode": "EVN"},
    "SBADM": {"classCode": "SBADM", "moodCode": "EVN"},
    "ACT": {"classCode": "ACT", "moodCode": "EVN"},
    "CATEGORY": {"classCode": "CATEGORY", "moodCode": "EVN"},
    "CLNTRL": {"classCode": "CLNTRL", "moodCode": "EVN"},
    "INVSBJ": {"classCode": "INVSBJ"},
    "INST": {"classCode": "INST"},
    "ACTI": {"classCode": "ACTI"},
    "QUAL": {"classCode": "QUAL"},
    "LOCE": {"classCode": "LOCE"},
    "ASSIGNED": {"classCode": "ASSIGNED"},
    "PSN": {"classCode": "PSN", "determinerCode": "INSTANCE"},
    "ORG": {"classCode": "ORG", "determinerCode": "INSTANCE"},
    "MMAT": {"classCode": "MMAT", "determinerCode": "KIND"},
    "LOT": {"classCode": "MMAT", "determinerCode": "INSTANCE"},
    "COUNTRY": {"classCode": "COUNTRY", "determinerCode": "INSTANCE"},
}


def observation(parent: etree._Element, code: str, name: str) -> etree._Element:
    """The code of an observation of the guide's own list."""
    return add(parent, "code", code=code, codeSystem=OBSERVATION, displayName=name)


def day(value: date) -> str:
    """A day as HL7 writes it: 20220331."""
    return value.strftime("%Y%m%d")


def moment(value: datetime) -> str:
    """A moment in UTC as HL7 writes it: 20220331101530+0000."""
    return value.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")

"""Answers of Lareb to a batch of side effects, made of the published one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

_SOURCE = Path(__file__).parent / "fixtures" / "icsr" / "ack-negative.xml"
_NS = {"h": "urn:hl7-org:v3"}


def acknowledgement(
    folder: Path,
    batch: str,
    code: str,
    reports: Mapping[str, str],
    *,
    receiver: str = "MSREG",
    sender: str = "LAREB",
) -> Path:
    """An acknowledgement file: what is said of the batch and, with a remark, of each report."""
    tree = etree.parse(_SOURCE)
    root = tree.getroot()
    (message,) = root.findall("h:MCCI_IN000002UV01", _NS)
    for name, said in reports.items():
        one = etree.fromstring(etree.tostring(message))
        one.find("h:acknowledgement", _NS).set("typeCode", said)
        one.find(".//h:targetMessage/h:id", _NS).set("extension", name)
        one.find(".//h:acknowledgementDetail/h:text", _NS).text = f"over {name}"
        message.addprevious(one)
    root.remove(message)
    own = root.find("h:acknowledgement", _NS)
    own.set("typeCode", code)
    own.find("h:targetBatch/h:id", _NS).set("extension", batch)
    root.find("h:sender/h:device/h:id", _NS).set("extension", sender)
    root.find("h:receiver/h:device/h:id", _NS).set("extension", receiver)
    path = folder / f"ack-{code}.xml"
    tree.write(path)
    return path

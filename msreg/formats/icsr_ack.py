"""Reading the acknowledgement of a batch (ICH E2B(R3), MCCI_IN200101UV01): what was taken and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from msreg.errors import MsregError, NotFound, Refused, Unavailable
from msreg.formats import icsr_codes as codes
from msreg.vocabulary import N_

ROOT = f"{{{codes.HL7}}}MCCI_IN200101UV01"
LARGEST = 20_000_000
"""Bytes; an answer to a thousand reports is 2 MB."""
BATCH_ANSWERS = ("AA", "AE", "AR")
"""All was taken, some of it was refused, nothing was taken."""
REPORT_ANSWERS = ("CA", "CR")
"""The report was taken, or refused."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one report."""

    report: str
    code: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What is said of one batch. `sender` and `receiver` are those of the answer itself."""

    batch: str
    code: str
    sender: str
    receiver: str
    text: str | None
    answers: tuple[Answer, ...]
    sha256: str


def read_ack(path: Path) -> Acknowledgement:
    """The acknowledgement in a file.

    Raises `NotFound` when there is no such file and `Refused` for anything that is not one whole acknowledgement.
    """
    content = _content(path)
    message = _parsed(content, path)
    if message.tag != ROOT:
        raise _refused(N_("{file} is not an acknowledgement of a batch of reports."), path)
    answers = tuple(_answers(message, path))
    if len({each.report for each in answers}) != len(answers):
        raise _refused(N_("{file} answers the same report twice."), path)
    code = _value(message, "acknowledgement/@typeCode")
    batch = _value(message, f"acknowledgement/targetBatch/id[@root='{codes.BATCH_ID}']/@extension")
    sender = _value(message, f"sender/device/id[@root='{codes.ACK_SENDER}']/@extension")
    receiver = _value(message, f"receiver/device/id[@root='{codes.ACK_RECEIVER}']/@extension")
    if code not in BATCH_ANSWERS or not batch or not sender or not receiver:
        raise _refused(N_("{file} does not say which batch it answers, from whom, and how."), path)
    text = _text(message, "acknowledgement/acknowledgementDetail/text")
    return Acknowledgement(batch, code, sender, receiver, text, answers, sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(N_("{file} is too large for an acknowledgement."), path)
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(N_("There is no file {file}."), field="file", file=str(path)) from None
    except OSError as fault:
        raise Unavailable(
            N_("{file} cannot be read: {why}."), field="file", file=str(path), why=fault.strerror or "-"
        ) from None


def _parsed(content: bytes, path: Path):  # type: ignore[no-untyped-def]  # lxml names its own elements
    from lxml import etree

    # Nothing is fetched and no entity is filled in; a file that declares one is not an answer in any case.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        tree = etree.fromstring(content, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError):  # their texts may hold what the file holds
        raise _refused(N_("{file} is cut off, or is not XML."), path) from None
    if tree.docinfo.internalDTD is not None:
        raise _refused(N_("{file} declares a document type, which an acknowledgement does not have."), path)
    return tree.getroot()


def _answers(message, path: Path) -> Iterator[Answer]:  # type: ignore[no-untyped-def]
    for each in _find(message, "MCCI_IN000002UV01/acknowledgement"):
        named = _value(each, f"targetMessage/id[@root='{codes.REPORT_ID}']/@extension")
        code = each.get("typeCode", "")
        if code not in REPORT_ANSWERS or not named:
            raise _refused(N_("{file} does not say of each report which it is and how it was judged."), path)
        # Some agencies write the identifier of the message before that of the report.
        yield Answer(named.split()[-1], code, _text(each, "acknowledgementDetail/text"))


def _find(element, path: str):  # type: ignore[no-untyped-def]
    steps = [f"h:{step}" if step[0] not in "@." else step for step in path.split("/")]
    return element.xpath("/".join(steps), namespaces={"h": codes.HL7})


def _value(element, path: str) -> str:  # type: ignore[no-untyped-def]
    found = _find(element, path)
    return str(found[0]).strip() if len(found) == 1 else ""


def _text(element, path: str) -> str | None:  # type: ignore[no-untyped-def]
    words = " ".join(" ".join("".join(each.itertext()).split()) for each in _find(element, path))
    return words[:_LONGEST] or None


def _refused(message: str, path: Path) -> MsregError:
    return Refused(
        message, hint=N_("Ask for the file once more; nothing was marked."), field="file", file=path.name
    )

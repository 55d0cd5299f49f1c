"""The parts of a workbook that is marked: read with limits, added to, and all others handed on as they are."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from msreg.formats.limits import MAX_UNPACKED_BYTES
from msreg.formats.xlsx_marked_xml import Damaged, Element, added, changed, outline, prefix, text

WORKBOOK = "xl/workbook.xml"
TYPES = "[Content_Types].xml"
PIECE = 2**20

MAX_PART = 96 * 2**20
"""The largest part that is held in memory at once: a sheet's rows and the shared strings never are."""

_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MADE = "application/vnd.openxmlformats-officedocument."
_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = "http://schemas.openxmlformats.org/"

CONTENT = {
    "comments": f"{_MADE}spreadsheetml.comments+xml",
    "vmlDrawing": f"{_MADE}vmlDrawing",
    "styles": f"{_MADE}spreadsheetml.styles+xml",
    "worksheet": f"{_MADE}spreadsheetml.worksheet+xml",
}
"""Content types by kind of part."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of a part's relationships: what kind of part it points to, and where that is."""

    id: str
    kind: str
    target: str


@dataclass(slots=True)
class Package:
    """A workbook's parts. What is asked for with `replace` and `relate` is in `made` after `finish`."""

    archive: zipfile.ZipFile
    made: dict[str, bytes] = field(default_factory=dict)
    _names: dict[str, str] = field(init=False)
    _related: dict[str, list[Relation]] = field(init=False, default_factory=dict)
    _new: dict[str, list[Relation]] = field(init=False, default_factory=dict)
    _types: list[tuple[str, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._names = {name.lower(): name for name in self.archive.namelist()}

    def has(self, name: str) -> bool:
        """Whether there is such a part, whatever its capitals."""
        return name.lower() in self._names

    def read(self, name: str) -> bytes:
        """A part that is small, as it is now. Raises `Damaged` when it is missing or not small."""
        if name in self.made:
            return self.made[name]
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
            if len(data) > MAX_PART:
                raise Damaged
        return bytes(data)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part of the source in pieces. The real bytes count, whatever its header says."""
        if not self.has(name):
            raise Damaged
        room = MAX_UNPACKED_BYTES
        with self.archive.open(self._names[name.lower()]) as part:
            while piece := part.read(PIECE):
                room -= len(piece)
                if room < 0:
                    raise Damaged
                yield piece

    def related(self, part: str) -> list[Relation]:
        """What a part points to within the workbook."""
        if part not in self._related:
            name, folder = _links(part), posixpath.dirname(part)
            found = outline(self.read(name), depth=1).children if self.has(name) else []
            self._related[part] = [_relation(each, folder) for each in found]
        return self._related[part]

    def find(self, part: str, kind: str) -> Relation | None:
        """What a part has of a kind, such as `comments`."""
        ending = f"/{kind}"
        return next((each for each in self.related(part) if each.kind.endswith(ending)), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part point to a new one; gives the id to name it by."""
        taken = {each.id for each in self.related(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        relation = Relation(f"rId{number}", f"{self.schema}/relationships/{kind}", target)
        self.related(part).append(relation)
        self._new.setdefault(part, []).append(relation)
        self._types.append((target, CONTENT[kind]))
        return relation.id

    def replace(self, name: str, data: bytes) -> None:
        """Give a part, old or new, another content."""
        self.made[self._names.setdefault(name.lower(), name)] = data

    def free(self, pattern: str) -> str:
        """A name that no part has yet, by a pattern such as `xl/comments{}.xml`."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    @property
    def schema(self) -> str:
        """Where this workbook's kinds are defined: workbooks saved as "strict" name them differently."""
        return (
            f"{_STRICT}officeDocument"
            if self.workbook().space.startswith(_STRICT)
            else f"{_TRANSITIONAL}officeDocument/2006"
        )

    def workbook(self) -> Element:
        """The workbook's own part, down to its sheets."""
        return outline(self.read(WORKBOOK), depth=2)

    def sheets(self) -> dict[str, str]:
        """The part of each worksheet, by its name."""
        listed = self.workbook().first("sheets")
        targets = {each.id: each.target for each in self.related(WORKBOOK)}
        found: dict[str, str] = {}
        for sheet in listed.all("sheet") if listed else []:
            id = next((value for key, value in sheet.attributes.items() if key.endswith(" id")), "")
            if id in targets:
                found[sheet.attributes.get("name", "")] = targets[id]
        return found

    def finish(self) -> None:
        """Put the new relationships and content types into their parts."""
        for part, relations in self._new.items():
            name, folder = _links(part), posixpath.dirname(part)
            data = (
                self.read(name)
                if self.has(name)
                else b'%s<Relationships xmlns="%srelationships"></Relationships>' % (_HEAD, _PACKAGE)
            )
            root = outline(data, depth=0)
            new = b"".join(
                b'<%sRelationship Id="%s" Type="%s" Target="%s"/>'
                % (prefix(data, root), text(each.id), text(each.kind), text(_to(each.target, folder)))
                for each in relations
            )
            self.replace(name, changed(data, added(data, root, new)))
        data = self.read(TYPES)
        root = outline(data, depth=1)
        new = b"".join(
            b'<%sOverride PartName="%s" ContentType="%s"/>'
            % (prefix(data, root), text(f"/{part}"), text(kind))
            for part, kind in self._types
        )
        self.replace(TYPES, changed(data, added(data, root, new)))


def _links(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation(found: Element, folder: str) -> Relation:
    target = found.attributes.get("Target", "")
    if found.attributes.get("TargetMode") != "External":
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relation(found.attributes.get("Id", ""), found.attributes.get("Type", ""), target)


def _to(target: str, folder: str) -> str:
    return posixpath.relpath(target, folder) if folder else target

"""Every byte of a PDF accounted for, without trusting what the file says about where things are.

Programs find the objects of a PDF in different ways: by its table, by searching, by the newest or by an older
table. So all objects are read here from the first byte to the last, those of object streams too, and whatever is
between them has to be something that stands between objects. Names are compared with their escapes resolved:
`/J#61vaScript` is JavaScript.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msreg.formats.upload_limits import MAX_HELD, MAX_OBJECTS, MAX_REVISIONS
from msreg.formats.upload_pdf_streams import Packed, unpacked_size
from msreg.formats.zip_guard import Budget, Fault

_W = rb"\x00\t\n\x0c\r "
_STRING = rb"\((?:[^()\\]++|\\.)*+\)"  # one without others inside; those are walked by hand
_NAME = rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+"

_BODY = re.compile(
    rb"(?:[" + _W + rb"\[\]0-9+.\-]++|" + _NAME + rb"|<<|>>|<[0-9A-Fa-f" + _W + rb"]*+>|" + _STRING
    + rb"|%[^\r\n]*+|true|false|null|R(?![A-Za-z]))*+",
    re.DOTALL,
)  # fmt: skip
_STRINGS = re.compile(_STRING + rb"|%[^\r\n]*+|(" + _NAME + rb")", re.DOTALL)
_WORDS_ONLY = re.compile(_STRING + rb"|%[^\r\n]*+", re.DOTALL)
_INSIDE = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

_HEADER = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)[ \t]*(?:\r\n|\r|\n)")
_MARK = re.compile(rb"%[^\r\n]{1,64}(?:\r\n|\r|\n)")
_BETWEEN = re.compile(
    rb"(?P<blank>[" + _W + rb"]++)"
    rb"|(?P<object>([0-9]{1,10})[" + _W + rb"]++([0-9]{1,5})[" + _W + rb"]++obj(?![A-Za-z0-9]))"
    rb"|(?P<table>xref(?:[" + _W + rb"]++(?:[0-9]++|[nf])(?=[" + _W + rb"]))*+)"
    rb"|(?P<trailer>trailer(?=[" + _W + rb"<]))"
    rb"|(?P<start>startxref[" + _W + rb"]++(?P<offset>[0-9]{1,12})(?=[" + _W + rb"]))"
    rb"|(?P<end>%%EOF)"
    rb"|(?P<comment>%[^\r\n]*+)"
)  # fmt: skip
_REMARK = re.compile(rb"%[\t\x20-\x7e]{0,200}")
_LENGTH = re.compile(
    rb"/Length[" + _W + rb"]++([0-9]{1,10})(?:[" + _W + rb"]++([0-9]{1,5})[" + _W + rb"]++R)?"
)
_BEFORE = re.compile(rb"/(?:Prev|XRefStm)[" + _W + rb"]++([0-9]{1,12})")
_STREAM = re.compile(rb"stream\r?\n")
_STREAM_END = re.compile(rb"[" + _W + rb"]{0,4}endstream[" + _W + rb"]*+endobj(?![A-Za-z0-9])")
_NUMBER = re.compile(rb"[" + _W + rb"]*+([0-9]{1,10})[" + _W + rb"]*+")
_PAIRS = re.compile(rb"(?:[" + _W + rb"]*+[0-9]{1,10}[" + _W + rb"]++[0-9]{1,10})*+[" + _W + rb"]*+")
_ENTRY = re.compile(
    rb"/(?:N|First)[" + _W + rb"]++[0-9]{1,10}(?![" + _W + rb"]++[0-9]{1,5}[" + _W + rb"]++R)"
)

FORBIDDEN: dict[bytes, str] = {
    **dict.fromkeys(
        (b"JS", b"JavaScript", b"AA", b"Launch", b"Rendition", b"RichMedia", b"RichMediaContent", b"Movie",
         b"Sound", b"3D", b"3DD", b"U3D", b"PRC", b"XFA"), "script"),
    **dict.fromkeys((b"ImportData", b"SubmitForm", b"GoToR", b"GoToE", b"FFilter", b"FDecodeParms"), "outside"),
    **dict.fromkeys((b"EmbeddedFile", b"EmbeddedFiles", b"EF", b"FileAttachment", b"Collection"), "attached"),
    **dict.fromkeys((b"Encrypt", b"Crypt"), "password"),
}  # fmt: skip
"""Names that do something, wherever they stand: an object that nothing leads to today is led to by a change."""


@dataclass(slots=True)
class Scanned:
    """What a PDF holds: where its objects begin, which of them hold others, where its tables are."""

    objects: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    holders: dict[int, set[int]] = field(default_factory=dict)
    """Object streams by number: the numbers of what they hold."""
    tables: set[int] = field(default_factory=set)
    count: int = 0


def scan(data: bytes) -> Scanned:
    """Look through all of a PDF. Raises `Fault` for anything that is not a plain document."""
    return _Scan(data).run()


class _Scan:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found = Scanned()
        self._budget = Budget(Packed.MOST)
        self._packed = Packed()
        self._numbers: dict[tuple[int, int], int] = {}
        self._owed: list[tuple[tuple[int, int], int]] = []
        self._before: dict[int, list[int]] = {}

    def run(self) -> Scanned:
        header = _HEADER.match(self._data)
        if header is None:
            raise Fault("content" if not self._data.startswith(b"%PDF-") else "damaged")
        at = mark.end() if (mark := _MARK.match(self._data, header.end())) else header.end()
        ends, last, start, table = 0, "", -1, -1
        while at < len(self._data):
            piece = _BETWEEN.match(self._data, at)
            if piece is None:
                raise Fault("behind" if last == "end" else "damaged")
            kind, at = str(piece.lastgroup), piece.end()
            if kind == "object":
                self._count()
                at = self._object((int(piece[3]), int(piece[4])), piece.start(), at)
            elif kind == "table":
                table = piece.start()
                self._found.tables.add(table)
            elif kind == "trailer":
                plain, at = self._body(at)
                self._note_tables(table, plain)
            elif kind == "start":
                start = int(piece["offset"])
            elif kind == "end":
                ends += 1
            elif kind == "comment" and (
                piece[0].startswith(b"%PDF-") or not _REMARK.fullmatch(piece[0])
            ):  # another file begins, or something hides
                raise Fault("behind" if last == "end" else "damaged")
            last = last if kind in ("blank", "comment") else kind
        if last != "end" or ends > MAX_REVISIONS or start not in self._found.tables:
            raise Fault("damaged")
        self._walk_tables(start)
        for reference, length in self._owed:
            if not 0 <= length - self._numbers.get(reference, -1) <= 2:  # 2: an end of line before its end
                raise Fault("damaged")
        return self._found

    def _note_tables(self, table: int, plain: bytes) -> None:
        """A table names the one before it."""
        self._before[table] = [int(each) for each in _BEFORE.findall(plain)]

    def _walk_tables(self, start: int) -> None:
        """From the newest table to the oldest: each has to be one, and none may come twice."""
        seen: set[int] = set()
        left = [start]
        while left:
            table = left.pop()
            if table in seen or table not in self._found.tables:
                raise Fault("damaged")
            seen.add(table)
            left.extend(self._before.get(table, ()))

    def _count(self, more: int = 1) -> None:
        self._found.count += more
        if self._found.count > MAX_OBJECTS:
            raise Fault("unpacked")

    def _object(self, number: tuple[int, int], begin: int, at: int) -> int:
        """Walk one object; where it ends."""
        self._found.objects.setdefault(number, set()).add(begin)
        plain, end = self._body(at)
        if self._data.startswith(b"endobj", end):
            if value := _NUMBER.fullmatch(plain):
                if number in self._numbers:  # the length of a stream that is one thing now and was another
                    self._numbers[number] = -1 if self._numbers[number] != int(value[1]) else int(value[1])
                else:
                    self._numbers[number] = int(value[1])
            return end + len(b"endobj")
        opening = _STREAM.match(self._data, end)
        if opening is None:
            raise Fault("damaged")
        return self._stream(number, begin, plain, opening.end())

    def _stream(self, number: tuple[int, int], begin: int, plain: bytes, at: int) -> int:
        lengths = _LENGTH.findall(plain)
        if len(lengths) != 1:
            raise Fault("damaged")
        length, generation = lengths[0]
        if generation:
            stop = self._data.find(b"endstream", at)
            self._owed.append(((int(length), int(generation)), stop - at))
        else:
            stop = at + int(length)
        closing = _STREAM_END.match(self._data, stop) if stop >= at else None
        if closing is None:
            raise Fault("damaged")
        if b"/XRef" in plain:
            self._found.tables.add(begin)
            self._note_tables(begin, plain)
        content = unpacked_size(
            self._packed, memoryview(self._data)[at:stop], plain, self._budget, keep=b"/ObjStm" in plain
        )
        if content is not None:
            self._held(number[0], plain, content)
        return closing.end()

    def _held(self, number: int, plain: bytes, content: bytes) -> None:
        """The objects within a stream: each must be one by itself, from where the list says that it begins."""
        told = dict(entry[1:].split() for entry in _ENTRY.findall(plain))
        if len(told) != 2:
            raise Fault("damaged")
        count, first = int(told[b"N"]), int(told[b"First"])
        if count > MAX_HELD:
            raise Fault("unpacked")
        if not _PAIRS.fullmatch(content[:first]):
            raise Fault("damaged")
        numbers = [int(each) for each in content[:first].replace(b"\0", b" ").split()]
        starts = numbers[1::2]
        if len(numbers) != 2 * count or starts != sorted(starts) or (starts and starts[0]):
            raise Fault("damaged")
        self._count(count)
        self._found.holders.setdefault(number, set()).update(numbers[::2])
        for begin, end in zip(starts, [*starts[1:], len(content) - first], strict=True):
            _judged(content, first + begin, first + end, whole=True)

    def _body(self, at: int) -> tuple[bytes, int]:
        return _judged(self._data, at, len(self._data), whole=False)


def _judged(data: bytes, at: int, end: int, *, whole: bool) -> tuple[bytes, int]:
    """Walk what may stand in an object, look at its names; what it says without its strings, and where it ends."""
    kept: list[bytes] = []
    while True:
        match = _BODY.match(data, at, end)
        assert match is not None  # it may be empty
        if piece := match[0]:
            _look_at(set(_STRINGS.findall(piece)))
            kept.append(_WORDS_ONLY.sub(b" ", piece))
        at = match.end()
        if at < end and data[at] == 0x28:
            at = _behind_string(data, at, end)
            continue
        if whole and at != end:
            raise Fault("damaged")
        return b" ".join(kept), at


def _behind_string(data: bytes, at: int, end: int) -> int:
    """Where a string with brackets in it ends."""
    depth = 0
    for sign in _INSIDE.finditer(data, at, end):
        if sign[0] == b"(":
            depth += 1
        elif sign[0] == b")":
            depth -= 1
            if not depth:
                return sign.end()
    raise Fault("damaged")


def _look_at(names: set[bytes]) -> None:
    for name in names:
        plain = name[1:]
        if b"#" in plain:
            for code in _ESCAPED.findall(plain):
                if bytes.fromhex(code.decode()).isalnum():  # nobody escapes a letter but to hide it
                    raise Fault("script")
            plain = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), plain)
        if code := FORBIDDEN.get(plain):
            raise Fault(code)

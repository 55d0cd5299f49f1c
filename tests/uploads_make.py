"""Documents made by hand: PDF, PNG, JPEG, Word and Excel files as programs write them, and parts to break."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def pdf(
    more: Mapping[int, str | bytes] | None = None,
    *,
    version: str = "1.7",
    text: str = "Ontslagbrief",
    root: str = "",
    trailer: str = "",
    page: str = "",
    packed: bool = False,
) -> bytes:
    """A PDF of one page, objects 1 to 5; `more` adds objects or puts others in their place."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    if packed:
        content = zlib.compress(content)
        stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    objects: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {root} >>".encode("latin-1"),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> %s >>" % page.encode("latin-1"),
        4: stream,
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for number, body in (more or {}).items():
        objects[number] = body if isinstance(body, bytes) else body.encode("latin-1")
    return assembled(objects, version=version, trailer=trailer)


def assembled(
    objects: Mapping[int, bytes], *, version: str = "1.7", trailer: str = "", root: int = 1
) -> bytes:
    """Objects with their table behind them."""
    out = bytearray(f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (size, root, trailer.encode("latin-1"))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream_of(content: bytes, more: str = "", *, filters: str = "/Filter /FlateDecode") -> bytes:
    """A packed stream."""
    packed = zlib.compress(content) if "Flate" in filters else content
    return (
        f"<< {filters} {more} /Length {len(packed)} >>\nstream\n".encode("latin-1") + packed + b"\nendstream"
    )


def pdf_of_streams(
    inside: Mapping[int, str], *, outside: Mapping[int, bytes] | None = None, **changed: Any
) -> bytes:
    """A PDF of 1.5: objects within an object stream (number 8), found by a stream of places (number 9)."""
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>", **inside}  # fmt: skip
    texts = [each.encode("latin-1") for each in objects.values()]
    starts = [sum(len(each) + 1 for each in texts[:at]) for at in range(len(texts))]
    listed = changed.get("listed") or b" ".join(b"%d %d" % pair for pair in zip(objects, starts, strict=True))
    content = listed + b" " + b" ".join(texts)
    kind = changed.get("kind", "/Type /ObjStm")
    holder = stream_of(content, f"{kind} /N {len(texts)} /First {len(listed) + 1}")
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    for number, body in {8: holder, **(outside or {})}.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[9] = len(out)
    size = max(*places, *objects) + 1
    rows, order = bytearray(), {number: at for at, number in enumerate(objects)}
    for number in range(size):
        if number in places:
            rows += struct.pack(">BIH", 1, places[number], 0)
        elif number in objects:
            rows += struct.pack(">BIH", 2, 8, order[number])
        else:
            rows += struct.pack(">BIH", 0, 0, 65535)
    table = stream_of(
        bytes(rows), f"/Type /XRef /Size {size} /W [1 4 2] /Root 1 0 R {changed.get('trailer', '')}"
    )
    out += b"9 0 obj\n" + table + b"\nendobj\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % places[9])


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """One part of a PNG with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    *, width: int = 40, height: int = 30, before: Sequence[bytes] = (), behind: Sequence[bytes] = (),
    head: bytes | None = None, pixels: bytes | None = None,
) -> bytes:  # fmt: skip
    """A grey picture."""
    rows = (b"\0" + bytes(range(width % 256)).ljust(width, b"\x80")) * height if pixels is None else pixels
    parts = [
        chunk(b"IHDR", head or struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        *before,
        chunk(b"IDAT", zlib.compress(rows)),
        *behind,
        chunk(b"IEND"),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(marker: int, content: bytes) -> bytes:
    """One segment of a JPEG."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg(*more: bytes, width: int = 48, height: int = 32, **options: Any) -> bytes:
    """A photo of colours, with segments put behind its first mark."""
    from PIL import Image

    picture = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    data = out.getvalue()
    return data[:2] + b"".join(more) + data[2:]


def exif(tags: Mapping[int, bytes], *, gps: bool = False) -> bytes:
    """What a camera notes: texts by tag, and a place."""
    entries = [(tag, 2, len(text) + 1, text + b"\0") for tag, text in sorted(tags.items())]
    count = len(entries) + gps
    behind = 8 + 2 + 12 * count + 4
    out, tail = bytearray(b"II*\0\x08\0\0\0" + struct.pack("<H", count)), bytearray()
    for tag, form, size, text in entries:
        out += struct.pack("<HHI", tag, form, size)
        if size <= 4:
            out += text.ljust(4, b"\0")
        else:
            out += struct.pack("<I", behind + len(tail))
            tail += text
    if gps:
        out += struct.pack("<HHII", 0x8825, 4, 1, behind + len(tail))
        tail += struct.pack("<HHHI4sI", 1, 1, 2, 2, b"N\0\0\0", 0)
    return bytes(out + b"\0\0\0\0" + tail)


def zipped(parts: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    """Files in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def links(*entries: tuple[str, str, str]) -> str:
    """A part with relations: kind (its last word, or an address), target, mode."""
    listed = "".join(
        f'<Relationship Id="r{at}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{target}"'
        f"{f' TargetMode={chr(34)}{mode}{chr(34)}' if mode else ''}/>"
        for at, (kind, target, mode) in enumerate(entries)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def types(main: str, kind: str, more: str = "") -> str:
    """The part with the kinds of the others."""
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{kind}"/>{more}</Types>'
    )


def paragraph(text: str) -> str:
    """A paragraph of Word."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_parts(
    body: str = paragraph("Ontslagbrief"), *, more_types: str = "", rels: Sequence[tuple[str, str, str]] = (),
    kind: str = f"{WORD}.document.main+xml", **more: bytes | str,
) -> dict[str, bytes | str]:  # fmt: skip
    """The parts of a Word file; `more` by their names with `__` for `/`."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types("word/document.xml", kind, more_types),
        "_rels/.rels": links(("officeDocument", "word/document.xml", "")),
        "word/document.xml": f'{HEAD}<w:document xmlns:w="{W}" xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": links(*rels),
    }
    parts.update({name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()})
    return parts


def docx(body: str = paragraph("Ontslagbrief"), **more: Any) -> bytes:
    """A Word file."""
    return zipped(docx_parts(body, **more))


def xlsx_parts(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', *, more_types: str = "",
    rels: Sequence[tuple[str, str, str]] = (), kind: str = f"{EXCEL}.sheet.main+xml", names: str = "",
    **more: bytes | str,
) -> dict[str, bytes | str]:  # fmt: skip
    """The parts of an Excel file."""
    sheet = f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{EXCEL}.worksheet+xml"/>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types("xl/workbook.xml", kind, sheet + more_types),
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{S}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="Lab" sheetId="1" r:id="r0"/></sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml", ""), *rels),
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{S}"><sheetData>{rows}</sheetData></worksheet>',
    }
    parts.update({name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()})
    return parts


def xlsx(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **more: Any) -> bytes:
    """An Excel file."""
    return zipped(xlsx_parts(rows, **more))


def noughts(size: int, sign: bytes = b"\0") -> bytes:
    """So many bytes of one sign, packed; made of pieces, for packing them all would take long. The sum at its end is
    right for noughts only."""
    packer = zlib.compressobj(9)
    head = packer.compress(sign * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(sign * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    # The sum of noughts grows in its upper half only, by one for each.
    total = struct.pack(">HH", size % 65521, 1)
    return head + piece * (size // 2**20 - 1) + b"\3\0" + total

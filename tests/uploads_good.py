"""Documents as hospitals have them, made by the libraries and in the ways that programs make them: all are taken."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from tests.uploads_make import (
    HEAD,
    OFFICE,
    WORD,
    W,
    chunk,
    docx,
    exif,
    jpeg,
    paragraph,
    pdf,
    pdf_of_streams,
    png,
    segment,
    stream_of,
    xlsx,
)  # fmt: skip


class Good(NamedTuple):
    """A document: what it is, its name, its bytes."""

    what: str
    name: str
    data: bytes


LETTER = "Ontslagbrief gynaecologie. Patiënte is op 5 maart 2026 opgenomen; hemoglobine 4,2 mmol/L. "


def documents() -> Iterator[Good]:
    """Every one of them."""
    for makers in (_pdfs, _pictures, _words, _sheets, _texts):
        for what, name, data in makers():
            yield Good(what, name, data)


Made = Iterator[tuple[str, str, bytes]]


def _pdfs() -> Made:
    for version in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"):
        yield f"PDF {version}", "brief.pdf", pdf(version=version, packed=version > "1.2")
    yield "PDF with packed objects", "brief.pdf", pdf_of_streams({4: "<< /Title (Brief \\(2\\)) >>"})
    yield "PDF with a form", "brief.pdf", pdf(
        {6: "<< /FT /Tx /T (naam) /V (A) /Type /Annot /Subtype /Widget /Rect [0 0 9 9] >>"},
        root="/AcroForm << /Fields [6 0 R] >>", page="/Annots [6 0 R]",
    )  # fmt: skip
    yield "PDF with links and bookmarks", "brief.pdf", pdf(
        {6: "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://www.nvog.nl/) >> >>",
         7: "<< /Type /Outlines /First 8 0 R /Last 8 0 R /Count 1 >>",
         8: "<< /Title (Beloop) /Parent 7 0 R /Dest [3 0 R /Fit] >>"},
        page="/Annots [6 0 R]", root="/Outlines 7 0 R /OpenAction [3 0 R /XYZ null null 0] /PageMode /UseOutlines",
    )  # fmt: skip
    yield "PDF that opens on its page", "brief.pdf", pdf(root="/OpenAction << /S /GoTo /D [3 0 R /Fit] >>")
    yield (
        "PDF with names in other letters",
        "brief.pdf",
        pdf({6: "<< /Font#20Naam /A#C3#AB /Lang (nl-NL) >>"}),
    )
    yield (
        "PDF whose length stands elsewhere",
        "brief.pdf",
        pdf({4: b"<< /Length 6 0 R >>\nstream\nBT ET\nendstream", 6: b"6"}),
    )
    yield "PDF saved again", "brief.pdf", _saved_again(pdf())
    yield "scan of a fax", "scan.pdf", pdf(
        {6: stream_of(b"\0" * 40, "/Type /XObject /Subtype /Image /Width 1728 /Height 2200 /ColorSpace /DeviceGray "
                      "/BitsPerComponent 1", filters="/Filter /CCITTFaxDecode")}
    )  # fmt: skip
    yield "scan in colour", "scan.pdf", pdf(
        {6: stream_of(jpeg(), "/Type /XObject /Subtype /Image /Width 48 /Height 32 /ColorSpace /DeviceRGB "
                      "/BitsPerComponent 8", filters="/Filter /DCTDecode")}
    )  # fmt: skip
    yield from _printed()


def _saved_again(data: bytes) -> bytes:
    at = len(data)
    previous = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    data += b"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>\nendobj\n"
    start = len(data)
    data += b"xref\n5 1\n%010d 00000 n \ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\n" % (at, previous)
    return data + b"startxref\n%d\n%%%%EOF\n" % start


def _printed() -> Made:
    """As libraries write them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    from pypdf import PdfReader, PdfWriter
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    from msreg.formats.pdf_fonts import fonts

    out = io.BytesIO()
    canvas = Canvas(out, A4)
    for _page in range(3):
        canvas.setFont(fonts()[0].name, 11)
        for line in range(40):
            canvas.drawString(50, 800 - 18 * line, LETTER)
        canvas.linkURL("https://www.perined.nl", (0, 0, 90, 20))
        canvas.bookmarkPage("hier")
        canvas.showPage()
    canvas.save()
    printed = out.getvalue()
    yield "letter of three pages", "brief.pdf", printed
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    writer.add_metadata({"/Title": "Ontslagbrief", "/Author": "Afdeling"})
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    yield "letter written again", "brief.pdf", out.getvalue()
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2, 3], [12, 9, 4])
    for kind in ("pdf", "png", "jpg"):
        out = io.BytesIO()
        figure.savefig(out, format=kind)
        yield f"curve of a laboratory ({kind})", f"lab.{kind}", out.getvalue()


def _pictures() -> Made:
    from PIL import Image

    grey = Image.radial_gradient("L")
    colour = Image.merge("RGB", (grey, grey.rotate(90), Image.linear_gradient("L")))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        out = io.BytesIO()
        (Image.new("I;16", (20, 20), 900) if mode == "I;16" else colour.convert(mode)).save(out, "PNG")
        yield f"picture of mode {mode}", "echo.png", out.getvalue()
    yield "interlaced picture", "echo.png", _interlaced()
    yield (
        "picture with its resolution and a note",
        "echo.png",
        png(
            before=[
                chunk(b"pHYs", struct.pack(">IIB", 3780, 3780, 1)),
                chunk(b"tEXt", b"Software\0Schermafbeelding"),
            ],
            behind=[chunk(b"iDOT", bytes(28)), chunk(b"tIME", struct.pack(">HBBBBB", 2026, 3, 5, 1, 2, 3))],
        ),
    )
    yield "photo", "echo.jpg", jpeg()
    yield "photo that comes up slowly", "echo.jpg", jpeg(progressive=True, quality=90)
    yield "photo in grey", "echo.jpeg", _grey(grey)
    yield "photo of a printer", "echo.jpg", _four(colour)
    yield "photo with marks to begin again", "echo.JPG", jpeg(restart_marker_blocks=2)
    yield (
        "photo of a telephone",
        "foto.jpg",
        jpeg(segment(0xE1, b"Exif\0\0" + exif({0x0110: b"Telefoon"}, gps=True))),
    )
    yield (
        "photo with a remark",
        "foto.jpg",
        jpeg(segment(0xFE, b"Echo bij opname"), subsampling=0, dpi=(300, 300)),
    )


def _interlaced() -> bytes:
    """Eight by eight pixels in seven passes."""
    import zlib

    rows = b"".join(
        (b"\0" + bytes(columns)) * count
        for columns, count in ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    )
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")


def _grey(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def _four(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.convert("CMYK").save(out, "JPEG")
    return out.getvalue()


def _words() -> Made:
    yield "letter of Word", "brief.docx", docx(paragraph(LETTER) * 20)
    strict = docx().replace(b"", b"")
    yield "letter without decoration", "brief.docx", strict
    header = f'{HEAD}<w:hdr xmlns:w="{W}">{paragraph("Afdeling Verloskunde")}</w:hdr>'
    field = "".join(
        f"<w:r>{each}</w:r>"
        for each in ('<w:fldChar w:fldCharType="begin"/>', "<w:instrText> HYPERLINK &quot;https://import.nl/link&quot; </w:instrText>",
                     '<w:fldChar w:fldCharType="end"/>')
    )  # fmt: skip
    yield "letter with all that a letter has", "brief.docx", docx(
        paragraph(LETTER) + f"<w:p>{field}</w:p><w:tbl><w:tr><w:tc>{paragraph('Hb')}</w:tc></w:tr></w:tbl>"
        '<w:p><w:fldSimple w:instr=" PAGE "/></w:p>',
        rels=[("hyperlink", "https://www.nvog.nl", "External"), ("hyperlink", "mailto:poli@example.nl", "External"),
              ("header", "header1.xml", ""), ("image", "media/image1.png", ""), ("hyperlink", "#hier", "External")],
        more_types=f'<Override PartName="/word/header1.xml" ContentType="{WORD}.header+xml"/>'
        '<Default Extension="png" ContentType="image/png"/>',
        word__header1_dot_xml=header, word__media__image1_dot_png=png(),
        docProps__core_dot_xml=f'{HEAD}<c:coreProperties xmlns:c="urn:c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:creator>Afdeling</dc:creator></c:coreProperties>",
        customXml__item1_dot_xml="<b:Sources xmlns:b='urn:b'/>",
    )  # fmt: skip
    yield "letter of a program that streams", "brief.docx", _streamed(docx())
    yield "letter of a stricter Word", "brief.docx", docx(
        paragraph("Brief").replace("w:", "x:").replace("<x:p>", f'<x:p xmlns:x="{W}">'), word__styles_dot_xml=f'{HEAD}<w:styles xmlns:w="{W}"/>'
    )  # fmt: skip


def _streamed(data: bytes) -> bytes:
    """The same parts with their sizes behind them."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.kept = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            self.kept += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return bytes(pipe.kept)


def _sheets() -> Made:
    import openpyxl
    import xlsxwriter

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(200):
        sheet.append([date(2026, 3, 5), "hemoglobine", 4.2 + row / 100, f"=C{row + 1}*1.6"])
    sheet["E1"].hyperlink = "https://www.perined.nl"
    sheet["F1"].comment = openpyxl.comments.Comment("nagekeken", "lab")
    book.create_sheet("Uitslagen").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    yield "laboratory by openpyxl", "lab.xlsx", out.getvalue()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as writer:
        page = writer.add_worksheet("Lab")
        for row in range(300):
            page.write_row(row, 0, ["creatinine", row, "µmol/L"])
        chart = writer.add_chart({"type": "line"})
        chart.add_series({"values": "=Lab!$B$1:$B$300"})
        page.insert_chart("E2", chart)
        page.insert_image("E20", "echo.png", {"image_data": io.BytesIO(png())})
        page.data_validation("D1", {"validate": "list", "source": ["ja", "nee"]})
    yield "laboratory with a chart", "lab.xlsx", out.getvalue()
    yield "smallest workbook", "lab.xlsx", xlsx()
    yield (
        "large sheet",
        "lab.xlsx",
        xlsx('<row><c t="inlineStr"><is><t>Hb &amp; Ht</t></is></c><c><v>4.2</v></c></row>' * 15_000),
    )
    yield (
        "large sheet with formulas",
        "lab.xlsx",
        xlsx("<row><c><f>SUM(A1:A9)</f><v>4</v></c></row>" * 30_000),
    )
    yield "links in a sheet", "lab.xlsx", xlsx(
        xl__worksheets___rels__sheet1_dot_xml_dot_rels=f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/hyperlink" Target="https://a.nl" TargetMode="External"/></Relationships>'
    )  # fmt: skip


def _texts() -> Made:
    yield "text", "decursus.txt", (LETTER * 100).encode()
    yield "text with a mark", "decursus.txt", LETTER.encode("utf-8-sig")
    yield "text of Notepad", "decursus.txt", LETTER.encode("utf-16")
    yield "text the other way round", "decursus.txt", b"\xfe\xff" + LETTER.encode("utf-16-be")
    yield "text of Windows", "decursus.TXT", f"{LETTER}\r\n\t“€ 5”\f".encode("cp1252")
    yield "text of one sign", "decursus.txt", b"a"
    yield "text with < and %", "decursus.txt", b"Hb <4,2; 5 % verlies. MZ-tweeling, begin 2026: zie <brief>."
    yield "text of many languages", "decursus.txt", "Ünsal Ağrı Łódź 中文 العربية 👩‍⚕️ \u200f".encode()

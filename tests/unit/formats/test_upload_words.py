"""What stands in a document for people to read is found, wherever in it it stands."""

from __future__ import annotations

import io
import os
import tempfile
from datetime import date

import pytest

from msreg.formats import upload_limits
from msreg.formats.uploads import Kind, Text, text_of
from msreg.rules.case_anonymous import Own, Trace, TraceKind, found
from tests.uploads_make import (
    HEAD,
    S,
    W,
    chunk,
    docx,
    exif,
    jpeg,
    paragraph,
    pdf,
    png,
    segment,
    stream_of,
    xlsx,
)


def text(data: bytes, kind: Kind) -> Text:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return text_of(file, kind)


def test_a_letter_of_word_with_all_its_corners() -> None:
    """Body, table, head, foot, note, remark, what was struck out, properties."""
    parts = {
        f"word__{name}_dot_xml": f'{HEAD}<w:a xmlns:w="{W}">{paragraph(word)}</w:a>'
        for name, word in (
            ("header1", "kop"),
            ("footer1", "voet"),
            ("footnotes", "noot"),
            ("comments", "opmerking"),
        )
    }
    struck = "<w:p><w:del><w:r><w:delText>doorgehaald</w:delText></w:r></w:del></w:p>"
    split = "<w:p><w:r><w:t>Jan</w:t></w:r><w:r><w:t>sen</w:t></w:r></w:p>"
    about = f'{HEAD}<c:a xmlns:c="urn:c"><c:creator>schrijver</c:creator><c:revision>7</c:revision></c:a>'
    table = f"<w:tbl><w:tr><w:tc>{paragraph('Hb')}</w:tc><w:tc>{paragraph('cel')}</w:tc></w:tr></w:tbl>"
    said = text(
        docx(paragraph("Brief") + struck + split + table, docProps__core_dot_xml=about, **parts), Kind.DOCX
    )
    assert said.whole
    assert set(said.text.split()) == {
        "Brief", "doorgehaald", "Jansen", "Hb", "cel", "kop", "voet", "noot", "opmerking", "schrijver"
    }  # fmt: skip


def test_a_workbook_with_dates_as_people_see_them() -> None:
    styles = (
        f'{HEAD}<styleSheet xmlns="{S}"><numFmts><numFmt numFmtId="164" formatCode="dd\\-mm\\-yyyy"/>'
        '<numFmt numFmtId="165" formatCode="0.0&quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    rows = (
        '<row r="1"><c s="1"><v>46086</v></c><c s="2"><v>46087.5</v></c><c s="3"><v>46088</v></c><c><v>999990019</v></c>'
        '<c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>bij</t></r><r><t>een</t></r></is></c><c t="str"><v>uit</v></c></row>'
    )
    shared = f'{HEAD}<sst xmlns="{S}"><si><t>gedeeld</t></si></sst>'
    said = text(xlsx(rows, xl__styles_dot_xml=styles, xl__sharedStrings_dot_xml=shared), Kind.XLSX)
    assert said.whole
    assert set(said.text.split()) == {
        "Lab",
        "2026-03-05",
        "2026-03-06",
        "46088",
        "999990019",
        "bijeen",
        "uit",
        "gedeeld",
    }


def test_dates_that_are_counted_from_1904() -> None:
    styles = f'{HEAD}<styleSheet xmlns="{S}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    data = xlsx(
        '<row><c s="0"><v>44624</v></c></row>', xl__styles_dot_xml=styles, names='<workbookPr date1904="1"/>'
    )
    assert "2026-03-05" in text(data, Kind.XLSX).text


def test_a_pdf_with_notes_and_fields() -> None:
    data = pdf(
        {6: "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (kanttekening) >>",
         7: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (veld) /V (ingevuld) /Rect [0 0 9 9] >>"},
        page="/Annots [6 0 R 7 0 R]", trailer="/Info 8 0 R", root="/AcroForm << /Fields [7 0 R] >>",
        text="Ontslagbrief",
    )  # fmt: skip
    data = data.replace(b"/Info 8 0 R", b"/Info << /Title (titel) >>")
    said = text(data, Kind.PDF)
    assert said.whole
    assert set(said.text.split()) == {"Ontslagbrief", "kanttekening", "veld", "ingevuld", "titel"}


def test_a_scanned_page_has_no_words_and_that_is_told() -> None:
    scan = stream_of(
        jpeg(), "/Type /XObject /Subtype /Image /Width 48 /Height 32", filters="/Filter /DCTDecode"
    )
    page = {3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /I 6 0 R >> >> >>",
            4: stream_of(b"q 9 0 0 9 0 0 cm /I Do Q"), 6: scan}  # fmt: skip
    assert text(pdf(page), Kind.PDF).whole is False
    assert text(pdf(), Kind.PDF).whole is True


def test_a_picture_has_only_what_stands_beside_it() -> None:
    photo = jpeg(
        segment(0xE1, b"Exif\0\0" + exif({0x010E: b"A. Voorbeeld 5-3-2026"})), segment(0xFE, b"opmerking")
    )
    assert text(photo, Kind.JPG) == Text("A. Voorbeeld 5-3-2026\nopmerking\n", whole=False)
    assert text(png(before=[chunk(b"tEXt", b"Title\0echo van A.")]), Kind.PNG).text == "echo van A.\n"
    assert text(png(), Kind.PNG) == Text("", whole=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts(encoding: str) -> None:
    assert text("één patiënt".encode(encoding), Kind.TXT) == Text("één patiënt", whole=True)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_cannot_be_read_has_no_words_and_stops_nobody(kind: Kind) -> None:
    assert text(os.urandom(500) + b"\x81\x00\xff", kind) == Text("", whole=False)


def test_words_without_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    said = text(b"woord " * (upload_limits.MAX_TEXT // 6 + 1_000), Kind.TXT)
    assert (len(said.text), said.whole) == (upload_limits.MAX_TEXT, False)


def test_a_page_that_takes_too_long_keeps_the_words_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_limits, "TEXT_SECONDS", 2)
    slow = stream_of(b"BT /F1 9 Tf " + b"(a) Tj 1 0 Td " * 400_000 + b"ET")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    said = text(pdf({2: "<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>", 6: page, 7: slow}), Kind.PDF)
    assert said == Text("Ontslagbrief\n", whole=False)


def test_traces_in_a_letter() -> None:
    """From the file to the warning."""
    body = paragraph("Mw. A. de Vrîes, BSN 9999.90.019") + paragraph("geb. 12-03-1990, 5 maart 2026")
    own = Own(("de Vries",), (date(1990, 3, 12), date(2026, 3, 5)))
    said = text(docx(body), Kind.DOCX)
    assert found(said.text, own) == [
        Trace(TraceKind.BSN, 1),
        Trace(TraceKind.NAME, 1),
        Trace(TraceKind.DATE, 2),
    ]


def test_a_handle_that_was_read_before_is_read_from_its_start() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"woord")
        file.flush()
        file.seek(0, io.SEEK_END)
        assert text_of(file, Kind.TXT) == Text("woord", whole=True)

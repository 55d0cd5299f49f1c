"""PDF files that must never be taken."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tests.uploads_make import assembled, noughts, pdf, pdf_of_streams, stream_of, zipped

Seed = tuple[str, str, bytes, str | None]
"""What it is, its name, its bytes, the code of what is to be said of it."""

# One line is one document:
# fmt: off


def pdfs() -> Iterator[Seed]:
    bomb = noughts(2**29 + 2**20)
    twice = zlib.compress(noughts(2**29 + 2**20))
    good = pdf()
    yield ("PDF with a password", "a.pdf", pdf({6: "<< /Filter /Standard /V 1 >>"}, trailer="/Encrypt 6 0 R"), "password")
    yield "form of XFA", "a.pdf", pdf({6: stream_of(b"<xdp/>")}, root="/AcroForm << /XFA 6 0 R >>"), "script"
    yield ("rich media", "a.pdf", pdf({6: "<< /Type /Annot /Subtype /RichMedia >>"}, page="/Annots [6 0 R]"), "script")
    yield ("3D with a script", "a.pdf", pdf({6: "<< /Type /Annot /Subtype /3D /3DD 7 0 R >>"}, page="/Annots [6 0 R]"), "script")
    yield ("attached file", "a.pdf", pdf({6: stream_of(b"MZ", "/Type /EmbeddedFile"), 7: "<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>"}, root="/Names << /EmbeddedFiles << /Names [(a) 7 0 R] >> >>"), "attached")
    yield ("attached file without its type", "a.pdf", pdf({6: stream_of(b"MZ"), 7: "<< /F (a.exe) /EF << /F 6 0 R >> >>"}, page="/AF [7 0 R]"), "attached")
    yield "portfolio", "a.pdf", pdf(root="/Collection << /View /D >>"), "attached"
    yield ("stream kept elsewhere", "a.pdf", pdf({4: "<< /F (http://192.0.2.1/a) /FFilter /FlateDecode /Length 0 >>\nstream\n\nendstream"}), "outside")
    yield ("page of the web when opened", "a.pdf", pdf(root="/OpenAction << /S /URI /URI (http://192.0.2.1) >>"), "script")
    yield "header further on", "a.pdf", b"\n\n" + good, "content"
    yield "only a header", "a.pdf", b"%PDF-1.7\n", "damaged"
    yield "header of no version", "a.pdf", good.replace(b"%PDF-1.7", b"%PDF-9.9"), "damaged"
    yield "second file behind", "a.pdf", good + good, "behind"
    yield "second file behind a remark", "a.pdf", good + b"%\n" + good, "behind"
    yield "zip within a stream", "a.pdf", pdf({6: stream_of(zipped({"a": b"b"}), filters="")}), "two_kinds"
    yield ("remark of bytes", "a.pdf", good.replace(b"2 0 obj", b"%" + bytes(range(128, 256)) + b"\n2 0 obj"), "damaged")
    yield "no end", "a.pdf", good.replace(b"%%EOF", b""), "damaged"
    yield "table elsewhere", "a.pdf", good.replace(b"startxref\n", b"startxref\n9"), "damaged"
    yield ("table with a wrong place", "a.pdf", good.replace(b"%010d" % good.index(b"2 0 obj"), b"%010d" % 20), "damaged")
    hidden = b"<< /Length 60 >>\nstream\n" + b"7 0 obj << /Type /Catalog /Pages 2 0 R >> endobj".ljust(60) + b"\nendstream"
    inner = assembled({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: b"<< /Type /Page /Parent 2 0 R >>", 6: hidden})
    yield ("table leads into a stream", "a.pdf", inner.replace(b"%010d" % inner.index(b"1 0 obj"), b"%010d" % inner.index(b"7 0 obj")), "damaged")
    yield "tables in a circle", "a.pdf", pdf(trailer="/Prev 9999").replace(b"9999", b"%04d" % 99), "damaged"
    yield "pages in a circle", "a.pdf", pdf({2: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}), "damaged"
    yield "no pages", "a.pdf", pdf({2: "<< /Type /Pages /Kids [] /Count 0 >>"}), "damaged"
    yield "no catalogue", "a.pdf", pdf({1: "<< /Type /Font >>"}), "damaged"
    yield "wrong length", "a.pdf", pdf({4: b"<< /Length 4000 >>\nstream\na\nendstream"}), "damaged"
    yield "two lengths", "a.pdf", pdf({4: b"<< /Length 1 /Length 90 >>\nstream\na\nendstream"}), "damaged"
    yield "escaped length", "a.pdf", pdf({4: b"<< /L#65ngth 90 /Length 1 >>\nstream\na\nendstream"}), "script"
    yield ("bomb", "a.pdf", pdf({6: b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)}), "unpacked")
    yield ("bomb in a bomb", "a.pdf", pdf({6: b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (len(twice), twice)}), "unpacked")
    yield ("bomb as objects", "a.pdf", pdf({6: b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)}), "unpacked")
    yield ("packed many times", "a.pdf", pdf({6: b"<< /Filter [/Fl /Fl /Fl /Fl /Fl] /Length 1 >>\nstream\na\nendstream"}), "unpacked")
    yield ("huge picture", "a.pdf", pdf({6: stream_of(b"a", "/Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray")}), "pixels")
    yield "too many objects", "a.pdf", assembled(dict.fromkeys(range(1, 100_003), b"0")), "unpacked"
    yield ("arrays within arrays", "a.pdf", pdf({6: "[" * 50_000 + "]" * 50_000}, root="/OpenAction 6 0 R"), None)
    yield ("object that begins within a string", "a.pdf", pdf_of_streams({4: "(a << /S 1 >> b)"}, listed=b"1 0 2 33 3 77 4 148"), "damaged")
    yield "objects without their type", "a.pdf", pdf_of_streams({}, kind=""), "damaged"
    yield "objects behind a predictor", "a.pdf", pdf_of_streams({4: "(a)"}, kind="/Type /ObjStm /DecodeParms << /Predictor 2 /Columns 400 >>"), "damaged"
    yield "password in a table of bytes", "a.pdf", pdf_of_streams({}, trailer="/Encrypt 5 0 R"), "password"
    yield ("a table of a million places", "a.pdf", pdf_of_streams({}).replace(b"/Size 10 ", b"/Size 9999999 /Index [0 9999999] "), "damaged")
    yield "string without end", "a.pdf", pdf({6: "((((((((((a)"}), "damaged"

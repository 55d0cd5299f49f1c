"""Pictures and texts that must never be taken, and names that lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.uploads_make import chunk, docx, jpeg, noughts, pdf, png, segment, zipped

Seed = tuple[str, str, bytes, str | None]
"""What it is, its name, its bytes, the code of what is to be said of it."""

# One line is one document:
# fmt: off


def pictures() -> Iterator[Seed]:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    yield "flood of pixels", "a.png", png(head=head, pixels=b"a"), "pixels"
    yield "more pixels than it says", "a.png", png(pixels=bytes(2**20)), "damaged"
    yield "fewer pixels than it says", "a.png", png(pixels=bytes(10)), "damaged"
    good = png()
    yield "wrong checksum", "a.png", good[:30] + bytes([good[30] ^ 1]) + good[31:], "damaged"
    yield "behind the end of a picture", "a.png", good + b"a", "behind"
    yield ("behind the end of its pixels", "a.png", png().replace(b"IEND", b"IEND")[:-12] + chunk(b"IDAT", b"MZ" * 50) + chunk(b"IEND"), "behind")
    yield "critical part of nobody", "a.png", png(before=[chunk(b"EVIL", b"a")]), "damaged"
    yield "large part of nobody", "a.png", png(before=[chunk(b"evIl", bytes(70_000))]), "attached"
    yield "two heads", "a.png", png(before=[chunk(b"IHDR", head)]), "damaged"
    yield ("no pixels", "a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IEND"), "damaged")
    yield ("colours that are none", "a.png", png(head=struct.pack(">IIBBBBB", 40, 30, 7, 5, 0, 0, 0)), "damaged")
    yield ("remark that is a bomb", "a.png", png(before=[chunk(b"zTXt", b"a\0\0" + noughts(2**28))]), "unpacked")
    yield ("colours that are a bomb", "a.png", png(before=[chunk(b"iCCP", b"a\0\0" + noughts(2**28))]), "unpacked")
    yield ("script in a remark", "a.png", png(before=[chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")]), "two_kinds")
    yield ("program of a server in a remark", "a.png", png(behind=[chunk(b"tEXt", b"Comment\0<?php system($_GET[0]); ?>")]), "two_kinds")
    yield "zip within a picture", "a.png", png(behind=[chunk(b"evIl", zipped({"a": b"b"}))]), "two_kinds"
    yield "PDF within a picture", "a.png", png(before=[chunk(b"evIl", pdf())]), "two_kinds"
    photo = jpeg()
    frame = photo.index(b"\xff\xc0")
    yield ("flood of pixels in a photo", "a.jpg", photo[: frame + 5] + b"\xff\xff\xff\xff" + photo[frame + 9 :], "pixels")
    yield ("photo larger than its bytes", "a.jpg", photo[: frame + 5] + b"\x20\0\x20\0" + photo[frame + 9 :], "damaged")
    yield "behind the end of a photo", "a.jpg", photo + b"PK\5\6", "behind"
    yield "photo behind a photo", "a.jpg", photo + photo, "behind"
    yield "photo without end", "a.jpg", photo[:-2], "damaged"
    yield "photo of arithmetic codes", "a.jpg", photo.replace(b"\xff\xc0", b"\xff\xc9"), "damaged"
    yield "photo of two frames", "a.jpg", photo[:frame] + photo[frame : frame + 19] + photo[frame:], "damaged"
    yield "segment beyond the end", "a.jpg", photo[:2] + b"\xff\xe0\xff\xff" + photo[4:], None
    yield ("script in a remark of a photo", "a.jpg", jpeg(segment(0xFE, b"<script>alert(1)</script>")), "two_kinds")
    yield "zip in a remark of a photo", "a.jpg", jpeg(segment(0xFE, zipped({"a": b"b"}))), "two_kinds"
    yield "PDF in a remark of a photo", "a.jpg", jpeg(segment(0xFE, pdf())), "two_kinds"
    scan = photo.index(b"\xff\xda")
    yield "a thousand passes", "a.jpg", photo[:scan] + (photo[scan:-2] * 1_000) + b"\xff\xd9", "unpacked"


def texts() -> Iterator[Seed]:
    yield "nought in a text", "a.txt", b"a\0b", "no_text"
    yield "escape in a text", "a.txt", b"\x1b]0;evil\x07", "no_text"
    yield "text turned round", "a.txt", "brief\u202efdp.exe".encode(), "no_text"
    yield "two bytes without a mark", "a.txt", "Ontslagbrief".encode("utf-16-le"), "no_text"
    yield "four bytes", "a.txt", "Ontslagbrief".encode("utf-32"), "no_text"
    yield "half a letter", "a.txt", "Ontslagbrief één".encode()[:-3] + b"n \xc3\xa9 \xff", "no_text"
    yield "bytes of no letter", "a.txt", b"a \x81\x8d b", "no_text"
    yield "control signs of ISO", "a.txt", "a\x9b31mb".encode(), "no_text"
    yield "page behind spaces", "a.txt", b" \r\n\t" * 50 + b"<!DOCTYPE html><p>a", "content"
    yield "page in two bytes", "a.txt", "<html>a".encode("utf-16"), "content"
    yield "script within a text", "a.txt", b"Ontslagbrief\n<script src=a></script>", "two_kinds"
    yield "ending of a program", "letter.pdf.exe", pdf(), "kind"
    yield "ending turned round", "letter\u202efdp.exe", pdf(), "kind"
    yield "no ending", "letter", pdf(), "kind"
    yield "ending with macros", "letter.docm", docx(), "kind"
    yield "second stream of a file", "letter.pdf:a.exe", pdf(), "kind"
    yield "web page", "letter.html", b"<html>", "kind"
    yield "old Word", "letter.doc", b"\xd0\xcf\x11\xe0", "kind"

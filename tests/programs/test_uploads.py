"""Documents from the programs that people have are taken, and a real scanner is asked (security F1, F3)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from msreg.formats.scanner import scan
from msreg.formats.uploads import inspect, taken, text_of
from msreg.vocabulary import ScanResult
from tests.programs.conftest import program
from tests.uploads_make import docx, paragraph, pdf, xlsx

WORD = "Zwangerschapskaart"


def accepted(path: Path, folder: Path) -> str:
    """The words of a document that is taken."""
    with taken(path, folder) as document:
        verdict = inspect(document)
        assert verdict.refused is None, verdict.refused
        assert verdict.kind is not None
        return text_of(document.file, verdict.kind).text


def test_a_page_printed_by_a_browser(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content(
        f"<html lang=nl><title>Brief</title><h1>{WORD}</h1><p><a href='https://a.nl'>a</a><svg></svg>"
    )
    for name, options in (("a.pdf", {}), ("tagged.pdf", {"tagged": True, "outline": True})):
        page.pdf(path=str(tmp_path / name), **options)
        assert WORD in accepted(tmp_path / name, tmp_path)
    for name, kind in (("a.png", "png"), ("a.jpg", "jpeg")):
        page.screenshot(path=str(tmp_path / name), type=kind)  # type: ignore[arg-type]
        accepted(tmp_path / name, tmp_path)


@pytest.mark.parametrize(
    "target",
    ["xlsx", "pdf:calc_pdf_Export", 'pdf:calc_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'],
)
def test_a_sheet_saved_by_libreoffice(target: str, tmp_path: Path) -> None:
    source = tmp_path / "in" / "lab.xlsx"
    source.parent.mkdir()
    source.write_bytes(xlsx(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{WORD}</t></is></c></row>'))
    done = subprocess.run(
        [program("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", target,
         "--outdir", str(tmp_path), str(source)],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert WORD in accepted(tmp_path / f"lab.{target[:4].rstrip(':')}", tmp_path)


@pytest.mark.parametrize(
    "kind", ["-png", "-jpeg", "-jpeg -jpegopt progressive=y", "-mono -png", "-gray -jpeg"]
)
def test_a_page_made_a_picture_by_poppler(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(text=WORD))
    subprocess.run(
        [program("pdftoppm"), *kind.split(), "-singlefile", str(tmp_path / "a.pdf"), str(tmp_path / "page")],
        check=True,
    )
    [made] = tmp_path.glob("page.*")
    accepted(made, tmp_path)


@pytest.fixture
def clamscan(tmp_path: Path) -> str:
    """The real program, with a signature of our own: no list of viruses has to be fetched."""
    (tmp_path / "own.ndb").write_text(f"Own.Test:0:*:{b'found by a signature of ours'.hex()}\n")
    script = tmp_path / "clamscan"
    script.write_text(f'#!/bin/sh\nexec {program("clamscan")} -d {tmp_path}/own.ndb "$@"\n')
    script.chmod(0o700)
    return str(script)


def scanned(data: bytes, address: str) -> ScanResult:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return scan(file, len(data), scanner="clamscan", address=address).result


def test_a_real_scanner(clamscan: str) -> None:
    bad = b"found by a signature of ours"
    assert scanned(b"Ontslagbrief", clamscan) is ScanResult.CLEAN
    assert scanned(b"a " + bad, clamscan) is ScanResult.INFECTED
    assert scanned(docx(paragraph(bad.decode())), clamscan) is ScanResult.INFECTED  # within a Word file
    assert scanned(b"a" * 50 * 2**20, clamscan) is ScanResult.CLEAN
    assert scanned(b"a" * 110 * 2**20 + bad, clamscan) is ScanResult.NOT_SCANNED


def test_a_real_scanner_without_its_signatures(clamscan: str, tmp_path: Path) -> None:
    (tmp_path / "own.ndb").unlink()
    assert scanned(b"Ontslagbrief", clamscan) is ScanResult.NOT_SCANNED

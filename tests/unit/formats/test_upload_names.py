"""Security 4.8, 5.8: a name of a stranger is made one that any system can hold and any screen can show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.formats.uploads import Kind, clean_name, kind_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Ontslagbrief.pdf", "Ontslagbrief.pdf"),
        ("  OK  verslag .PDF ", "OK verslag.PDF"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\brief.docx", "brief.docx"),
        ("brief\u202efdp.exe", "brieffdp.exe"),
        ("brief\x1b]0;a\x07.pdf", "brief]0;a.pdf"),
        ("brief\u200b\ufeff.pdf", "brief.pdf"),
        ("brie\u0301f.pdf", "bri\u00e9f.pdf"),
        ("brief\u2028regel.pdf", "brief regel.pdf"),
        ("a\nb\tc.txt", "a b c.txt"),
        ("brief.pdf:a.exe", "brief.pdf_a.exe"),
        ('a<b>c|d?e*f".txt', "a_b_c_d_e_f_.txt"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("Com1.tekst.pdf", "_Com1.tekst.pdf"),
        ("lpt¹.txt", "_lpt¹.txt"),
        ("nul .txt", "_nul.txt"),
        ("conto.pdf", "conto.pdf"),
        (".htaccess", "htaccess"),
        (".pdf", "document.pdf"),
        ("...", "document"),
        ("", "document"),
        ("\u202e\u200b", "document"),
        ("/", "document"),
        ("brief.", "brief"),
        ("a.pdf. . ", "a.pdf"),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize("letter", ["a", "é", "中", "👩", "e\u0323\u0301"])
@pytest.mark.parametrize("count", [40, 65, 66, 67, 98, 99, 100, 195, 196, 197, 400])
def test_long_names_keep_their_ending_and_no_half_letter(letter: str, count: int) -> None:
    clean = clean_name(letter * count + ".pdf")
    assert len(clean.encode()) <= 200
    assert clean.endswith(".pdf")
    whole = unicodedata.normalize("NFC", letter)
    assert clean[:-4] == whole * (len(clean[:-4]) // len(whole))
    if len((whole * count + ".pdf").encode()) <= 200:
        assert clean == whole * count + ".pdf"


@given(st.text(max_size=300))
def test_any_name_is_safe_and_stays_as_it_is_when_cleaned_again(name: str) -> None:
    clean = clean_name(name)
    assert clean
    assert clean_name(clean) == clean
    assert len(clean.encode()) <= 200
    assert clean == unicodedata.normalize("NFC", clean)
    assert not set(clean) & set('/\\:<>"|?*')
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for each in clean)
    assert clean == clean.strip(". ")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pdf", Kind.PDF), ("a.PNG", Kind.PNG), ("a.jpg", Kind.JPG), ("a.JPEG", Kind.JPG), ("a.docx", Kind.DOCX),
        ("a.xlsx", Kind.XLSX), ("a.txt", Kind.TXT), ("a.exe.pdf", Kind.PDF), ("a.pdf.exe", None), ("pdf", None),
        ("a.doc", None), ("a.docm", None), ("a.xlsm", None), ("a.svg", None), ("a", None), ("a.pdf ", None),
    ],
)  # fmt: skip
def test_kinds_by_name(name: str, kind: Kind | None) -> None:
    assert kind_of(name) is kind

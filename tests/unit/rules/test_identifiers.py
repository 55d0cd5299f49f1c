"""BSN, postal code and e-mail address."""

from __future__ import annotations

import pytest

from msreg.rules.identifiers import is_bsn, is_email, is_postal_code, is_test_bsn, tidy_postal_code

BSNS = [
    "999990019",
    "999994669",
    "999992740",
    "999990925",
    "999993276",
    "999993252",
    "999991176",
    "999993136",
    "999993215",
    "999990317",
    "999994281",
    "999990743",
    "999993070",
    "999991334",
    "999993653",
]


@pytest.mark.parametrize("text", BSNS)
def test_bsn(text: str) -> None:
    """SPEC P3: the published test numbers pass the eleven-test."""
    assert is_bsn(text)
    assert is_test_bsn(text)


@pytest.mark.parametrize("text", BSNS)
def test_every_single_typing_error_is_seen(text: str) -> None:
    """SPEC P3: one other digit, or two neighbours that changed places."""
    for n, digit in enumerate(text):
        for other in "0123456789":
            if other != digit:
                assert not is_bsn(text[:n] + other + text[n + 1 :])
    for n in range(len(text) - 1):
        swapped = text[:n] + text[n + 1] + text[n] + text[n + 2 :]
        assert swapped == text or not is_bsn(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000000000",
        "123456789",
        "99999001",
        "9999900190",
        "9999.90.019",
        " 99990019",
        "99999001a",
        "-99990019",
        "٩٩٩٩٩٠٠١٩",
        "²99990019",
    ],
)
def test_not_a_bsn(text: str) -> None:
    assert not is_bsn(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2601 DC", "2601 DC"),
        ("2601DC", "2601 DC"),
        ("2601dc", "2601 DC"),
        (" 7513 ER ", "7513 ER"),
        ("NL-2611ET", "2611 ET"),
    ],
)
def test_postal_code(text: str, stored: str) -> None:
    assert is_postal_code(text)
    assert tidy_postal_code(text) == stored


@pytest.mark.parametrize(
    "text", ["", "2611 SS", "2611 SA", "2611 SD", "26112 ET", "0123 AB", "2611", "2611 E", "２６０１ DC"]
)
def test_not_a_postal_code(text: str) -> None:
    assert not is_postal_code(text)
    assert tidy_postal_code(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "patient1@example.org",
        "j.o'neill+ms@mail.example.co.uk",
        "A_B-c@example-2.org",
        "x@xn--bcher-kva.example",
        "x@bücher.example",
        "a" * 64 + "@example.org",
        "a@" + "b" * 63 + ".org",
        "a@b.nl",
        "a@" + "b." * 125 + "nl",
    ],
)
def test_email(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no-address",
        "@example.org",
        "a@",
        "a@example",
        "a@@example.org",
        "a@b@example.org",
        "a b@example.org",
        "a@exam ple.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@.example.org",
        "a@example..org",
        "a@example.org.",
        "a@-example.org",
        "a@example-.org",
        "a@example.o",
        "a@exam_ple.org",
        "a@" + "b" * 64 + ".org",
        "a@127.0.0.1",
        "a@example.org, b@example.org",
        "Anna <a@example.org>",
        "a@example.org\n",
        "a@example.org\r\nBcc: b@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b." * 125 + "nld",
        '"a b"@example.org',
    ],
)
def test_not_an_email(text: str) -> None:
    """A line break would let an address write headers of the mail that goes to it."""
    assert not is_email(text)


def test_long_nonsense_is_refused_at_once() -> None:
    """The pattern has no way to try the same text in many ways."""
    assert not is_email("a@" + "a-" * 120)
    assert not is_email("." * 254)
    assert not is_email("a." * 126 + "@")

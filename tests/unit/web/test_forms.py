"""What a form hands in is read whole or not at all; what a log may say of a path."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from msreg.web import forms
from msreg.web.guard import told

URLENCODED = "application/x-www-form-urlencoded"


def read(pieces: Sequence[bytes], *, kind: str = URLENCODED, length: str | None = None, **more: bool) -> Any:
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": left.pop(0), "more_body": True} if len(left) > 1 else {
            "type": "http.request", "body": left.pop(0), "more_body": False
        }  # fmt: skip

    headers = [(b"content-type", kind.encode())]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    return asyncio.run(forms.read_form(request, **more))


def status(pieces: Sequence[bytes], **more: Any) -> int:
    with pytest.raises(HTTPException) as found:
        read(pieces, **more)
    return found.value.status_code


def test_fields_come_in_pieces_and_in_every_letter() -> None:
    assert read([b"a=%C3%A9&b=", b"+1&c="]) == {"a": "é", "b": " 1", "c": ""}
    assert read([b""]) == {}


@pytest.mark.parametrize(
    "body", [b"a=\xff", b"a=%ff", b"a=1&a=2", "&".join(f"k{n}=" for n in range(101)).encode()]
)
def test_what_is_not_understood_is_refused(body: bytes) -> None:
    assert status([body]) == 400


def test_the_size_is_counted_whatever_is_said_of_it() -> None:
    most = forms.LARGEST
    assert read([b"a=" + b"b" * (most - 2)])["a"] == "b" * (most - 2)
    assert status([b"a=" + b"b" * (most - 1)]) == 413
    assert status([b"b" * 40_000, b"b" * 40_000], length="10") == 413
    assert status([b"a=1"], length=str(most + 1)) == 413
    assert status([b"a=1"], length="-1") == 400
    assert status([b"a=1"], length="²") == 400


def test_other_kinds_are_not_read() -> None:
    assert status([b"{}"], kind="application/json") == 415
    assert status([b"x"], kind="multipart/form-data; boundary=x") == 415
    assert read([b"a=1"], kind=f"{URLENCODED}; charset=UTF-8") == {"a": "1"}


def test_who_is_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "SECONDS", 0.05)
    assert status([b"a=1", b"b"][:0] or []) == 408


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n', True),
        (b'--x\r\ncontent-disposition: form-data; name="list-unsubscribe"\r\ncontent-type: text/plain\r\n\r\n'
         b"One-Click\r\n--x--", True),
        (b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nOne-Click\r\n--x--\r\n', False),
        (b"", False),
    ],
)  # fmt: skip
def test_one_click_may_come_in_parts(body: bytes, wanted: bool) -> None:
    fields = read([body], kind="multipart/form-data; boundary=x", in_parts=True)
    assert forms.is_one_click(fields) is wanted
    assert forms.is_one_click(read([b"List-Unsubscribe=One-Click"]))
    assert not forms.is_one_click(read([b"List-Unsubscribe=One-Click&a=1"]))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "/"), ("/q/AbC", "/q/…"), ("/yes/AbC/case", "/yes/…"), ("/AbC", "/…"), ("/AbC/q", "/…/…"),
        ("/health", "/health"), ("//q/x", "/q/…"),
    ],
)  # fmt: skip
def test_a_log_tells_no_link(path: str, words: str) -> None:
    assert told({"path": path}) == words

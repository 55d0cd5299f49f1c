"""What a form hands in: few fields, short, in time; anything else is not read to its end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

LARGEST = 64 * 1024
MOST_FIELDS = 100
SECONDS = 10.0
_TYPE = "application/x-www-form-urlencoded"
_ONE_CLICK = ("List-Unsubscribe", "One-Click")
_IN_PARTS = re.compile(
    # Lines and headers are few and short: a search without ends takes seconds, in which nobody gets a page.
    rb'content-disposition:[^\r\n]{0,100}name="?list-unsubscribe"?[^\r\n]{0,100}\r?\n'
    rb"(?:[^\r\n]{1,200}\r?\n){0,5}\r?\none-click\s",
    re.IGNORECASE,
)

Fields = Mapping[str, str]


async def read_form(request: Request, *, in_parts: bool = False) -> Fields:
    """The fields of a form, each once. Raises `HTTPException`: 400, 408 too slow, 413 too large, 415 no form.

    `in_parts`: a mail program may say in a multipart body that no more mail is wanted (RFC 8058); of that nothing
    else is read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if in_parts and kind == "multipart/form-data":
        return dict((_ONE_CLICK,)) if _IN_PARTS.search(await _body(request)) else {}
    if kind != _TYPE:
        raise HTTPException(415)
    return _fields(await _body(request))


def is_one_click(fields: Fields) -> bool:
    """Whether a mail program says that no more mail is wanted, and nothing else."""
    return tuple(fields.items()) == (_ONE_CLICK,)


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit():
        raise HTTPException(400)
    if int(told) > LARGEST:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return bytes(body)


def _fields(body: bytes) -> Fields:
    try:
        found = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise HTTPException(400) from None
    fields = dict(found)
    if len(fields) < len(found):
        raise HTTPException(400)
    return fields

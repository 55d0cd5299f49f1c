"""The session of a notifier who entered a code: a cookie for the pages below one link, and a mark in each form."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from msreg.services.links import is_token
from msreg.web.forms import Fields
from msreg.web.security import Site

FIELD = "mark"
_NAME, _SECURE_NAME = "case", "__Secure-case"


def open_session(response: Response, site: Site, token: str, session: str) -> None:
    """Let the browser keep a session for the pages below a link; scripts and other sites do not get it."""
    response.set_cookie(
        _name(site), session, path=f"{site.prefix}/yes/{token}", secure=site.secure, httponly=True, samesite="strict"
    )  # fmt: skip


def session_of(request: Request, site: Site) -> str | None:
    """The session that the browser gives; None for none, and for what can be none."""
    found = request.cookies.get(_name(site), "")
    return found if is_token(found) else None


def mark_of(session: str) -> str:
    """What each form of a session carries: another site cannot know it."""
    return sha256(f"msreg form\0{session}".encode()).hexdigest()


def require_mark(session: str, fields: Fields) -> None:
    """Raise `HTTPException` for a form that is none of this session's."""
    if not compare_digest(mark_of(session).encode(), fields.get(FIELD, "").encode()):
        raise HTTPException(403)


def _name(site: Site) -> str:
    return _SECURE_NAME if site.secure else _NAME

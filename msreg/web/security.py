"""What every answer says to a browser, and which requests are not looked at (decision 0045)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from msreg.config import Settings

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    # A link is a secret: no other site is told where its reader came from.
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (b"x-robots-tag", b"noindex, nofollow, noarchive"),
)
NEVER_KEPT = (b"cache-control", b"no-store")
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Site:
    """The site as people reach it: its origin, its path before ours, and the names that it answers to."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.web.url
        found = urlsplit(settings.web.address)
        self.secure = found.scheme == "https"
        self.prefix = found.path.rstrip("/")
        self.origin = f"{found.scheme}://{found.netloc}"
        self._names = {(found.hostname or "").lower(), settings.web.host.lower(), *_LOOPBACK}
        self.headers = (*HEADERS, _HTTPS_ONLY) if self.secure else HEADERS

    def knows(self, host: str) -> bool:
        """Whether a request was meant for this site: another name is a trick of another site."""
        name, colon, port = host.rpartition(":")
        if not colon or not port.isdigit():
            name = host
        return name.lower() in self._names

    def is_own(self, origin: str, host: str) -> bool:
        """Whether a form came from one of our pages; without a set address these are where they were asked for."""
        return origin == (self.origin if self.url else f"http://{host}")


def from_elsewhere(request: Request, site: Site) -> bool:
    """Whether another site made a browser hand in a form.

    Browsers say so in Sec-Fetch-Site. Older ones tell the origin; it is "null" where, as on our pages, no referrer
    is told, and then the link, or the session with the mark of its form, has to vouch.
    """
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin not in (None, "null") and not site.is_own(origin or "", request.headers.get("host", ""))


def header(scope: Scope, name: bytes) -> str:
    """The first header of this name, in lower case letters; empty when there is none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")

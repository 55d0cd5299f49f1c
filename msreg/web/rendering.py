"""From a template to an answer: the language of its reader, the texts, and the files beside the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from msreg.clock import AMSTERDAM
from msreg.config import Settings, data_folder
from msreg.mail.templates import day_in_words, month_in_words
from msreg.screen.language import texts_in
from msreg.vocabulary import Language
from msreg.web.security import Site

if TYPE_CHECKING:
    from jinja2 import Environment

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FILES = ("web.css", "web.js")
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
NAMES = {Language.NL: "Nederlands", Language.EN: "English"}


class Speech:
    """One language: its texts and its pages."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = texts_in(language)
        self.pages = _environment(self)

    def text(self, msgid: str) -> str:
        """The text in this language."""
        return self._texts.gettext(msgid) if msgid else ""

    def ntext(self, one: str, many: str, count: int) -> str:
        """The text for this number of things."""
        return self._texts.ngettext(one, many, count).format(count=count)


@cache
def speech(language: Language) -> Speech:
    """A language, read once."""
    return Speech(language)


def warm_up() -> None:
    """Read what every page needs, and compile the pages."""
    files()
    for language in Language:
        pages = speech(language).pages
        for name in pages.list_templates(
            filter_func=lambda each: each.startswith("web_") and each.endswith(".j2")
        ):
            pages.get_template(name)


def _environment(own: Speech) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(data_folder() / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals.update(_=own.text, ngettext=own.ntext)
    made.filters["day"] = lambda value: day_in_words(value, own.language)
    made.filters["month"] = lambda value: month_in_words(date.fromisoformat(f"{value}-01"), own.language)
    made.filters["moment"] = lambda value: moment_in_words(value, own.language)
    return made


def moment_in_words(at: datetime, language: Language) -> str:
    """A moment on the clock of the office: 1 december 2026, 9:05."""
    local = at.astimezone(ZoneInfo(AMSTERDAM))
    return f"{day_in_words(local.date(), language)}, {local.hour}:{local.minute:02d}"


class File(NamedTuple):
    """A file beside the pages, by a name that changes with what is in it."""

    name: str
    type: str
    body: bytes
    mark: str


@cache
def files() -> Mapping[str, File]:
    """Those files by their plain name."""
    found = {}
    for plain in _FILES:
        body = (data_folder() / "pages" / plain).read_bytes()
        mark = sha256(body).hexdigest()[:12]
        stem, _, kind = plain.partition(".")
        found[plain] = File(f"{stem}.{mark}.{kind}", _TYPES[kind], body, mark)
    return found


def file_answer(request: Request) -> Response | None:
    """The answer with a file beside the pages; None when it is none, or another version than there is now."""
    wanted = request.path_params["name"]
    known = next((each for each in files().values() if each.name == wanted), None)
    if known is None:
        return None
    head = {**_FOR_EVER, "etag": f'"{known.mark}"'}
    if request.headers.get("if-none-match") == head["etag"]:
        return Response(status_code=304, headers=head)
    return Response(known.body, media_type=known.type, headers=head)


def chosen(request: Request) -> Language | None:
    """The language that the reader chose by a link of the page."""
    try:
        return Language(request.query_params.get("lang", ""))
    except ValueError:
        return None


def language_of(request: Request, own: Language | None = None) -> Language:
    """The language of an answer: as chosen, else the reader's own, else the browser's, else Dutch."""
    return chosen(request) or own or _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> Language:
    for each in header.lower().split(",")[:10]:
        tag = each.partition(";")[0].strip()[:2]
        if tag in ("nl", "en"):
            return Language(tag)
    return Language.NL


class Renderer:
    """Makes the pages of one site."""

    def __init__(self, settings: Settings, site: Site) -> None:
        self._settings = settings
        self._site = site

    def page(
        self,
        request: Request,
        name: str,
        /,
        *,
        language: Language | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response:
        """The page of a template. `language`: that of its reader, when it is known."""
        spoken = language_of(request, language)
        own = speech(spoken)
        text = own.pages.get_template(f"web_{name}.html.j2").render(
            lang=spoken.value,
            # An answer to a form has what was filled in, which a link would lose.
            others=() if request.method == "POST" else _others(spoken),
            here=query_of(request) or "?",
            office=self._settings.office,
            static={plain: f"{self._site.prefix}/static/{each.name}" for plain, each in files().items()},
            **values,
        )
        return HTMLResponse(text, status, headers={"content-language": spoken.value})

    def elsewhere(self, request: Request, path: str, **query: str) -> str:
        """The address of another page, in the language that was chosen."""
        return self._site.prefix + path + query_of(request, **query)


def query_of(request: Request, **more: str) -> str:
    """What follows the path of a page: the language that was chosen, and more.

    Pages name themselves by this alone, so that no link, which is a secret, stands in them.
    """
    language = chosen(request)
    words = [f"lang={language.value}"] if language else []
    words += [f"{key}={value}" for key, value in more.items()]
    return "?" + "&".join(words) if words else ""


def _others(spoken: Language) -> list[tuple[str, str]]:
    return [(each.value, NAMES[each]) for each in Language if each is not spoken]

"""The catalogues of what people read, Dutch and English: bring them in step with the code, or see that they are.

Texts are collected where the code marks them (`_`, `N_`, `gettext`, `ngettext`), within f-strings too, which
babel's own extractor passes over before Python 3.12; from the pages of data/pages; and from the manual pages of the
checks. `--write` keeps translations, adds new texts without one and drops texts that are gone; a person fills
data/locale/nl/LC_MESSAGES/msreg.po and runs it again. English is filled by itself.

Usage: python tools/catalogues.py --write | --check
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "data" / "locale"
DOMAIN = "msreg"
SOURCE, TARGET = "en", "nl"
KEYWORDS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2}
"""The words that mark texts, and how many texts each takes: its first arguments."""
WIDTH = 100
LONG = 3  # from so many words on, a Dutch text that equals the English one was forgotten

Id = str | tuple[str, str]
Found = dict[Id, tuple[list[str], list[str]]]
"""Texts, each with the files that it stands in and what translators are told of it."""


class Plain(Catalog):
    """A catalogue whose header has no dates and names, so that a file only changes when a text does."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs and no more."""
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def texts() -> Found:
    """Every text that the code shows, by file and in the order of the file."""
    found: Found = {}
    for path in sorted(ROOT.glob("msreg/**/*.py")):
        place = path.relative_to(ROOT).as_posix()
        for msgid, told in _marked(path.read_text(encoding="utf-8"), place):
            _note(found, msgid, place, told)
    for path in sorted(ROOT.glob("data/pages/*.j2")):
        place = path.relative_to(ROOT).as_posix()
        for msgid in of_page(path.read_text(encoding="utf-8")):
            _note(found, msgid, place, ())
    sys.path.insert(0, str(ROOT))
    from msreg.services.rulebook import check_texts

    for text in check_texts():
        _note(found, text, "msreg/rules", ())
    return _without_doubles(found)


@cache
def _marked(code: str, place: str) -> tuple[tuple[Id, list[str]], ...]:
    """The same code marks the same texts, and most of it is the same as a moment ago."""
    return tuple(marked(code, place))


def marked(code: str, place: str) -> Iterator[tuple[Id, list[str]]]:
    """The texts that a file marks, as they stand in it. Raises `ValueError` for one put together on the spot."""
    lines = code.splitlines()
    calls = (each for each in ast.walk(ast.parse(code)) if isinstance(each, ast.Call))
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = call.args[: KEYWORDS.get(name, 0)]
        if any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in given):
            raise ValueError(f"{place}:{call.lineno}: a text that is put together cannot be translated")
        texts = [
            each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if not texts or "" in texts or len(texts) != KEYWORDS[name]:
            continue  # a name: its text is marked where it is written
        above = lines[call.lineno - 2].strip() if call.lineno > 1 else ""
        told = [above.removeprefix("# ")] if above.startswith("# Translators:") else []
        yield (texts[0] if len(texts) == 1 else (texts[0], texts[1])), told


def of_page(text: str) -> Iterator[Id]:
    """The texts that a page of jinja2 marks, in the order of the page."""
    from jinja2 import Environment
    from jinja2.ext import extract_from_ast

    for _line, name, given in extract_from_ast(Environment(autoescape=True).parse(text), tuple(KEYWORDS)):
        texts = (given,) if isinstance(given, str) else (given or ())[: KEYWORDS[name]]
        if texts and all(texts):
            yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _note(found: Found, msgid: Id, place: str, comments: Sequence[str]) -> None:
    places, told = found.setdefault(msgid, ([], []))
    if place not in places:
        places.append(place)
    told += [each for each in comments if each not in told]


def _without_doubles(found: Found) -> Found:
    """gettext knows a text once: one that also stands alone belongs to its pair of one and many."""
    for one in [each[0] for each in found if isinstance(each, tuple) and each[0] in found]:
        pair = next(each for each in found if isinstance(each, tuple) and each[0] == one)
        places, told = found.pop(one)
        for place in places:
            _note(found, pair, place, told)
    return found


def catalogue(language: str, found: Found, known: Catalog | None) -> Plain:
    """The catalogue of a language: the texts that are there now, with the translations that are known."""
    new = Plain(locale=language, domain=DOMAIN, header_comment="", charset="utf-8", fuzzy=False)
    for msgid, (places, told) in found.items():
        plural = isinstance(msgid, tuple)
        string: Any = msgid if language == SOURCE else (("", "") if plural else "")
        old = known.get(msgid[0] if plural else msgid) if known and language != SOURCE else None
        flags: Any = ()
        if old is not None and isinstance(old.string, tuple) == plural and old.id == msgid:
            string, flags = old.string, {"fuzzy"} & old.flags
        new.add(msgid, string, [(place, 0) for place in places], auto_comments=told, flags=flags)
    return new


def po(new: Plain) -> str:
    """The catalogue as a file for people."""
    out = io.BytesIO()
    write_po(out, new, width=WIDTH, ignore_obsolete=True, include_lineno=False)
    return out.getvalue().decode()


def mo(new: Plain) -> bytes:
    """The catalogue as gettext reads it; untranslated and fuzzy texts are left out."""
    out = io.BytesIO()
    write_mo(out, new)
    return out.getvalue()


def path_of(language: str, suffix: str, folder: Path = LOCALE) -> Path:
    """Where a catalogue is kept."""
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def stored(language: str, folder: Path = LOCALE) -> Catalog | None:
    """The catalogue as it was written last."""
    path = path_of(language, "po", folder)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(folder: Path = LOCALE) -> list[str]:
    """Bring all files in step; gives the names of those that changed."""
    found, changed = texts(), []
    for language in (TARGET, SOURCE):
        new = catalogue(language, found, stored(language, folder))
        for suffix, content in (("po", po(new).encode()), ("mo", mo(new))):
            path = path_of(language, suffix, folder)
            if not path.is_file() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                changed.append(f"{language}/LC_MESSAGES/{path.name}")
    return changed


def check(folder: Path = LOCALE) -> list[str]:
    """What is wrong with the catalogues, a sentence each; nothing when they are complete and in step."""
    found = texts()
    faults: list[str] = []
    for language in (TARGET, SOURCE):
        known = stored(language, folder)
        if known is None:
            faults.append(f"{language}: there is no catalogue")
            continue
        faults += [f"{language}: {each}" for each in _steps(language, found, known, folder)]
        for message in known:
            if message.id and language == TARGET:
                faults += [f"{language}: {each}: {pair(message)[0][0]!r}" for each in doubts(message)]
    return faults


def _steps(language: str, found: Found, known: Catalog, folder: Path) -> Iterator[str]:
    there = {message.id: None for message in known if message.id}  # in order, for the same answer every time
    yield from (f"not in the catalogue: {msgid!r}" for msgid in found if msgid not in there)
    yield from (f"no longer in the code: {msgid!r}" for msgid in there if msgid not in found)
    new = catalogue(language, found, known)
    if there.keys() == found.keys() and po(new) != path_of(language, "po", folder).read_text(
        encoding="utf-8"
    ):
        yield "the file is not as --write writes it"
    compiled = path_of(language, "mo", folder)
    if not compiled.is_file() or compiled.read_bytes() != mo(new):
        yield "msreg.mo is not the compiled msreg.po"


def doubts(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    asked, given = pair(message)
    if not all(given) or len(given) != len(asked):
        yield "no translation"
        return
    if message.fuzzy:
        yield "fuzzy"
    for source, target in zip(asked, given, strict=True):
        if placeholders(source) != placeholders(target):
            yield "other placeholders"
        if _edges(source) != _edges(target):
            yield "other spaces or line ends around it"
        words = [each for each in re.sub(r"\{\w*\}", "", source).split() if any(map(str.isalpha, each))]
        if source == target and len(words) >= LONG:
            yield "the same as in English"


def pair(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of a message and their translations, one of each or for one and for many."""
    asked = message.id if isinstance(message.id, tuple) else (message.id,)
    given = message.string if isinstance(message.string, tuple) else (message.string,)
    return asked, given


def placeholders(text: str) -> list[str]:
    """The `{names}` in a text."""
    return sorted(set(re.findall(r"\{(\w*)\}", text)))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the catalogues, or name what is wrong with them (exit code 1)."""
    parser = argparse.ArgumentParser(
        description="Bring the catalogues in step with the code, or see that they are."
    )
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--write", action="store_true", help="bring the files in step with the code")
    how.add_argument(
        "--check", action="store_true", help="only name what is wrong, and fail when there is any"
    )
    chosen = parser.parse_args(arguments)
    if chosen.write:
        for name in write():
            print(f"data/locale/{name} written")
    faults = check()
    for fault in faults:
        print(fault)
    if faults:
        print(
            f"{len(faults)} faults in data/locale; mend nl/LC_MESSAGES/msreg.po and run: tools/catalogues.py --write"
        )
    return 1 if faults and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())

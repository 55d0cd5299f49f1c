"""Everything that people read is there in Dutch and English, and the catalogues are in step (SPEC 1)."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from msreg.cli import main
from msreg.screen.edge import Edge, use
from msreg.screen.language import activate
from msreg.store.registry import Registry
from msreg.vocabulary import Language

ROOT = Path(__file__).parents[2]
ENGLISH = re.compile(
    r"\b([Tt]he|[Aa]nd|[Nn]ot|[Ww]ith|[Tt]his|[Tt]here|has|are|which|were|cannot|[Nn]othing|may|than)\b"
)
"""Words that no Dutch sentence holds."""
NOT_A_SENTENCE = re.compile(r"msreg [a-z].*|--[a-z-]+|\S*/\S*|\b[a-z]+\.[a-z]+\b|^ +[a-z-]+  ", re.MULTILINE)
"""Commands with their verbs, options, rights and paths are the same in both languages."""


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "tools" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["catalogues"] = module
    spec.loader.exec_module(module)
    return module


tool: Any = _tool()


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    """A copy of the catalogues, to spoil."""
    return shutil.copytree(tool.LOCALE, tmp_path / "locale")


@pytest.fixture
def in_dutch() -> Iterator[None]:
    """Calls within this process speak Dutch; what comes after speaks as before."""
    yield
    activate(Language.EN)
    use(Edge())


def test_every_text_is_there_in_both_languages() -> None:
    """SPEC 1: complete, not fuzzy, the same placeholders, compiled."""
    assert tool.check() == []


def test_writing_again_changes_nothing(locale: Path) -> None:
    tool.write(locale)
    assert tool.write(locale) == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_placeholder_is_filled_in_every_language(language: str) -> None:
    """No translation can break the sentence that it stands in."""
    for message in tool.stored(language):
        if not message.id:
            continue
        asked, given = tool.pair(message)
        for source, target in zip(asked, given, strict=True):
            names = dict.fromkeys(tool.placeholders(source), "0")
            if names:
                assert "{" not in target.format(**names), source


def _rewrite(locale: Path, change: Callable[[Message], None], *, compiled: bool = True) -> None:
    known: Catalog = tool.stored("nl", locale)
    change(known["All centres."])
    new = tool.catalogue("nl", tool.texts(), known)
    tool.path_of("nl", "po", locale).write_text(tool.po(new), encoding="utf-8")
    if compiled:
        tool.path_of("nl", "mo", locale).write_bytes(tool.mo(new))


def _empty(message: Message) -> None:
    message.string = ""


def _doubt(message: Message) -> None:
    message.flags.add("fuzzy")


def _same(message: Message) -> None:
    message.string = "All centres."


def _placeholder(message: Message) -> None:
    message.string = "Alle {count} centra."


def _space(message: Message) -> None:
    message.string = "Alle centra. "


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_empty, "no translation"),
        (_doubt, "fuzzy"),
        (_placeholder, "other placeholders"),
        (_space, "other spaces or line ends around it"),
    ],
)
def test_a_faulty_translation_is_told(locale: Path, change: Callable[[Message], None], told: str) -> None:
    _rewrite(locale, change)
    assert f"nl: {told}: 'All centres.'" in tool.check(locale)


def test_a_long_text_left_in_english_is_told() -> None:
    assert list(tool.doubts(Message("no such thing", "no such thing"))) == ["the same as in English"]
    assert list(tool.doubts(Message("EDSS score", "EDSS score"))) == []
    assert list(tool.doubts(Message("{file}: {item} {why}", "{file}: {item} {why}"))) == []


def test_a_catalogue_that_was_not_compiled_is_told(locale: Path) -> None:
    _rewrite(locale, _same, compiled=False)
    assert "nl: msreg.mo is not the compiled msreg.po" in tool.check(locale)


def test_a_text_that_came_or_went_is_told(locale: Path) -> None:
    path = tool.path_of("nl", "po", locale)
    path.write_text(
        path.read_text(encoding="utf-8").replace('"All centres."', '"Every centre."'), encoding="utf-8"
    )
    told = tool.check(locale)
    assert "nl: not in the catalogue: 'All centres.'" in told
    assert "nl: no longer in the code: 'Every centre.'" in told


def test_texts_are_found_wherever_they_are_marked() -> None:
    code = 'a = f"{_("one")} {n}"\nb = N_("two" " and three")\nc = ngettext("{count} x", "{count} y", n)\nd = _(b)'
    code = code.replace('{_("one")}', "{_('one')}")
    assert [each for each, _told in tool.marked(code, "here")] == [
        "one",
        "two and three",
        ("{count} x", "{count} y"),
    ]
    with pytest.raises(ValueError, match="put together"):
        list(tool.marked("_(f'{n} things')", "here"))


@cache
def _english() -> tuple[str, ...]:
    """The texts of the catalogue that are another text in Dutch."""
    return tuple(
        message.id
        for message in tool.stored("nl")
        if isinstance(message.id, str) and len(message.id.split()) > 2 and message.string != message.id
    )


def _leftovers(text: str) -> set[str]:
    """English that a Dutch page still holds: texts of the catalogue, and words that give it away."""
    shown = " ".join(text.split())
    english = {each for each in _english() if each in shown}
    return english | {each.group() for each in ENGLISH.finditer(NOT_A_SENTENCE.sub("", text))}


CALLS = (
    ("patients", "list"), ("patients", "list", "--born", "x"), ("patients", "list", "--own", "--shared"),
    ("patients", "show", "MS-0000099"), ("patients", "show", "nobody"), ("patients", "show", "bsn"),
    ("patients", "find"), ("patients", "shwo"), ("patients", "list", "--nope"), ("patients", "why"),
    ("patients", "list", "--page", "0"), ("patients", "list", "--changed-from", "x"),
    ("centres", "list"), ("centres", "add", "x", "--name", "y"), ("centres", "add", "AMS01", "--name", "y"),
    ("centres", "edit", "AMS01"), ("users", "list"), ("users", "rights"),
    ("users", "add", "jdeboer", "--role", "reader"), ("imports", "check", "no.xlsx"),
    ("imports", "check", str(ROOT / "tests/fixtures/batch/faulty.xlsx"), "--no-marked"), ("exports", "excel", "--out", "x.csv"),
    ("audit", "list"), ("audit", "verify"), ("audit", "show", "999"), ("db", "check"), ("db", "upgrade"),
    ("db", "recover"), ("init",), ("doctor",), ("forms", "list"), ("forms", "check", "no.toml"),
    ("forms", "show", "medication"), ("rules", "list"), ("rules", "show", "MED-003"), ("rules", "show", "ABC-001"),
    ("help", "settings"), ("help", "exit-codes"), ("help", "json"), ("nothing",), (),
)  # fmt: skip


@pytest.mark.usefixtures("in_dutch")
def test_no_english_is_left_in_dutch(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC 1: answers, errors and hints of a sample of commands."""
    for name, value in registry.settings.environ.items():
        monkeypatch.setenv(name, value)
    registry.close()
    for call in CALLS:
        main([*call, "--lang", "nl"])
        shown = capsys.readouterr()
        assert _leftovers(shown.out + shown.err) == set(), call


@pytest.mark.usefixtures("in_dutch")
def test_no_english_is_left_in_dutch_help(capsys: pytest.CaptureFixture[str]) -> None:
    """SPEC C1: the help pages of all groups and commands."""
    from msreg.cli import GROUPS, root

    program: Any = root()
    pages = [()]
    for name in GROUPS:
        group = program.load(None, name)
        pages += [(name,), *((name, verb) for verb in getattr(group, "commands", ()))]
    for page in pages:
        assert main([*page, "--help", "--lang", "nl"]) == 0
        text = capsys.readouterr().out.partition("Voorbeeld:")[0]
        assert _leftovers(text) == set(), page

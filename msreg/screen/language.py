"""Dutch or English: the gettext catalogues, chosen once at the edge and read when first needed."""

from __future__ import annotations

import gettext
from pathlib import Path

from msreg.vocabulary import Language

DOMAIN = "msreg"


class _Speech:
    """The language of this process and its catalogue, opened at the first text that is shown."""

    def __init__(self) -> None:
        self.language = Language.EN
        self.folder: Path | None = None
        self.catalogue: gettext.NullTranslations | None = None

    def texts(self) -> gettext.NullTranslations:
        if self.catalogue is None:
            self.catalogue = _open(self.language, self.folder)
        return self.catalogue


_speech = _Speech()


def _open(language: Language, folder: Path | None) -> gettext.NullTranslations:
    if folder is None:
        from msreg.config import data_folder

        folder = data_folder() / "locale"
    try:
        with open(folder / language.value / "LC_MESSAGES" / f"{DOMAIN}.mo", "rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        # English texts are the msgids themselves, so a missing catalogue still reads.
        return gettext.NullTranslations()


def activate(language: Language | str, folder: Path | None = None) -> None:
    """Speak this language from here on; `folder` holds other catalogues than msreg's own."""
    _speech.language = Language(language)
    _speech.folder = folder
    _speech.catalogue = None


def texts_in(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language, for who speaks several at once."""
    return _open(language, None)


def active() -> Language:
    """The language that is spoken now."""
    return _speech.language


def _(msgid: str) -> str:
    """The text in the language that is spoken now; empty stays empty."""
    return _speech.texts().gettext(msgid) if msgid else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this number of things, with `{count}` filled in."""
    return _speech.texts().ngettext(one, many, count).format(count=count)

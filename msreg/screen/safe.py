"""Text from outside, made harmless for a terminal (nothing in it can move, colour or reorder)."""

from __future__ import annotations

# Joiners that names in some scripts need, and the soft hyphen: they change nothing else on the line.
_KEPT = frozenset("\u00ad\u200c\u200d")
_HIDDEN = frozenset(("Cc", "Cs", "Cf", "Zl", "Zp"))


def safe(text: object) -> str:
    """The text with each control character made visible: `\\x1b`, `\\u202e`, and `⏎` for a new line.

    Escape codes, C0, C1, DEL, direction marks and lone surrogates cannot reach the terminal.
    """
    plain = text if type(text) is str else str(text)
    if plain.isprintable():
        return plain
    from unicodedata import category

    return "".join(
        each if each.isprintable() or each in _KEPT or category(each) not in _HIDDEN else _shown(each)
        for each in plain
    )


def _shown(character: str) -> str:
    if character == "\n":
        return "⏎"
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

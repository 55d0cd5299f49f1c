"""The styles of a workbook with a red or orange fill added where a mark asks for one, and taken away again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msreg.formats.marks import Tone
from msreg.formats.xlsx_marked_xml import (
    Edit,
    Element,
    added,
    changed,
    outline,
    place,
    prefix,
    with_attributes,
)

COLOURS: dict[Tone, str] = {"red": "FFFFC7CF", "orange": "FFFFE0B3"}
"""Readable in print. One step beside the colours of Excel's own style "Bad", which may be the user's."""

HIDDEN_ALPHA = "A5"
"""The colour of a cell before it was marked is kept in the second colour of its fill, which a full fill does
not show; this in front tells it from what spreadsheets write there."""

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOTHING = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="%s"></styleSheet>' % _MAIN
)
"""The styles of a workbook that has none."""

_NO_COLOUR = b'indexed="64"'
_LEAST = {
    "fonts": '<font><sz val="11"/><name val="Calibri"/></font>',
    "fills": '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellStyleXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    "cellStyles": '<cellStyle name="Normal" xfId="0" builtinId="0"/>',
}


@dataclass(slots=True)
class _Listed:
    """One list of the styles as it was, and what comes behind it."""

    element: Element
    items: list[bytes]
    old: int

    def index(self, item: bytes) -> int:
        """The number of an item, which is added unless it stands there already."""
        if item not in self.items:
            self.items.append(item)
        return self.items.index(item)


@dataclass(slots=True)
class Styles:
    """A workbook's styles. `unmarked` gives the style that a marked cell had before, as far as it can be told."""

    data: bytes
    unmarked: dict[int, int] = field(init=False, default_factory=dict)
    _lists: dict[str, _Listed] = field(init=False)
    _prefix: bytes = field(init=False)
    _marked: dict[tuple[int, Tone], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.data = _completed(self.data)
        root = outline(self.data, depth=4)
        self._prefix = prefix(self.data, root)
        self._lists = {}
        for name in ("fonts", "fills", "cellXfs"):
            element = root.first(name)
            assert element is not None
            items = [self.data[each.start : each.end] for each in element.children]
            self._lists[name] = _Listed(element, items, len(items))
        before = {
            number: restored
            for number, fill in enumerate(self._lists["fills"].element.children)
            if (restored := _before(fill)) is not None
        }
        for number, style in enumerate(self._lists["cellXfs"].element.children):
            fill = int(style.attributes.get("fillId", "0"))
            if fill in before:
                colour = before[fill]
                self.unmarked[number] = self._with_fill(
                    number, self._pattern(colour, _NO_COLOUR) if colour else b""
                )

    def marked(self, style: int, tone: Tone) -> int:
        """The number of a style that is another one with the fill of a tone."""
        if (style, tone) not in self._marked:
            hidden = _NO_COLOUR
            fill = self._lists["fills"].element.children
            at = self._fill_of(style)
            if at < len(fill) and (colour := _full(fill[at])) is not None:
                hidden = _kept(colour)
            colour_of_tone = b'rgb="%s"' % COLOURS[tone].encode()
            self._marked[style, tone] = self._with_fill(style, self._pattern(colour_of_tone, hidden))
        return self._marked[style, tone]

    def bold(self) -> int:
        """The number of a style in bold, for headings."""
        fonts = self._lists["fonts"]
        bold = b"<%sb/>" % self._prefix
        font = fonts.items[0]
        if bold not in font:
            opened = font if not font.endswith(b"/>") else font[:-2] + b"></%sfont>" % self._prefix
            cut = opened.index(b">") + 1
            font = opened[:cut] + bold + opened[cut:]
        style = self._lists["cellXfs"].items[0]
        end = style.index(b">") + 1
        tag = with_attributes(style[:end], fontId=fonts.index(font), applyFont=1)
        return self._lists["cellXfs"].index(tag + style[end:])

    def part(self) -> bytes:
        """The styles as they are now."""
        edits: list[Edit] = []
        for listed in self._lists.values():
            if len(listed.items) > listed.old:
                new = b"".join(listed.items[listed.old :])
                edits += added(self.data, listed.element, new, count=len(listed.items))
        return changed(self.data, edits)

    def _fill_of(self, style: int) -> int:
        styles = self._lists["cellXfs"].items
        found = re.search(rb'\sfillId="(\d{1,6})"', styles[style] if style < len(styles) else b"")
        return int(found.group(1)) if found else 0

    def _pattern(self, colour: bytes, hidden: bytes) -> bytes:
        """A fill of one colour over another that does not show."""
        p = self._prefix
        return b'<%spatternFill patternType="solid"><%sfgColor %s/><%sbgColor %s/></%spatternFill>' % (
            p, p, colour, p, hidden, p,
        )  # fmt: skip

    def _with_fill(self, style: int, pattern: bytes) -> int:
        """The number of a style like another one with a fill, or none when the pattern is empty."""
        styles = self._lists["cellXfs"]
        item = styles.items[style if style < len(styles.items) else 0]
        end = item.index(b">") + 1
        fill = 0
        if pattern:
            whole = b"<%sfill>%s</%sfill>" % (self._prefix, pattern, self._prefix)
            fill = self._lists["fills"].index(whole)
        tag = with_attributes(item[:end], fillId=fill, applyFill=1)
        return styles.index(tag + item[end:])


def _completed(data: bytes) -> bytes:
    """Styles with all the lists that marks need: each of them may be missing."""
    for name, least in _LEAST.items():
        root = outline(data, depth=1)
        before = prefix(data, root)
        if (listed := root.first(name)) is not None and listed.end > listed.inner:
            continue
        content = re.sub(rb"<(/?)(?=\w)", rb"<\1" + before, f'<{name} count="1">{least}</{name}>'.encode())
        content = content.replace(b'count="1"', b'count="2"') if name == "fills" else content
        at = (listed.start, listed.end) if listed else (place(root, name, _ORDER),) * 2
        data = changed(data, [(*at, content)])
    return data


def _full(fill: Element) -> dict[str, str] | None:
    """The colour of a fill that is one colour all over, as its attributes."""
    pattern = fill.first("patternFill")
    if pattern is None or pattern.attributes.get("patternType") != "solid":
        return None
    colour = pattern.first("fgColor")
    return colour.attributes if colour else None


def _kept(colour: dict[str, str]) -> bytes:
    """A colour to keep out of sight: only what names a colour, as theme or as red, green and blue."""
    if re.fullmatch(r"[0-9A-Fa-f]{8}", rgb := colour.get("rgb", "")):
        return f'rgb="{HIDDEN_ALPHA}{rgb[2:]}"'.encode()
    if not re.fullmatch(r"\d{1,2}", theme := colour.get("theme", "")):
        return _NO_COLOUR
    tint = colour.get("tint", "")
    shade = f' tint="{tint}"' if re.fullmatch(r"-?[0-9.eE+-]{1,30}", tint) else ""
    return f'theme="{theme}"{shade}'.encode()


def _before(fill: Element) -> bytes | None:
    """The colour that a fill of ours stands over, empty for none; None for a fill that is not ours."""
    colour = _full(fill)
    if colour is None or colour.get("rgb", "").upper() not in COLOURS.values():
        return None
    pattern = fill.first("patternFill")
    under = pattern.first("bgColor") if pattern else None
    if under is None:
        return b""
    rgb, theme = under.attributes.get("rgb", ""), under.attributes.get("theme")
    if len(rgb) == 8 and rgb.startswith(HIDDEN_ALPHA):
        return f'rgb="FF{rgb[2:]}"'.encode()
    return b"" if theme is None else _kept(under.attributes)

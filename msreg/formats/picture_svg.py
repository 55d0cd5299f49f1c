"""A drawing as SVG: texts stay texts, and what can be pointed at says what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msreg.formats.letters import text_width
from msreg.formats.picture_colours import LIGHT
from msreg.formats.picture_scene import Area, Disc, Group, Line, Part, Place, Scene, Text

FONTS = "DejaVu Sans, Verdana, Segoe UI, Arial, sans-serif"
SVG = "http://www.w3.org/2000/svg"

LEAST = 18.0
"""Points that one can point at across and down, at least."""

Paint = Callable[[str], str]


def svg_bytes(scene: Scene) -> bytes:
    """A file of its own: colours of light paper, and a ground under it; the same drawing gives the same bytes."""
    from lxml import etree

    root = svg_tree(scene, paint=lambda role: LIGHT[role], ground=True)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=False)
    return made + b"\n"


def svg_tree(scene: Scene, *, paint: Paint, ground: bool, focusable: bool = False, top: float = 0.0) -> Any:
    """The drawing as an element, from `top` on.

    `paint` says how a colour is written, `focusable` lets the keyboard reach the marks.
    """
    from lxml import etree

    wide, tall = number(scene.width), number(scene.height - top)
    namespaces: Any = {None: SVG}
    root = etree.Element(f"{{{SVG}}}svg", nsmap=namespaces)
    frame = f"0 {number(top)} {wide} {tall}"
    for name, value in (("width", wide), ("height", tall), ("viewBox", frame), ("lang", scene.language),
                        ("role", "group"), ("font-family", FONTS)):  # fmt: skip
        root.set(name, value)
    etree.SubElement(root, f"{{{SVG}}}title").text = scene.title
    if ground:
        etree.SubElement(root, f"{{{SVG}}}rect", width=wide, height=tall, style=f"fill:{paint('paper')}")
    for group in scene.groups:
        if group.parts:
            _group(root, group, paint, focusable)
    return root


def number(value: float) -> str:
    """A number as short as it can be; a hundredth of a point is not seen."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _group(root: Any, group: Group, paint: Paint, focusable: bool) -> None:
    from lxml import etree

    element = etree.SubElement(root, f"{{{SVG}}}g")
    element.set("class", f"mark {group.kind}" if group.tip else group.kind)
    if group.tip:
        element.set("role", "img")
        if focusable:
            element.set("tabindex", "0")
        element.set("aria-label", "; ".join(group.tip))
        etree.SubElement(element, f"{{{SVG}}}title").text = "\n".join(group.tip)
        if focusable:
            left, top, right, low = reach(group.parts)
            etree.SubElement(
                element, f"{{{SVG}}}rect", x=number(left), y=number(top), width=number(right - left),
                height=number(low - top), style="fill:none;pointer-events:all",
            )  # fmt: skip
    for part in group.parts:
        _part(element, part, paint)


def reach(parts: tuple[Part, ...]) -> tuple[float, float, float, float]:
    """Where pointing means these parts: all around them, and never less than a finger or a shaky hand needs."""
    xs: list[float] = []
    ys: list[float] = []
    for part in parts:
        match part:
            case Line(places) | Area(places):
                xs += [x for x, _y in places]
                ys += [y for _x, y in places]
            case Disc(x, y, radius):
                xs += [x - radius, x + radius]
                ys += [y - radius, y + radius]
            case Text(x, y, text, size, _role, anchor, bold):
                wide = text_width(text, size, bold=bold)
                begin = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
                xs += [begin, begin + wide]
                ys += [y - size, y]
    more = max(LEAST - (max(xs) - min(xs)), 0) / 2, max(LEAST - (max(ys) - min(ys)), 0) / 2
    return min(xs) - more[0], min(ys) - more[1], max(xs) + more[0], max(ys) + more[1]


def _part(parent: Any, part: Part, paint: Paint) -> None:
    from lxml import etree

    match part:
        case Line(places, role, width, dash):
            style = f"fill:none;stroke:{paint(role)};stroke-width:{number(width)}"
            if dash:
                style += f";stroke-dasharray:{' '.join(map(number, dash))}"
            etree.SubElement(parent, f"{{{SVG}}}polyline", points=_points(places), style=style)
        case Area(places, fill, stroke, width):
            etree.SubElement(
                parent, f"{{{SVG}}}polygon", points=_points(places), style=_filled(fill, stroke, width, paint)
            )
        case Disc(x, y, radius, fill, stroke, width):
            etree.SubElement(
                parent, f"{{{SVG}}}circle", cx=number(x), cy=number(y), r=number(radius),
                style=_filled(fill, stroke, width, paint),
            )  # fmt: skip
        case Text(x, y, text, size, role, anchor, bold):
            style = f"fill:{paint(role)};font-size:{number(size)}px"
            style += f";text-anchor:{anchor}" if anchor != "start" else ""
            style += ";font-weight:bold" if bold else ""
            element = etree.SubElement(parent, f"{{{SVG}}}text", x=number(x), y=number(y), style=style)
            element.text = text


def _filled(fill: str, stroke: str, width: float, paint: Paint) -> str:
    style = f"fill:{paint(fill) if fill else 'none'}"
    return f"{style};stroke:{paint(stroke)};stroke-width:{number(width)}" if stroke else style


def _points(places: tuple[Place, ...]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in places)

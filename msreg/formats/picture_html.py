"""A drawing as a page of its own: the answers show where one points, by mouse, finger or keyboard; tables below.

The page reaches for nothing outside itself and forbids itself to.
"""

from __future__ import annotations

from typing import NamedTuple

from msreg.config import data_folder
from msreg.formats.picture import Picture
from msreg.formats.picture_colours import DARK, LIGHT
from msreg.formats.picture_scene import Scene
from msreg.formats.picture_svg import svg_tree

OWN = ("head", "foot")
"""Parts of the drawing that the page says itself."""
TOP = 44.0
"""Where the drawing begins without its head."""


class PageWords(NamedTuple):
    """What the page says beside the picture: how to point, and the title of the tables."""

    hint: str
    tables: str


def picture_html(picture: Picture, scene: Scene, words: PageWords) -> bytes:
    """The page as a file; the same picture gives the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from lxml import etree

    parts = tuple(each for each in scene.groups if each.kind not in OWN)
    foot = 18.0 * (len(picture.notes) + 1) + 10
    drawn = scene._replace(groups=parts, height=scene.height - foot)
    tree = svg_tree(drawn, paint=_variable, ground=False, focusable=True, top=TOP)
    pages = Environment(
        loader=FileSystemLoader(data_folder() / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = pages.get_template("chart.html.j2").render(
        picture=picture,
        words=words,
        drawing=etree.tostring(tree, encoding="unicode"),
        light=LIGHT,
        dark={role: colour for role, colour in DARK.items() if colour != LIGHT[role]},
    )
    return page.encode() + b"\n"


def _variable(role: str) -> str:
    return f"var(--{role})"

"""A drawing in pixels: JPEG and PNG by Pillow, in the letters that msreg brings along."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any, Literal

from msreg.errors import Unavailable
from msreg.formats.letters import font_file
from msreg.formats.picture_colours import LIGHT
from msreg.formats.picture_scene import Area, Disc, Line, Part, Place, Scene, Text, dashes
from msreg.vocabulary import N_

SCALE = 1.5
"""Pixels of the picture for each point of the drawing: 1800 across, enough for a slide and for paper."""
FINE = 2
"""Shapes are drawn so many times as large and made smaller: smooth edges, which Pillow alone does not draw."""
_MIDDLE = {"start": "ls", "middle": "ms", "end": "rs"}


def require_pillow() -> None:
    """Raise `Unavailable` with what to install when there is no library for pictures."""
    try:
        import PIL  # noqa: F401
    except ModuleNotFoundError:
        raise Unavailable(
            N_("Pictures need the library Pillow, which is not installed here."),
            hint=N_("Install it with: {command}; or choose svg or html."),
            field="format",
            command="pip install 'msreg[charts]'",
        ) from None


def pixels(scene: Scene, format: Literal["jpeg", "png"]) -> bytes:
    """The drawing as a file; the same drawing gives the same bytes. Raises `Unavailable` without Pillow."""
    require_pillow()
    from PIL import Image, ImageDraw

    wide, tall = round(scene.width * SCALE), round(scene.height * SCALE)
    large = Image.new("RGB", (wide * FINE, tall * FINE), LIGHT["paper"])
    pen = ImageDraw.Draw(large)
    parts = [part for group in scene.groups for part in group.parts]
    for part in parts:
        _shape(pen, part, SCALE * FINE)
    image = large.reduce(FINE)
    pen = ImageDraw.Draw(image)
    for part in parts:
        if isinstance(part, Text):
            pen.text(
                (part.x * SCALE, part.y * SCALE), part.text, fill=LIGHT[part.role], anchor=_MIDDLE[part.anchor],
                font=_font(round(part.size * SCALE), part.bold),
            )  # fmt: skip
    out = BytesIO()
    if format == "jpeg":
        image.save(out, "JPEG", quality=92, subsampling=0, dpi=(150, 150))
    else:
        image.save(out, "PNG", dpi=(150, 150), compress_level=6)
    return out.getvalue()


def _shape(pen: Any, part: Part, scale: float) -> None:
    match part:
        case Line(places, role, width, dash):
            thick = max(round(width * scale), 1)
            for stroke in dashes(places, dash) if dash else (places,):
                pen.line(_scaled(stroke, scale), fill=LIGHT[role], width=thick, joint="curve")
        case Area(places, fill, stroke, width):
            corners = _scaled(places, scale)
            if fill:
                pen.polygon(corners, fill=LIGHT[fill])
            if stroke:
                edge = max(round(width * scale), 1)
                pen.line([*corners, *corners[:2]], fill=LIGHT[stroke], width=edge, joint="curve")
        case Disc(x, y, radius, fill, stroke, width):
            half = radius + (width / 2 if stroke else 0)
            around = [(x - half) * scale, (y - half) * scale, (x + half) * scale, (y + half) * scale]
            edge = round(width * scale) if stroke else 0
            pen.ellipse(
                around,
                fill=LIGHT[fill] if fill else None,
                outline=LIGHT[stroke] if stroke else None,
                width=edge,
            )


def _scaled(places: tuple[Place, ...], scale: float) -> list[tuple[float, float]]:
    return [(x * scale, y * scale) for x, y in places]


@cache
def _font(size: int, bold: bool) -> Any:
    from PIL import ImageFont

    # The plain engine is the same everywhere; the other one depends on a library that may be there or not.
    return ImageFont.truetype(str(font_file(bold)), size, layout_engine=ImageFont.Layout.BASIC)

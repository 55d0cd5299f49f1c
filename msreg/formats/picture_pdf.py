"""A drawing on one page of A4, lying, as PDF by reportlab: lines stay lines, texts can be searched and copied."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from msreg.formats.pdf_fonts import drawable, fonts, require_reportlab
from msreg.formats.picture_colours import LIGHT
from msreg.formats.picture_scene import Area, Disc, Line, Part, Scene, Text

WIDE, TALL = 841.89, 595.28
MARGIN = 28.0


def picture_pdf(scene: Scene, *, subject: str) -> bytes:
    """The page as a file; the same drawing gives the same bytes. Raises `Unavailable` without reportlab."""
    require_reportlab()
    from reportlab.pdfgen.canvas import Canvas

    fonts()
    out = BytesIO()
    # Invariant: no time and no random number in the file.
    canvas = Canvas(out, pagesize=(WIDE, TALL), invariant=1, pageCompression=1, lang=scene.language)
    canvas.setTitle(scene.title)
    canvas.setAuthor("msreg")
    canvas.setSubject(subject)
    canvas.setCreator("msreg")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    scale = min((WIDE - 2 * MARGIN) / scene.width, (TALL - 2 * MARGIN) / scene.height)
    canvas.translate((WIDE - scene.width * scale) / 2, TALL - MARGIN)
    canvas.scale(scale, scale)
    for group in scene.groups:
        for part in group.parts:
            _draw(canvas, part)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, part: Part) -> None:
    """One part; a page's coordinates go up."""
    match part:
        case Line(places, role, width, dash):
            canvas.setStrokeColor(LIGHT[role])
            canvas.setLineWidth(width)
            canvas.setDash(list(dash))
            canvas.drawPath(_path(canvas, places), stroke=1, fill=0)
        case Area(places, fill, stroke, width):
            path = _path(canvas, places)
            path.close()
            _paint(canvas, fill, stroke, width)
            canvas.drawPath(path, stroke=int(bool(stroke)), fill=int(bool(fill)))
        case Disc(x, y, radius, fill, stroke, width):
            _paint(canvas, fill, stroke, width)
            canvas.circle(x, -y, radius, stroke=int(bool(stroke)), fill=int(bool(fill)))
        case Text(x, y, text, size, role, anchor, bold):
            canvas.setFillColor(LIGHT[role])
            canvas.setFont(fonts()[bold].name, size)
            draw = {
                "start": canvas.drawString,
                "middle": canvas.drawCentredString,
                "end": canvas.drawRightString,
            }
            draw[anchor](x, -y, drawable(text))


def _path(canvas: Any, places: tuple[tuple[float, float], ...]) -> Any:
    path = canvas.beginPath()
    path.moveTo(places[0][0], -places[0][1])
    for x, y in places[1:]:
        path.lineTo(x, -y)
    return path


def _paint(canvas: Any, fill: str, stroke: str, width: float) -> None:
    if fill:
        canvas.setFillColor(LIGHT[fill])
    if stroke:
        canvas.setStrokeColor(LIGHT[stroke])
        canvas.setLineWidth(width)
        canvas.setDash([])

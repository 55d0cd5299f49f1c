"""A chart on paper: nothing covers anything, nothing leaves the paper, and every format opens (SPEC O1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations
from typing import Literal

import pytest
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from msreg.formats.letters import text_width
from msreg.formats.picture import Picture
from msreg.formats.picture_layout import laid_out
from msreg.formats.picture_pixels import pixels
from msreg.formats.picture_scene import Area, Disc, Line, Scene, Text
from msreg.formats.picture_svg import SVG, number, reach, svg_bytes
from msreg.screen.chart_file import ENDINGS, chart_bytes
from msreg.screen.chart_picture import SIGNS, picture
from msreg.screen.language import activate
from msreg.services.charts import Chart

Made = Callable[[str], Chart]
Box = tuple[float, float, float, float]


def scene_of(chart: Chart, lang: str = "en") -> Scene:
    activate(lang)
    return laid_out(picture(chart, named=True))


def texts(scene: Scene, *kinds: str) -> list[Text]:
    """The texts of groups of these kinds, all without any."""
    return [
        part
        for group in scene.groups
        if not kinds or group.kind in kinds
        for part in group.parts
        if isinstance(part, Text)
    ]


def around(text: Text) -> Box:
    wide = text_width(text.text, text.size, bold=text.bold)
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, text.y - text.size * 0.75, left + wide, text.y


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_text_covers_another(each: Chart, lang: str) -> None:
    """Forty years and twenty medicines among them. Marks with a text in them are marks."""
    scene = scene_of(each, lang)
    found = texts(scene, *({group.kind for group in scene.groups} - {"scan", "unknown"}))
    for one, other in combinations(found, 2):
        assert not meet(around(one), around(other)), (one.text, other.text)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_nothing_leaves_the_paper(each: Chart, lang: str) -> None:
    scene = scene_of(each, lang)
    places = [
        place
        for group in scene.groups
        for part in group.parts
        if isinstance(part, Line | Area)
        for place in part.places
    ]
    places += [(each.x + sign * each.radius, each.y) for group in scene.groups for each in group.parts
               if isinstance(each, Disc) for sign in (-1, 1)]  # fmt: skip
    for text in texts(scene):
        left, top, right, low = around(text)
        places += [(left, top), (right, low)]
    for x, y in places:
        assert 0 <= x <= scene.width
        assert 0 <= y <= scene.height


def test_every_record_has_one_thing_to_point_at(each: Chart) -> None:
    tips = [group.tip for group in scene_of(each).groups if group.tip]
    stones = sum(on is not None for on in (each.diagnosed_on, each.treatment_ended_on, each.deceased_on))
    records = (each.stages, each.assessments, each.relapses, each.scans, each.treatments, each.lists)
    assert len(tips) == sum(map(len, records)) + stones
    assert all(all(tip) for tip in tips)


def test_what_cannot_be_read_is_explained(each: Chart) -> None:
    """The legend has each kind of mark that occurs and no other; phenotypes without a name are in it too."""
    scene = scene_of(each)
    drawn = {group.kind for group in scene.groups if group.tip} & set(SIGNS)
    said = {sign.kind for sign in picture(each, named=True).legend}
    assert said - {"t2", "gd", "running"} == drawn
    legend = {text.text for text in texts(scene, "legend")}
    named = {text.text for text in texts(scene, "stage")}
    assert {stage.phenotype.upper() for stage in each.stages} <= named | legend


def test_every_medicine_has_its_name_in_or_beside_its_bar(each: Chart) -> None:
    bars = [group for group in scene_of(each).groups if group.kind == "bar"]
    assert len(bars) == len(each.treatments)
    for bar, name in zip(bars, picture(each, named=True).bars, strict=True):
        assert [part.text for part in bar.parts if isinstance(part, Text)] == [name.text]


def test_a_relapse_stands_in_its_month_wherever_its_day_is(made: Made) -> None:
    """So that two of one month stand above one another."""
    usual = made("usual")
    places = []
    for on in (date(2023, 12, 1), date(2023, 12, 31), date(2024, 1, 1)):
        scene = scene_of(usual._replace(relapses=(usual.relapses[1]._replace(on=on),)))
        [mark] = [group for group in scene.groups if group.kind == "treated"]
        assert isinstance(mark.parts[0], Area)
        places.append(mark.parts[0].places[2])
    assert places[0] == places[1] < places[2]


def test_treated_is_filled_and_not_treated_is_open(made: Made) -> None:
    scene = scene_of(made("usual"))
    first = {group.kind: group.parts[0] for group in scene.groups if group.tip}
    fills = {kind: part.fill for kind, part in first.items() if isinstance(part, Area | Disc)}
    assert (fills["treated"], fills["untreated"], fills["unknown"]) == ("relapse", "paper", "paper")
    assert (fills["assessed"], fills["estimated"]) == ("edss", "paper")


def test_what_goes_on_has_an_arrow_and_what_ended_has_none(made: Made) -> None:
    def last_bar(name: str) -> int:
        [*_others, bar] = [group for group in scene_of(made(name)).groups if group.kind == "bar"]
        assert isinstance(bar.parts[0], Area)
        return len(bar.parts[0].places)

    assert last_bar("usual") == 5  # four corners and a point
    assert last_bar("over") == 4
    assert last_bar("part") == 6  # begun before, and goes on after


def test_a_gap_is_hatched_and_no_line_crosses_it(made: Made) -> None:
    scene = scene_of(made("usual"))
    [stretch] = [group for group in scene.groups if group.kind == "stretch"]
    left = min(x for part in stretch.parts if isinstance(part, Line) for x, _y in part.places)
    right = max(x for part in stretch.parts if isinstance(part, Line) for x, _y in part.places)
    [line] = [group for group in scene.groups if group.kind == "edss-line"]
    for part in line.parts:
        assert isinstance(part, Line)
        (x, _y), (to_x, _to_y) = part.places
        assert to_x <= left + 0.1 or x >= right - 0.1


def test_svg_has_its_texts_as_texts_and_no_name_but_in_the_heading(each: Chart) -> None:
    made = svg_bytes(laid_out(picture(each, named=False)))
    root = etree.fromstring(made)
    assert root.tag == f"{{{SVG}}}svg"
    assert "Bakker" not in made.decode()
    assert {text.text for text in texts(laid_out(picture(each, named=False)))} <= {
        text.text for text in root.iter(f"{{{SVG}}}text")
    }
    assert not root.xpath(
        "//*[local-name()='script' or local-name()='image' or local-name()='foreignObject']"
    )
    assert next(title.text for title in root.iter(f"{{{SVG}}}title")) == "Chart MS-0000012"


def test_markup_in_data_stays_text(made: Made) -> None:
    page = chart_bytes(made("crowded"), "html", named=True).decode()
    assert page.count("<script") == 1
    assert "<b>O" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "\x1b" not in page


def test_the_page_asks_for_nothing_outside_itself(each: Chart) -> None:
    page = chart_bytes(each, "html", named=False).decode()
    assert "default-src 'none'" in page
    for word in ("http://", "https://", "url(", "src=", "@import", "<link", "<img", "<iframe"):
        assert word not in page.replace('xmlns="http://www.w3.org/2000/svg"', ""), word


def test_pixels_are_of_the_kind_and_size_that_was_asked_for(made: Made) -> None:
    scene = scene_of(made("usual"))
    kinds: tuple[Literal["jpeg", "png"], ...] = ("jpeg", "png")
    for form in kinds:
        image = Image.open(BytesIO(pixels(scene, form)))
        image.load()
        assert (image.format, image.mode) == (form.upper(), "RGB")
        assert image.size == (1800, round(scene.height * 1.5))
        assert not image.getexif()
        assert min(image.convert("L").tobytes()) < 60


def test_pdf_is_one_page_of_a4_that_names_no_person(each: Chart) -> None:
    made = chart_bytes(each, "pdf", named=False)
    found = PdfReader(BytesIO(made), strict=True)
    [page] = found.pages
    assert [round(float(side)) for side in page.mediabox] == [0, 0, 842, 595]
    assert found.metadata is not None
    assert {str(found.metadata[key]) for key in ("/Title", "/Author", "/Creator")} == {
        "Chart MS-0000012",
        "msreg",
    }
    shown = page.extract_text()
    assert "MS-0000012" in shown
    assert "Bakker" not in shown


@pytest.mark.parametrize("form", sorted(set(ENDINGS.values())))
def test_the_same_chart_gives_the_same_bytes(form: str, made: Made) -> None:
    first, second = (chart_bytes(made("usual"), form, named=False) for _ in range(2))  # type: ignore[arg-type]
    assert first == second
    other = chart_bytes(made("usual"), form, named=True)  # type: ignore[arg-type]
    assert other != first


def test_what_one_points_at_is_all_around_a_mark_and_never_tiny() -> None:
    assert reach((Disc(100, 50, 3),)) == (91, 41, 109, 59)
    assert reach((Area(((0, 0), (40, 0), (40, 30))), Line(((0, 0), (5, 60)), "ink"))) == (0, 0, 40, 60)
    left, _top, right, _low = reach((Text(100, 50, "ocrelizumab", anchor="end"),))
    assert right == 100
    assert left == pytest.approx(100 - text_width("ocrelizumab", 12))


def test_numbers_are_short() -> None:
    assert [number(each) for each in (0, -0.001, 1, 1.5, 1.004, -2.25, 1200)] == [
        "0",
        "0",
        "1",
        "1.5",
        "1",
        "-2.25",
        "1200",
    ]


def test_a_chart_of_one_day_and_of_a_century(made: Made) -> None:
    bare = made("bare")
    for first in (bare.last - timedelta(days=1), date(1926, 1, 1)):
        assert isinstance(picture(bare._replace(first=first), named=False), Picture)
        assert pixels(scene_of(bare._replace(first=first)), "png")

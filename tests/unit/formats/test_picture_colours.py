"""A chart is read in grey, by the colour-blind, and in the dark: no colour stands alone (WCAG AA)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import dist

import pytest

from msreg.formats.picture_colours import BARS, DARK, LIGHT, contrast, fills, luminance
from msreg.formats.picture_marks import MARKS
from msreg.formats.picture_scene import Area, Disc, Line, Text

SCHEMES = [LIGHT, DARK]

# Full loss of one kind of cone, on linear light: Machado, Oliveira and Fernandes 2009 (doi 10.1109/TVCG.2009.113).
BLIND: Mapping[str, Sequence[Sequence[float]]] = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(colour: str, kind: str) -> tuple[float, float, float]:
    """A colour in the CIELAB space, as somebody with this kind of colour blindness sees it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    if kind in BLIND:
        linear = [min(max(sum(w * v for w, v in zip(row, linear, strict=True)), 0), 1) for row in BLIND[kind]]
    r, g, b = linear
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(one: str, other: str, kind: str) -> float:
    return dist(seen(one, kind), seen(other, kind))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("role", ["ink", "soft", "edss", "health"])
def test_texts_read_on_their_paper(role: str, scheme: Mapping[str, str]) -> None:
    assert contrast(scheme[role], scheme["paper"]) >= 4.5


@pytest.mark.parametrize("role", [*BARS, "t2", "gd", "ris", "cis", "rrms", "spms", "ppms"])
def test_names_read_in_their_fill(role: str) -> None:
    for scheme in SCHEMES:
        assert contrast(scheme["on_fill"], scheme[role]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_stand_out_from_their_paper(scheme: Mapping[str, str]) -> None:
    for role in ("edss", "health", "relapse", "soft", "rim"):
        assert contrast(scheme[role], scheme["paper"]) >= 3


def test_medicines_after_one_another_differ_in_grey() -> None:
    for one, other in zip(BARS, (*BARS[1:], BARS[0]), strict=True):
        assert abs(luminance(LIGHT[one]) - luminance(LIGHT[other])) >= 0.3, (one, other)


def test_phenotypes_get_darker_as_the_disease_goes_on() -> None:
    grey = [luminance(LIGHT[each]) for each in ("ris", "cis", "rrms", "spms")]
    assert all(one - other >= 0.1 for one, other in pairwise(grey))


@pytest.mark.parametrize("kind", ["all cones", *BLIND])
def test_the_colour_blind_tell_fills_apart(kind: str) -> None:
    """A difference of 10 is seen at a glance; 2.3 is the least that is seen at all."""
    for one, other in combinations(BARS, 2):
        assert apart(LIGHT[one], LIGHT[other], kind) >= 10, (one, other)
    for scheme in SCHEMES:
        for one, other in combinations(("edss", "health", "relapse"), 2):
            assert apart(scheme[one], scheme[other], kind) >= 10, (one, other)


def test_every_mark_has_a_shape_of_its_own() -> None:
    """With all colours taken away, no two kinds look alike; filled and open count as shapes."""
    found = {}
    for kind, draw in MARKS.items():
        shape: list[tuple[object, ...]] = []
        for part in draw(0, 0):
            match part:
                case Area(places, fill):
                    shape.append(("area", len(places), places[0], fill not in ("", "paper")))
                case Disc(radius=radius, fill=fill, width=width):
                    shape.append(("disc", round(radius), fill not in ("", "paper"), width > 2))
                case Line(places):
                    shape.append(("line", len(places), places[0], False))
                case Text(text=text):
                    shape.append(("text", 0, text, False))
        found[kind] = tuple(shape)
    assert len(set(found.values())) == len(MARKS)


def test_a_medicine_keeps_its_colour_and_there_are_enough_of_them() -> None:
    assert fills(["a", "b", "a", "c"]) == {"a": "bar0", "b": "bar1", "c": "bar2"}
    assert fills(map(str, range(20)))["8"] == "bar0"
    assert fills([]) == {}


def test_a_colour_against_itself_and_black_against_white() -> None:
    assert contrast("#123456", "#123456") == 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)

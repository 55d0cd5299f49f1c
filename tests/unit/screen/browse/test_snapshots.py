"""What a person sees, in both languages and on three sizes of terminal (SCREENS).

When a screen is meant to change, RENEW_SNAPSHOTS=1 before pytest writes the snapshots anew; look at the
difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from msreg.screen.language import activate
from msreg.screen.widths import width

SNAPSHOTS = Path(__file__).parents[3] / "snapshots" / "browse"
SCENES: Mapping[str, tuple[str, ...]] = {
    "overview": (),
    "end": ("end",),
    "name": ("slash", "s", "wait"),
    "filter": ("f", "down", "down", "down", "down", "right"),
    "sort": ("s", "down"),
    "patient": ("down", "enter", "right"),
    "medication": ("down", "enter", "4"),
    "answers": ("down", "enter", "right", "v"),
    "keys": ("question_mark",),
}
SIZES = ((80, 24), (120, 40), (40, 24))
ALL = list(product(SCENES, ("nl", "en"), SIZES))


def file_of(scene: str, lang: str, size: tuple[int, int]) -> str:
    return f"{scene}-{lang}-{size[0]}x{size[1]}.txt"


@pytest.mark.parametrize(("scene", "lang", "size"), ALL)
def test_what_a_person_sees(scene: str, lang: str, size: tuple[int, int], stage: Any) -> None:
    activate(lang)
    seen = stage.play(*SCENES[scene], size=size)
    assert seen.app.fault is None
    assert len(seen.lines) == size[1]
    assert max(map(width, seen.lines)) <= size[0]
    path = SNAPSHOTS / file_of(scene, lang, size)
    if os.environ.get("RENEW_SNAPSHOTS"):
        SNAPSHOTS.mkdir(parents=True, exist_ok=True)
        path.write_text(seen.text + "\n", encoding="utf-8")
    assert seen.text + "\n" == path.read_text(encoding="utf-8")


def test_every_snapshot_is_compared() -> None:
    assert {each.name for each in SNAPSHOTS.iterdir()} == {file_of(*each) for each in ALL}

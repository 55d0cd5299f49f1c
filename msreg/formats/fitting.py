"""Text fitted to a page: lines that are wrapped or cut, and lists that leave out what does not fit.

What a text takes is measured by whoever shows it: columns of a terminal, points on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

Measure: TypeAlias = Callable[[str], float]

MORE = "…"


def cut(text: str, room: float, measure: Measure) -> str:
    """The text, or as much of its beginning as fits with `…` after it."""
    if measure(text) <= room:
        return text
    low, high = 0, len(text)  # the most letters that fit, by halves: measuring is what takes time
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + MORE) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + MORE


def wrap(text: str, room: float, most: int, measure: Measure) -> list[str]:
    """The text in at most `most` lines, broken at spaces; the last one and words that are too long are cut."""
    found: list[str] = []
    words = text.split(" ")
    while words and len(found) < most - 1:
        line = words.pop(0)
        while words and measure(f"{line} {words[0]}") <= room:
            line = f"{line} {words.pop(0)}"
        found.append(cut(line, room, measure))
    return [*found, cut(" ".join(words), room, measure)] if words else found


def flow(
    texts: Sequence[str], room: float, measure: Measure, *, end: str = "", between: str = " "
) -> list[list[tuple[str, int]]]:
    """Texts one after another in lines: each line holds texts with their places in `texts`.

    A text that another follows has `end` after it; whoever shows a line puts `between` between two. A text that is
    too long for a line of its own is wrapped over two at most.
    """
    found: list[list[tuple[str, int]]] = []
    taken = room  # nothing fits after no line at all
    for at, text in enumerate(texts):
        whole = text + end if at < len(texts) - 1 else text
        needs = measure(whole)
        if found and taken + measure(between) + needs <= room:
            found[-1].append((whole, at))
            taken += measure(between) + needs
            continue
        lines = [whole] if needs <= room else wrap(whole, room, 2, measure)
        found += [[(line, at)] for line in lines]
        taken = measure(lines[-1])
    return found


def shown(heights: Sequence[Sequence[float]], room: float, *, more: float) -> list[int]:
    """How many rows of each list fit in `room`, from the first on.

    The longest list gives way first, and each keeps one row. A list that is cut takes `more` for the line that
    says so.
    """
    kept = [len(each) for each in heights]
    tall = [sum(each) for each in heights]
    while sum(tall) + more * sum(k < len(each) for k, each in zip(kept, heights, strict=True)) > room:
        able = [at for at, count in enumerate(kept) if count > 1]
        if not able:
            break
        longest = max(able, key=lambda at: tall[at])
        kept[longest] -= 1
        tall[longest] -= heights[longest][kept[longest]]
    return [
        # What is left out takes no more than the line that would say so: show it.
        len(each) if sum(each[count:]) <= more else count
        for count, each in zip(kept, heights, strict=True)
    ]

"""Who is asked: a script that passes the same checks as a person, or nobody (SPEC C2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from msreg.errors import Usage
from msreg.screen.edge import Edge, use
from msreg.screen.prompter import Move, Nobody, Option, Question, Scripted
from msreg.screen.prompting import prompter


@pytest.fixture(autouse=True)
def call() -> Iterator[None]:
    yield
    use(Edge())


def no_x(text: str) -> str | None:
    return "no x here" if "x" in text else None


ASKED = Question("Name", "--family-name", check=no_x)
CHOSEN = Question("Sex", "--sex", options=(Option("female", "vrouw"), Option("male", "man")))


def test_replies_come_in_order_and_are_checked() -> None:
    script = Scripted(["x", "xx", "Bakker", Move.BACK, ""])
    assert script.ask(ASKED) == "Bakker"
    assert script.refused == [("--family-name", "no x here")] * 2
    assert script.ask(ASKED) is Move.BACK
    assert script.ask(ASKED) is None, "an empty reply leaves the question open"
    assert script.asked == [ASKED] * 3


def test_a_chosen_value_comes_as_it_is() -> None:
    script = Scripted(["female", None, ("a", "b"), False])
    assert [script.ask(CHOSEN) for _ in range(4)] == ["female", None, ("a", "b"), False]


def test_a_reply_that_is_a_function_sees_the_question() -> None:
    assert Scripted([lambda question: question.name]).ask(ASKED) == "--family-name"


@pytest.mark.parametrize("replies", [[], [KeyboardInterrupt], [KeyboardInterrupt, "Bakker"], ["x"]])
def test_at_the_end_the_person_stops(replies: list[object]) -> None:
    with pytest.raises(KeyboardInterrupt):
        Scripted(replies).ask(ASKED)


def test_nobody_is_a_usage_error_that_names_the_option() -> None:
    with pytest.raises(Usage) as told:
        Nobody().ask(ASKED)
    assert (told.value.exit_code, told.value.field) == (2, "family_name")
    assert "--family-name" in told.value.text()


@pytest.mark.parametrize("interactive", [True, False])
def test_c2_somebody_is_asked_only_where_the_call_may(interactive: bool) -> None:
    use(Edge(interactive=interactive, terminal=True))
    assert (type(prompter()).__name__ == "Nobody") is not interactive

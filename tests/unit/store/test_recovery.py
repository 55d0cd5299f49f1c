"""The printed recovery key: read as people type it, and a typing error is told before it is tried."""

from __future__ import annotations

import random
import re

import pytest

from msreg.errors import Usage
from msreg.store.recovery import make_recovery_key, read_recovery_key, recovery_kek, write_recovery_key


def test_a_key_is_nine_groups_of_four_and_reads_back() -> None:
    key = make_recovery_key()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}", key)
    assert write_recovery_key(read_recovery_key(key)) == key
    assert make_recovery_key() != key


@pytest.mark.parametrize("secret", [bytes(20), bytes([255]) * 20, bytes(range(20))])
def test_every_secret_has_one_way_to_be_written(secret: bytes) -> None:
    assert read_recovery_key(write_recovery_key(secret)) == secret


def test_capitals_spaces_dashes_and_look_alikes_do_not_matter() -> None:
    key = write_recovery_key(bytes(range(20)))
    assert "0" in key
    assert "1" in key
    for typed in (
        key.lower(),
        key.replace("-", ""),
        key.replace("-", " "),
        f"  {key}\n",
        key.replace("0", "O").replace("1", "I"),
        key.replace("0", "o").replace("1", "l"),
    ):
        assert read_recovery_key(typed) == bytes(range(20))


def test_every_single_typing_error_is_found() -> None:
    chance = random.Random(7)
    key = write_recovery_key(bytes(range(20))).replace("-", "")
    for place in range(len(key)):
        for sign in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if sign != key[place]:
                with pytest.raises(Usage):
                    read_recovery_key(key[:place] + sign + key[place + 1 :])
    for _ in range(500):
        one, other = chance.sample(range(len(key)), 2)
        signs = list(key)
        signs[one], signs[other] = signs[other], signs[one]
        if (swapped := "".join(signs)) != key:
            with pytest.raises(Usage) as told:
                read_recovery_key(swapped)
            assert swapped[:4] not in str(told.value)


@pytest.mark.parametrize("typed", ["", "7M2K", "x" * 36, "U" * 36, "A" * 37, "é" * 36])
def test_what_is_no_key_is_told(typed: str) -> None:
    with pytest.raises(Usage) as told:
        read_recovery_key(typed)
    assert told.value.field == "recovery_key"


def test_one_recovery_key_opens_one_registry() -> None:
    secret = bytes(range(20))
    assert len(recovery_kek(secret, "a")) == 32
    assert recovery_kek(secret, "a") != recovery_kek(secret, "b")

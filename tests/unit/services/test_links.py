"""Links of mails: random, kept as a digest, and over at the end of their last day (decision 0044, security 4.6)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from msreg import clock
from msreg.services.links import (
    CODE_MINUTES,
    Closed,
    WantedLink,
    drop_links,
    end_of,
    find_link,
    is_there,
    is_token,
    make_links,
    new_code,
    new_token,
    revoke,
)
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import LinkPurpose
from tests.mail_links import dump, made_of, mailed, token_of

PROM, STOP = LinkPurpose.PROM, LinkPurpose.STOP
SHAPES = (
    "", "a", "A" * 21, "A" * 23, "A" * 22 + "\n", "\n" + "A" * 22, " " + "A" * 21, "é" * 22, "A" * 21 + "B", "A" * 21 + "=",
    "A" * 20 + "/A", "A" * 20 + "+A", "A" * 21 + "\0", "%41" * 22, "'" + "A" * 21, "٣" * 22, "A" * 100_000, "../../etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 11, 21), datetime(2026, 11, 21, 23, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, tzinfo=UTC)),  # the night in which summer time begins
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),  # a day of 23 hours
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (date(2028, 2, 28), datetime(2028, 2, 28, 23, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
    ],
)
def test_the_last_day_of_a_link_ends_at_midnight_in_amsterdam(day: date, ends: datetime) -> None:
    assert end_of(day) == ends


def test_a_link_works_until_the_last_moment_of_its_day(registry: Registry) -> None:
    last = clock.today() + timedelta(days=3)
    token = token_of(registry, mailed(registry), until=last)
    with registry.light() as db:
        link = find_link(db, token, PROM)
    assert link is not None
    end = end_of(last)
    assert link.expires_at == end
    assert link.closed(end - timedelta(days=1)) is None
    assert link.closed(end - timedelta(microseconds=1)) is None
    assert link.closed(end) is Closed.EXPIRED
    assert link.closed(end + timedelta(days=1)) is Closed.EXPIRED


def test_only_the_digest_of_a_token_is_kept_and_no_two_are_alike(registry: Registry) -> None:
    mail = mailed(registry)
    wanted = [WantedLink(str(n), PROM, clock.today()) for n in range(200)]
    with registry.light() as db, transaction(db):
        made = make_links(registry, db, mail, wanted, registry.clock())
    tokens = [each.rsplit("/", 1)[-1] for each in made.values.values()]
    assert len(set(tokens)) == 200
    assert all(is_token(each) for each in tokens)
    rows = repr(dump(registry))
    assert not [each for each in tokens if each in rows]
    assert made.digests == tuple(sha256(each.encode()).hexdigest() for each in tokens)
    assert not [each for each in tokens if each in repr(made)]


def test_a_token_has_128_random_bits() -> None:
    """Each of the 132 bits of its 22 signs is now 0 and now 1, but the four that carry nothing."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    bits = ["".join(f"{signs.index(each):06b}" for each in new_token()) for _ in range(300)]
    both = [len({each[n] for each in bits}) == 2 for n in range(132)]
    assert both == [True] * 128 + [False] * 4


def test_codes_have_six_digits_and_are_spread() -> None:
    codes = {new_code() for _ in range(500)}
    assert all(re.fullmatch(r"[0-9]{6}", each) for each in codes)
    assert len(codes) > 490
    assert {each[0] for each in codes} == set("0123456789")


def test_the_address_of_each_link_is_its_own_page(registry: Registry) -> None:
    registry.settings = replace(
        registry.settings, web=replace(registry.settings.web, url="https://mails.example.org/")
    )
    mail = mailed(registry)
    places = {
        purpose: made_of(registry, mail, purpose).rsplit("/", 1)[0]
        for purpose in (PROM, STOP, LinkPurpose.NO, LinkPurpose.YES)
    }
    root = "https://mails.example.org"
    assert places == {
        PROM: f"{root}/q", STOP: f"{root}/stop", LinkPurpose.NO: f"{root}/no", LinkPurpose.YES: f"{root}/yes"
    }  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=[ascii(each[:25]) for each in SHAPES])
def test_what_is_no_token_is_not_asked_of_the_database(
    shape: str, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_token(shape)
    monkeypatch.setattr(registry, "light", None)
    assert not is_there(registry, shape, PROM)


@pytest.mark.parametrize("asked", [each for each in LinkPurpose if each is not PROM])
def test_a_token_of_one_purpose_is_none_of_another(asked: LinkPurpose, registry: Registry) -> None:
    token = token_of(registry, mailed(registry))
    with registry.light() as db:
        assert find_link(db, token, PROM) is not None
        assert find_link(db, token, asked) is None
    assert is_there(registry, token, PROM)
    assert not is_there(registry, token, asked)
    assert not is_there(registry, new_token(), PROM)


def test_the_digest_itself_opens_nothing(registry: Registry) -> None:
    """Who reads the database cannot use what is there."""
    mail = mailed(registry)
    token_of(registry, mail)
    with registry.light() as db:
        found = db.one("SELECT digest FROM mail_link")
        assert found is not None
        assert find_link(db, found[0], PROM) is None
        assert find_link(db, found[0][:22], PROM) is None


def test_a_mail_that_is_sent_again_has_another_link_and_both_work(registry: Registry) -> None:
    mail = mailed(registry)
    first, second = token_of(registry, mail), token_of(registry, mail)
    assert first != second
    with registry.light() as db:
        found = [find_link(db, each, PROM) for each in (first, second)]
    assert [each and each.outbox_id for each in found] == [mail, mail]


def test_links_of_an_attempt_that_surely_failed_are_forgotten(registry: Registry) -> None:
    mail = mailed(registry)
    kept = token_of(registry, mail)
    with registry.light() as db, transaction(db):
        made = make_links(
            registry, db, mail, [WantedLink("link", PROM, clock.today()), WantedLink("stop", STOP, clock.today())],
            registry.clock(),
        )  # fmt: skip
    with registry.light() as db, transaction(db):
        drop_links(db, mail, made.digests)
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM mail_link") == (1,)
        assert find_link(db, kept, PROM) is not None


def test_links_that_are_revoked_say_so_before_they_are_too_old(registry: Registry) -> None:
    mail, other = mailed(registry), mailed(registry)
    token, untouched = token_of(registry, mail), token_of(registry, other)
    token_of(registry, mail, STOP)
    now = registry.clock()
    with registry.light() as db, transaction(db):
        assert revoke(db, [mail], now) == 2
        assert revoke(db, [mail], now) == 0
    with registry.light() as db:
        gone, stays = find_link(db, token, PROM), find_link(db, untouched, PROM)
    assert gone is not None
    assert stays is not None
    assert gone.closed(now) is Closed.REVOKED
    assert gone.closed(now + timedelta(days=900)) is Closed.REVOKED
    assert stays.closed(now) is None


def test_a_code_is_kept_under_a_key_and_works_ten_minutes(registry: Registry) -> None:
    """A million digests of codes are made in a second: without the key of the registry none of them fits."""
    code = made_of(registry, mailed(registry), LinkPurpose.CODE)
    assert re.fullmatch(r"[0-9]{6}", code)
    with registry.light() as db:
        found = db.one("SELECT ml.id, ml.digest, ml.expires_at, ml.created_at FROM mail_link ml")
    assert found is not None
    link_id, digest, ends, began = found
    for text in (code, f"{link_id}{code}", f"{link_id}\0{code}"):
        assert sha256(text.encode()).hexdigest() != digest
    assert datetime.fromisoformat(ends) - datetime.fromisoformat(began) == timedelta(minutes=CODE_MINUTES)

"""Sending side effects, killed at any moment: none is lost and none is in two batches (SPEC L1, C9)."""

from __future__ import annotations

import importlib
import json
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from msreg.config import load_settings
from msreg.services import access
from msreg.services.adding import add_record
from msreg.store.registry import Registry
from msreg.vocabulary import Record
from tests.conftest import environment
from tests.crash.forked import TODAY, Running, run
from tests.crash.killing import copied
from tests.crash.states import sound

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

EVENTS = 30
KILLS = 12
WHO = {
    "consent": True, "consent_date": "2020-01-02", "patient_number": "00001", "family_name": "Jansen",
    "birth_date": "1980-05-06", "sex": "female", "diagnosis_date": "2019-03-04", "diagnosis_phenotype": "rrms",
}  # fmt: skip
MEDICINE = {"medicine": "L04AG08", "start_date": "2020-06-01", "deviating_interval": "no"}
EFFECT = {
    "report_to_lareb": "yes", "event_course": "Begon na het infuus. " * 20, "outcome": "recovered",
    "severity": "mild", "meddra_llt": "12345678", "meddra_version": "27.1",
}  # fmt: skip


@pytest.fixture(scope="module")
def ground(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with thirty side effects that can be sent."""
    for name in (
        "commands.events",
        "screen.lareb_sent",
        "services.lareb",
        "formats.icsr",
        "formats.icsr_csv",
    ):
        importlib.import_module(f"msreg.{name}")
    folder = copied(template, tmp_path_factory.mktemp("lareb") / "copy")
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        add_record(
            registry, by=by, record=Record.PATIENT, centre="AMS01", answers=WHO, today=TODAY, incomplete=True
        )
        add_record(
            registry,
            by=by,
            record=Record.MEDICATION,
            patient="1",
            answers=MEDICINE,
            today=TODAY,
            incomplete=True,
        )
        parent = {f"parent_{key}": MEDICINE[key] for key in ("medicine", "start_date")}
        for number in range(EVENTS):
            day = date(2020, 7, 1) + timedelta(days=number)
            add_record(
                registry, by=by, record=Record.ADVERSE_EVENT, patient="1", parent=parent, today=TODAY,
                answers=EFFECT | {"description": f"klacht {number}", "start_date": day},
            )  # fmt: skip
    return folder


def moments(life: float, out: Path) -> list[Callable[[Running], None]]:
    """All over the life of the call, and close behind each thing that it does."""
    chance = Random("lareb")

    def after(seconds: float) -> Callable[[Running], None]:
        return lambda running: time.sleep(max(0.0, seconds - running.age()))

    def once(seen: Callable[[Running], bool], more: float) -> Callable[[Running], None]:
        def wait(running: Running) -> None:
            running.until(lambda: seen(running))
            time.sleep(more)

        return wait

    spread = [after(life * (each + chance.random()) / (KILLS // 2)) for each in range(KILLS // 2)]
    commit = [once(Running.commits, 0.002 * each) for each in range(KILLS // 6)]
    begun = [once(lambda _run: any(out.iterdir()), 0.001 * each) for each in range(KILLS // 6)]
    named = [
        once(lambda _run: any(each.suffix == ".xml" for each in out.iterdir()), 0.001 * each)
        for each in range(KILLS // 6)
    ]
    return [*spread, *commit, *begun, *named]


def reports_in(out: Path) -> list[str]:
    ids = "//*[local-name() = 'PORR_IN049016UV']/*[local-name() = 'id']/@extension"
    return [str(each) for path in out.glob("*.xml") for each in etree.parse(path).xpath(ids)]


def test_l1_killed_at_any_moment_every_side_effect_is_sent_and_none_twice(
    ground: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    whole = run(copied(ground, tmp_path / "whole"), "events", "send", "--out", out)
    assert (whole.code, whole.err) == (0, "")
    assert len(reports_in(out)) == EVENTS
    wanted = [f"NL-MSREG-{number:07d}" for number in range(1, EVENTS + 1)]
    killed = recorded = lost_file = 0
    for moment in moments(whole.seconds, out):
        for each in out.iterdir():
            each.unlink() if each.is_file() else None
        folder = copied(ground, tmp_path / "killed")
        running = Running(folder, "events", "send", "--out", out)
        moment(running)
        running.send(signal.SIGKILL)
        killed += running.end().killed
        state = sound(folder)
        recorded += state.counts["lareb_report"] == EVENTS
        assert state.counts["lareb_report"] in (0, EVENTS)
        before = {each.name: each.read_bytes() for each in out.iterdir() if each.is_file()}
        # What has a name is whole, and only of a batch that is recorded.
        assert before == {} or state.counts["lareb_batch"] == 1
        lost_file += state.counts["lareb_batch"] == 1 and len(before) < 2
        again = run(folder, "events", "send", "--out", out, "--json")
        assert again.code == 0, again
        assert sorted(reports_in(out)) == wanted
        files = {each.name: each.read_bytes() for each in out.iterdir() if each.is_file()}
        assert files.items() >= before.items()
        assert sorted(files) == ["NL-MSREG-L000001.csv", "NL-MSREG-L000001.xml"]
        with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
            assert db.rows("SELECT count(*), sum(written_at IS NULL) FROM lareb_batch") == [(1, 0)]
    last = json.loads(run(folder, "events", "send", "--out", out, "--json").out)
    assert (last["reports"], last["written"]) == (0, [])
    assert sound(folder).counts["lareb_report"] == EVENTS
    assert killed >= KILLS // 2
    assert 0 < recorded < KILLS
    assert lost_file > 0

"""On many machines a case is measured once, whatever becomes of the workers, and comes out as on one machine."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.cli.main import cli
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Place
from harness.evidence.state import State
from harness.model import canonical
from harness.model.errors import EvidenceError, HarnessError, UsageError
from harness.model.spec import Limits
from harness.model.words import Arm
from harness.report.derive import derive
from harness.run.carry import carry_on
from harness.run.executor import shards
from harness.run.executor.coordinator import Coordinator, Patience
from harness.run.executor.fitness import Fitness
from harness.run.executor.messages import Brief, Done, Fact, Offer, Order, digest_of
from harness.run.executor.shards import Shard, Shards
from harness.run.executor.whole import observed
from harness.run.halt import Interrupted
from harness.run.plan import Request, plan, reopen
from harness.run.rig import Report
from harness.run.setup import Setup
from harness.run.standing import Steps
from tests import builders, live

CASES = 40
HASTY = Patience(look=0.001, ready=2.0, nobody=0.2, left=0.1)
PRODUCT = {"version": "1"}
IDENTITY = {"product": PRODUCT, "browser": "Chromium/1", "route": "proxy"}


def facts_of(order: Order, identity: Mapping[str, Any] = IDENTITY) -> tuple[Fact, ...]:
    """What a worker sees that carries a shard out: the page of every case arrives on both arms."""
    who = {"setting": order.setting, **identity}
    seen = []
    for case_id, arm in itertools.product(order.cases, Arm):
        setting = "" if arm is Arm.CONTROL else order.setting
        name = "/".join(part for part in (case_id, setting, arm, "1") if part)
        item = builders.observation(arm, case_id=case_id, attempt_id=name, setting=setting)
        if name not in {had["attempt_id"] for had in order.had}:
            seen.append(("attempt", "then", canonical.plain(item)))
    return (
        ("identity", "then", {**who, "phase": "before"}),
        *seen,
        ("identity", "then", {**who, "phase": "after"}),
    )


def done(facts: tuple[Fact, ...], **changes: Any) -> Done:
    return replace(Done("then", "later", facts, digest_of(facts), {}), **changes)


@dataclass
class Worker:
    """Does what it is asked for, unless a test has it do otherwise: it `breaks` at its first shards, its `first` shard
    waits for an event, and it is gone while it waits if that `cuts` it off."""

    name: str
    offer: Offer = field(default_factory=lambda: Offer("host", {"pas-harness": "0"}))
    identity: Mapping[str, Any] = field(default_factory=lambda: IDENTITY)
    breaks: list[HarnessError] = field(default_factory=list)
    spoil: Callable[[Done], Done] = lambda whole: whole
    first: asyncio.Event | None = None
    cuts: bool = False
    away: bool = False
    shards: list[int] = field(default_factory=list)
    greeted: int = 0

    async def hello(self, brief: Brief) -> Offer:
        self.greeted += 1
        return self.offer

    async def enter(self, session: str, setting: str) -> Mapping[str, Any]:
        return self.identity

    async def carry_out(self, session: str, order: Order) -> Done:
        self.shards.append(order.shard)
        if self.breaks:
            raise self.breaks.pop()
        if self.first and len(self.shards) == 1:
            self.away = self.cuts
            await self.first.wait()
            self.away = False
        await asyncio.sleep(0)
        return self.spoil(done(facts_of(order, self.identity)))

    async def leave(self, session: str) -> dict[str, int]:
        return {"stray.test: miss": 1}


class Pool:
    """Workers in this process."""

    def __init__(self, *workers: Worker) -> None:
        self.all = {worker.name: worker for worker in workers}
        self.looks = 0
        self.at_look: Callable[[], None] = lambda: None

    async def workers(self) -> dict[str, str]:
        self.looks += 1
        self.at_look()
        return {name: name for name, worker in self.all.items() if not worker.away}

    async def ask(self, worker: str, what: Callable[..., Any], *given: Any) -> Any:
        return await getattr(self.all[worker], what.__name__)(*given)


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> Request:
    folder = tmp_path_factory.mktemp("in")
    corpus = live.write_corpus(folder / "corpus", [live.allow(f"c-{n}", f"http://c-{n}.test/") for n in range(CASES)])
    criteria = live.write_criteria(folder / "criteria.toml")
    return Request("zoo-perfect", str(corpus), str(criteria), limits=Limits(fault_retries=0))


@pytest.fixture
def folder(request_: Request, tmp_path: Path) -> RunFolder:
    return plan(request_, tmp_path / "run", builders.NOW)


def setup_of(folder: RunFolder) -> Setup:
    spec, ticks = folder.spec(), itertools.count()
    corpus = reopen(spec)
    return Setup(folder, spec, *corpus, Path(), "0", lambda: f"tick {next(ticks)}", live.Silent(), {"test": "0"})


def carried_out(folder: RunFolder, *workers: Worker, pool: Pool | None = None, least: int = 1) -> Setup:
    setup, brief = setup_of(folder), Brief("0", "0", "", {})
    with asyncio.Runner() as runner:
        run = carry_on(setup, Coordinator(pool or Pool(*workers), brief, least, patience=HASTY))
        runner.run(asyncio.wait_for(run, 10))
    return setup


def recorded(folder: RunFolder, kind: str) -> list[dict[str, Any]]:
    return [record.data for record in folder.reader() if record.kind == kind]


def assert_each_once(folder: RunFolder) -> None:
    """The run is sealed, and every case has one attempt on each arm."""
    assert folder.seal_file.exists()
    names = Counter(item["attempt_id"] for item in recorded(folder, "attempt"))
    setting = folder.spec().settings[0]
    wanted = [f"c-{n}/control/1" for n in range(CASES)] + [f"c-{n}/{setting}/test/1" for n in range(CASES)]
    assert names == Counter(wanted)
    found = derive(folder)
    assert found.voids == ()
    assert {item.judgement.rule_id for item in found.scored} == {"allowed.token"}


def refused(folder: RunFolder) -> list[str]:
    return [fact["refused"] for fact in recorded(folder, "shard") if fact["refused"]]


def test_every_shard_is_recorded_once_with_a_receipt(folder: RunFolder) -> None:
    workers = [Worker("a"), Worker("b")]
    carried_out(folder, *workers, least=2)
    assert_each_once(folder)
    receipts = recorded(folder, "shard")
    assert sum(fact["cases"] for fact in receipts) == CASES
    assert {fact["worker"] for fact in receipts} == {"a", "b"}
    assert sorted(fact["shard"] for fact in receipts) == sorted(workers[0].shards + workers[1].shards)
    records = [*folder.reader()]
    for at, record in enumerate(records):
        if record.kind == "shard":  # and its digest is that of the records after it
            own = records[at + 1 : at + 1 + record.data["records"]]
            assert digest_of(tuple((item.kind, "", item.data) for item in own)) == record.data["digest"]
    assert recorded(folder, "stop") == [{"complete": True, "reason": "", "strays": {"stray.test: miss": 2}}]


def test_a_worker_that_is_cut_off_and_comes_back_changes_nothing(folder: RunFolder) -> None:
    back = asyncio.Event()
    cut, other = Worker("cut", first=back, cuts=True), Worker("other")
    pool = Pool(cut, other)

    def look() -> None:
        if len(other.shards) > 3:
            back.set()

    pool.at_look = look
    setup = carried_out(folder, pool=pool, least=2)
    assert_each_once(folder)
    assert cut.shards[0] in other.shards
    assert setup.progress.notes == ["worker cut is gone or does not answer"]  # type: ignore[attr-defined]


def test_a_worker_that_never_comes_back_loses_nothing(folder: RunFolder) -> None:
    dead, other = Worker("dead", first=asyncio.Event(), cuts=True), Worker("other")
    carried_out(folder, dead, other, least=2)
    assert_each_once(folder)
    assert dead.shards[0] in other.shards
    assert refused(folder) == ["not waited for: another worker was sooner"]


def test_of_a_slow_shard_the_first_result_counts(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SLOW_SECONDS", 0.0)
    late = asyncio.Event()
    slow, other = Worker("slow", first=late), Worker("other")
    pool = Pool(slow, other)

    def look() -> None:
        if slow.shards and slow.shards[0] in other.shards:
            late.set()

    pool.at_look = look
    carried_out(folder, pool=pool, least=2)
    assert_each_once(folder)
    assert slow.shards[0] in other.shards


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(lambda one: replace(one, digest="0"), "the records are not those", id="digest"),
        pytest.param(lambda one: done(one.facts[:-2]), "still needs an attempt", id="part"),
        pytest.param(lambda one: done((*one.facts, one.facts[1])), "is there already", id="doubled"),
        pytest.param(lambda one: replace(one, blobs={"0": b"x"}), "a blob is not", id="blob"),
        pytest.param(lambda one: done((*one.facts, ("stop", "", {}))), "none of a shard's", id="kind"),
        pytest.param(lambda one: done((*one.facts, ("attempt", "", {}))), "cannot be read", id="shape"),
    ],
)
def test_what_is_not_whole_is_not_taken(folder: RunFolder, spoil: Callable[[Done], Done], why: str) -> None:
    carried_out(folder, Worker("bad", spoil=spoil), Worker("good"), least=2)
    assert_each_once(folder)
    assert refused(folder)
    assert all(why in text for text in refused(folder))
    assert {fact["worker"] for fact in recorded(folder, "shard") if not fact["refused"]} == {"good"}


def test_attempts_of_other_cases_and_missing_blobs_are_not_taken(folder: RunFolder) -> None:
    spec = folder.spec()
    setting, (one, other, *_) = spec.settings[0], folder.cases(spec)
    shard = Shard(1, setting, (one,))
    assert len(observed(shard, done(facts_of(Order(1, setting, (one.case_id,)))), State(), Steps(spec, None))) == 2
    with pytest.raises(EvidenceError, match="none of the shard's"):
        observed(shard, done(facts_of(Order(1, setting, (other.case_id,)))), State(), Steps(spec, None))
    kind, at, data = facts_of(Order(1, setting, (one.case_id,)))[1]
    with pytest.raises(EvidenceError, match="blob abc is missing"):
        observed(shard, done(((kind, at, {**data, "screenshot_blob": "abc"}),)), State(), Steps(spec, None))


def test_a_worker_that_was_started_anew_is_greeted_anew(folder: RunFolder) -> None:
    worker = Worker("a", breaks=[HarnessError("the worker was started anew")])
    carried_out(folder, worker)
    assert_each_once(folder)
    assert worker.greeted == 2
    assert refused(folder) == ["the worker was started anew"]


def test_a_shard_that_nobody_can_carry_out_ends_the_session_and_no_seal_is_set(folder: RunFolder) -> None:
    workers = [Worker(name, breaks=[HarnessError("no disk")] * 9) for name in "ab"]
    with pytest.raises(HarnessError, match="no disk"):
        carried_out(folder, *workers, least=2)
    assert not folder.seal_file.exists()
    carried_out(folder, Worker("c"))
    assert_each_once(folder)


def test_with_nobody_left_the_run_waits_then_can_be_resumed(folder: RunFolder) -> None:
    with pytest.raises(HarnessError, match="no worker has been there"):
        carried_out(folder, Worker("a", first=asyncio.Event(), cuts=True))
    assert not folder.seal_file.exists()
    carried_out(folder, Worker("b"))
    assert_each_once(folder)
    numbers = [fact["shard"] for fact in recorded(folder, "shard")]
    assert len(set(numbers)) == len(numbers)


def test_half_a_shard_in_the_journal_is_finished_by_another(folder: RunFolder) -> None:
    setup, half = setup_of(folder), CASES + 3  # records: in the midst of a case
    written = itertools.count()

    async def run() -> None:
        run = Coordinator(Pool(Worker("a")), Brief("0", "0", "", {}), patience=HASTY)

        async def until(setup: Setup, state: State, record: Report) -> dict[str, Any]:
            def some(kind: str, data: dict[str, Any]) -> Place | None:
                if next(written) == half:
                    raise OSError("the disk is full")
                return record(kind, data)

            return await run(setup, state, some)

        await carry_on(setup, until)

    with pytest.raises(OSError, match="full"):
        asyncio.run(run())
    assert 0 < len(recorded(folder, "attempt")) < 2 * CASES
    carried_out(folder, Worker("b"))
    assert_each_once(folder)


def test_a_silent_canary_voids_the_run(folder: RunFolder) -> None:
    void = Worker("a", spoil=lambda one: done(one.facts[:3], void="the canary to block got through"))
    carried_out(folder, void)
    (stop,) = recorded(folder, "stop")
    assert (stop["complete"], stop["reason"]) == (False, "worker a: the canary to block got through")
    assert derive(folder).decision == "void"


def test_halted_what_is_under_way_is_recorded(folder: RunFolder) -> None:
    setup = setup_of(folder)

    def ask(one: Done) -> Done:
        setup.halt.ask()
        return one

    with pytest.raises(Interrupted):
        asyncio.run(carry_on(setup, Coordinator(Pool(Worker("a", spoil=ask)), Brief("0", "0", "", {}), patience=HASTY)))
    assert 0 < len(recorded(folder, "attempt")) < 2 * CASES
    carried_out(folder, Worker("b"))
    assert_each_once(folder)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(
            Worker("b", Offer("h", {}, (), ("python is 1 and not 2",))), "worker b: python is 1", id="version"
        ),
        pytest.param(
            Worker("b", identity={**IDENTITY, "browser": "Chromium/2"}),
            "the browser is 'Chromium/2', and 'Chromium/1' for worker a",
            id="browser",
        ),
        pytest.param(
            Worker("b", identity={**IDENTITY, "product": {"version": "2"}}),
            "the product's version is '2', and '1' for worker a",
            id="product",
        ),
        pytest.param(Worker("b", Offer("h", {}, ("squid is not installed",))), "squid is not installed", id="lacking"),
    ],
)
def test_a_worker_that_differs_is_refused_before_the_first_case(folder: RunFolder, other: Worker, why: str) -> None:
    with pytest.raises(UsageError) as error:
        carried_out(folder, Worker("a"), other, least=2)
    assert why in str(error.value)
    assert recorded(folder, "attempt") == recorded(folder, "shard") == []


def test_a_worker_that_lacks_something_is_left_out(folder: RunFolder) -> None:
    carried_out(folder, Worker("a"), Worker("b", Offer("h", {}, ("no Chromium found",))))
    assert_each_once(folder)
    assert [(fact["worker"], fact["refused"]) for fact in recorded(folder, "worker")] == [
        ("a", ""),
        ("b", "no Chromium found"),
    ]


def test_who_comes_late_and_differs_is_left_out(folder: RunFolder) -> None:
    late = Worker("late", identity={**IDENTITY, "browser": "Chromium/2"}, away=True)
    first = Worker("first")
    pool = Pool(first, late)
    pool.at_look = lambda: setattr(late, "away", not first.shards)
    setup = carried_out(folder, pool=pool)
    assert_each_once(folder)
    assert late.shards == []
    notes = setup.progress.notes  # type: ignore[attr-defined]
    assert notes == [] or "Chromium/2" in notes[0]


def test_a_resumed_run_keeps_to_the_product_it_began_with(folder: RunFolder) -> None:
    builders.write_segment(
        folder, {"setting": folder.spec().settings[0], "phase": "before", **IDENTITY}, kind="identity"
    )
    with pytest.raises(UsageError, match="and '1' for the run so far"):
        carried_out(folder, Worker("b", identity={**IDENTITY, "product": {"version": "2"}}))


def test_live_and_sealed_runs_are_for_one_machine(folder: RunFolder) -> None:
    setup = setup_of(folder)
    live_one = replace(setup, spec=replace(setup.spec, product={**setup.spec.product, "kind": "live"}))
    sealed: Any = object()
    sealed_one = replace(setup, corpus=replace(setup.corpus, opened=sealed))
    for one, why in ((live_one, "one machine of that network"), (sealed_one, "the memory of one machine")):
        with pytest.raises(UsageError, match=why):
            asyncio.run(Coordinator(Pool(), Brief("0", "0", "", {}))(one, State(), lambda kind, data: None))


def test_what_is_for_a_cluster_needs_one(folder: RunFolder) -> None:
    shown = CliRunner().invoke(cli, ["run", str(folder.path), "--workers", "2"])
    assert isinstance(shown.exception, UsageError)
    assert "--executor dask" in str(shown.exception)
    assert not folder.journal.exists()


def test_differences_are_named() -> None:
    fitness = Fitness([{"setting": "high", "phase": "before", **IDENTITY}])
    assert fitness.differences("a", "high", IDENTITY) == ()
    assert fitness.differences("a", "high", {**IDENTITY, "product": {"lists": "x"}}) == (
        "the product's lists is 'x', and 'unknown' for the run so far",
        "the product's version is 'unknown', and '1' for the run so far",
    )


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 500])
def test_shards_hold_every_case_once(count: int) -> None:
    made, cases = Shards(lambda: 0.0), [builders.case(f"c-{n}") for n in range(count)]
    last = made.split(5, "high", cases, workers=3)
    taken: list[Shard] = []
    while (shard := made.take("a")) and shard not in taken:
        taken.append(shard)
    assert [case for shard in taken for case in shard.cases] == cases
    assert [shard.number for shard in taken] == [*range(6, last + 1)]
    assert all(len(shard.cases) <= shards.MOST for shard in taken)


def test_only_the_slowest_is_given_twice_and_only_once_more() -> None:
    time = [0.0]
    made = Shards(lambda: time[0])
    made.split(0, "high", [builders.case(f"c-{n}") for n in range(3 * shards.LEAST)], workers=3)
    first, second, third = (made.take(worker) for worker in "abc")
    assert first
    assert second
    assert third
    time[0] = 1.0
    made.finish(third, "c")
    assert made.take("c") is None  # nobody is slow yet
    time[0] = shards.SLOW_SECONDS + 2
    assert made.take("c") is first
    assert made.take("d") is second
    assert made.take("e") is None

"""The fast tier sees what the browser sees, or leaves it to the browser."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.classify.steps import next_arms
from harness.classify.tiers import UNTRUSTED, certain
from harness.classify.verdict import Judgement, judge
from harness.corpus.load import Corpus, load
from harness.evidence.blobs import Blobs
from harness.internet.client import Internet
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.observation import CaseEvidence
from harness.model.spec import Limits
from harness.model.words import Arm, End, Expectation, Tier, Verdict
from harness.products import kinds
from harness.products.base import CANARY_BLOCK, Context
from harness.profile.criteria import Fast
from harness.profile.criteria import load as load_criteria
from harness.profile.product import load as load_product
from harness.report.derive import Derived, derive
from harness.run.attempt import Errand, ProbeLane
from harness.run.plan import Request, plan
from harness.run.rig import Rig
from tests import builders, live
from tests.live import allow, block
from tests.zoo.test_zoo import CASES, FIXTURES, RESOURCES, SOUND

LIMITS = Limits(attempt_seconds=30)
FAST = "[fast]\nallowed = {allowed}\nminimum_agreement = {minimum}\nsource = 'made up for a test'\n"
UNSEEN = {"zoo-asset-only": {"bad-pictures", "good-pictures"}}  # a prober asks for no pictures


class Unbrowsed(Rig):
    """A rig without a browser."""

    async def agent(self) -> str:
        return "Mozilla/5.0"


@asynccontextmanager
async def probing(name: str, corpus: Corpus, work: Path, **params: str) -> AsyncIterator[Unbrowsed]:
    """The product, started at its first setting between a prober and the replayed Internet."""
    profile = load_product(name)
    for folder in ("internet", "product"):
        (work / folder).mkdir(parents=True, mode=0o755)
    resources = {urls.parse(item.url).key: item.path for item in corpus.resources}
    internet = Internet(work / "internet", resources, {}, "0")
    await internet.start()
    given = profile.checked_params(params)
    product = kinds.make(Context(profile, given, work / "product", internet.test_port, corpus.cases, internet.doors))
    rig = Unbrowsed(internet, product, Path(), LIMITS, lambda kind, data: None)
    try:
        rig.route = await product.start(profile.checked_setting(""))
        yield rig
    finally:
        await rig.stop()


async def judged(rig: Rig, case: Case, corpus: Corpus, blobs: Blobs, pages: Sequence[dict[str, object]]) -> Judgement:
    """What the fast tier alone makes of a case."""
    seen = CaseEvidence()
    fixture, data = corpus.fixture(case)
    lanes = {arm: ProbeLane(rig, arm, blobs, 30) for arm in Arm}
    while arms := next_arms(seen, LIMITS):
        for arm in arms:
            kept = seen.control if arm is Arm.CONTROL else seen.test
            block = case.expectation is Expectation.BLOCK
            errand = Errand(case.case_id, case.url, fixture, arm, "", 1 + len(kept), block, data, tier=Tier.FAST)
            kept.append(await lanes[arm].attempt(errand))
    for lane in lanes.values():
        await lane.close()
    assert {item.tier for item in (*seen.control, *seen.test)} == {Tier.FAST}
    return judge(seen, pages, LIMITS)


async def all_judged(name: str, corpus: Corpus, work: Path, **params: str) -> dict[str, Judgement]:
    pages = [item.model_dump(mode="json") for item in load_product(name).fingerprint]
    blobs = Blobs(work / "blobs")
    async with probing(name, corpus, work, **params) as rig:
        if params.get("answer") == "sinkhole":
            await page_there(rig)
        found = await asyncio.gather(*(judged(rig, case, corpus, blobs, pages) for case in corpus.cases))
    return dict(zip((case.case_id for case in corpus.cases), found, strict=True))


async def page_there(rig: Rig) -> None:
    """Wait for the server of the block page, which nothing says is ready."""
    prober = await rig.prober(Arm.TEST)
    for _ in range(300):
        if (await prober.visit(f"http://{CANARY_BLOCK}/", "0" * 32, 10)).end is End.PAGE:
            break
        await asyncio.sleep(0.1)
    prober.close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = live.write_corpus(tmp_path_factory.mktemp("zoo") / "corpus", CASES, FIXTURES, RESOURCES)
    return load(str(folder))


@pytest.mark.parametrize(
    "name", ["zoo-altering", "zoo-asset-only", "zoo-captcha", "zoo-flaky", "zoo-nxdomain", "zoo-warn"]
)
def test_what_is_certain_is_right(name: str, corpus: Corpus, tmp_path: Path) -> None:
    """Whatever a product does: a verdict of which the fast tier is certain is that of the browser."""
    found = asyncio.run(all_judged(name, corpus, tmp_path))
    expected = {case.case_id: SOUND[name][0](case) for case in corpus.cases}
    sure = {case_id for case_id, said in found.items() if certain(said)}
    wrong = {case_id for case_id in sure if found[case_id].verdict is not expected[case_id].verdict}
    assert wrong == UNSEEN.get(name, set())
    right = sure - wrong
    assert {found[case_id].rule_id for case_id in right} == {expected[case_id].rule for case_id in right}
    arrives = {case_id for case_id, said in expected.items() if said.verdict is Verdict.ALLOWED}
    assert arrives <= sure  # so it is of use


@pytest.mark.product("dnsmasq")
@pytest.mark.room
@pytest.mark.parametrize(
    ("answer", "rule"),
    [("nxdomain", "blocked.dns"), ("zero", "blocked.connection-refused"), ("sinkhole", "blocked.block-page")],
)
def test_name_servers(answer: str, rule: str) -> None:
    cases = [
        block("bad-1", "http://bad.test/"),
        block("bad-2", "http://www.bad.test:8080/page" if answer != "sinkhole" else "http://www.bad.test/page"),
        allow("good-1", "http://good.test/"),
        allow("good-2", "https://good.test:8443/page?x"),
        allow("good-3", "http://192.0.2.7/page"),
        allow("six", "http://[2001:db8::7]/page"),
        allow("long", f"http://{'a' * 64}.test/"),
    ]
    with live.scratch() as tmp:
        (tmp / "lists" / "adult").mkdir(parents=True)
        (tmp / "lists" / "adult" / "domains").write_text("bad.test\n", "utf-8")
        made = load(str(live.write_corpus(tmp / "corpus", cases)))
        params = {"blocklists": str(tmp / "lists"), "answer": answer, "route": "room"}
        found = asyncio.run(all_judged("dnsmasq", made, tmp / "work", **params))
    assert {found[key].rule_id for key in ("bad-1", "bad-2")} == {rule}
    assert {found[key].rule_id for key in ("good-1", "good-2", "good-3")} == {"allowed.token"}
    assert not any(certain(found[key]) for key in ("six", "long"))


def criteria(path: Path, *, allowed: bool = True, minimum: float = 0.3) -> Path:
    live.write_criteria(path)
    text = path.read_text("utf-8").replace(
        "\n[[criterion]]", f"\n{FAST.format(allowed=str(allowed).lower(), minimum=minimum)}\n[[criterion]]", 1
    )
    path.write_text(text, "utf-8")
    return path


def asked(tmp: Path, product: str = "zoo-reset", **changes: object) -> Request:
    folder = live.write_corpus(tmp / "corpus", CASES, FIXTURES, RESOURCES)
    made = Request(product, str(folder), str(criteria(tmp / "criteria.toml")), limits=LIMITS, jobs=4)
    return replace(made, tier=Tier.FAST, browser_sample=6, **changes)  # type: ignore[arg-type]


@pytest.mark.browser
def test_a_run_of_two_tiers(tmp_path: Path) -> None:
    folder = plan(asked(tmp_path), tmp_path / "run", builders.NOW)
    derived = live.carried_out(folder)
    sample = set(derived.spec.browser_sample)
    assert len(sample) == 6
    assert derived.voids == ()
    for item in derived.scored:
        expected, seen = SOUND["zoo-reset"][0](item.case), derived.evidence(item)
        assert (item.judgement.verdict, item.outcome) == (expected.verdict, expected.outcome), item.case.case_id
        tiers = {attempt.tier for attempt in seen.test}
        assert tiers == ({Tier.FAST, Tier.BROWSER} if item.case.case_id in sample else {Tier.FAST})
    (found,) = derived.tiers
    assert (found.sampled, found.doubtful, found.strata[0].k, found.strata[0].n, found.usable) == (6, 0, 6, 6, True)
    untrusted(derived, derive(folder, load_criteria(str(criteria(tmp_path / "strict.toml", minimum=0.9)))))
    untrusted(derived, derive(folder, load_criteria(str(live.write_criteria(tmp_path / "silent.toml")))))


def untrusted(before: Derived, after: Derived) -> None:
    """What the fast tier alone saw has no verdict any more, and all else the one it had."""
    assert not after.tiers[0].usable
    sample = before.spec.browser_sample
    for was, now in zip(before.scored, after.scored, strict=True):
        if was.case.case_id in sample:
            assert now.judgement == was.judgement
        else:
            assert (now.judgement.verdict, now.reason) == (Verdict.INDETERMINATE, UNTRUSTED)


@pytest.mark.parametrize(
    ("product", "changes", "why"),
    [
        ("extension-blocker", {}, "a product of kind 'extension' acts where only a browser is"),
        ("urlblocklist", {}, "a product of kind 'policy' acts where only a browser is"),
        ("dnsmasq", {"params": {"route": "emulated"}}, r"needs a room to ask the product in \(emulated\)"),
        ("unbound", {"params": {"transport": "doh"}}, "asks name servers by DNS alone"),
        ("zoo-reset", {"stop_early": True}, "an early stop counts on verdicts"),
    ],
)
def test_refused(product: str, changes: dict[str, object], why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why):
        plan(asked(tmp_path, product, elsewhere=True, **changes), tmp_path / "run", builders.NOW)
    assert not (tmp_path / "run").exists()


def test_criteria_must_permit_it(tmp_path: Path) -> None:
    request = asked(tmp_path)
    for path in (live.write_criteria(tmp_path / "silent.toml"), criteria(tmp_path / "no.toml", allowed=False)):
        with pytest.raises(UsageError, match="permit no fast tier"):
            plan(replace(request, criteria=str(path)), tmp_path / "run", builders.NOW)


def test_the_sample_is_drawn_by_the_seed_and_written_into_the_spec(tmp_path: Path) -> None:
    request = asked(tmp_path)
    one, again, other = (
        plan(replace(request, seed=seed), tmp_path / name, builders.NOW).spec()
        for name, seed in (("one", 1), ("again", 1), ("other", 2))
    )
    assert one.fast
    assert one.browser_sample == again.browser_sample != other.browser_sample
    ways = {item.case_id: item.expectation for item in CASES}
    assert sorted(ways[case_id] for case_id in one.browser_sample) == ["allow"] * 3 + ["block"] * 3
    plain = plan(replace(request, tier=Tier.BROWSER), tmp_path / "plain", builders.NOW)
    assert "browser_sample" not in plain.spec_file.read_text("utf-8")
    assert not plain.spec().fast


def test_criteria_without_it_keep_their_digest() -> None:
    made = builders.criteria()
    assert "fast" not in made.model_dump(mode="json", by_alias=True)
    allowed = made.model_copy(update={"fast": Fast(allowed=True, minimum_agreement=0.9, source="made up for a test")})
    assert made.digest() != allowed.digest()

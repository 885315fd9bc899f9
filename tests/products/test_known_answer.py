"""Products that judge by lists, against an oracle of a few lines: the blocked set has to be the same, case for case."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest

from harness.corpus.cases import CASE_ID
from harness.model.case import Case
from harness.model.words import Decision, Expectation, Metric, Outcome, Validity, Verdict
from harness.profile.product import load
from tests import live

SEED = 74
BOUND = 0.12
OTHER = "unlisted.example"
IDN = "b\u00fccher.test"


def covers(listed: str, host: str) -> bool:
    """Whether a listed host stands for this one: itself and what is below it on a label boundary; an IP only itself."""
    return host == listed or (not re.fullmatch(r"[\d.]+", listed) and host.endswith("." + listed))


def stopped(url: str, domains: list[str], pages: list[str]) -> bool:
    """The oracle: what a filter with these lists has to block."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    if any(covers(listed.encode("idna").decode(), host) for listed in domains):
        return True
    target = unquote(parts.path + (f"?{parts.query}" if parts.query else "")).lower()
    for page in pages:
        listed, _, path = page.partition("/")
        rest = target.removeprefix("/" + unquote(path).lower())
        if covers(listed, host) and rest != target and (not rest or rest[0] in "/?&="):
            return True
    return False


class Web:
    """A made-up web: what is listed, and URLs around it, all on reserved names and addresses."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.domains = [
            *(f"{self.word()}.{tld}" for tld in ("test", "example", "test")),
            f"{self.word()}.{self.word()}.test",
            IDN,
            "192.0.2.5",
            "198.51.100.7",
        ]
        self.pages = [
            *(f"{self.word()}.{tld}/{self.word()}/{self.word()}" for tld in ("test", "example")),
            f"{self.word()}.test/{self.word()}/{self.word()}.html",
            f"{self.word()}.example/{self.word()} {self.word()}",
            f"{self.word()}.test/list?id=7",
            "192.0.2.80/hidden",
        ]

    def word(self) -> str:
        return "".join(self.rng.choice(letters) for letters in ("bdfgkl", "aeiou", "mnprst") * 2)

    def host(self) -> str:
        return self.rng.choice([name for name in self.domains if name.isascii() and not name[0].isdigit()])

    def page(self, query: bool = False) -> str:
        """A listed page with a name for a host, percent-encoded."""
        found = [item for item in self.pages if ("?" in item) is query and not item[0].isdigit()]
        return quote(self.rng.choice(found), safe="/?=")

    def around(self) -> Iterator[tuple[str, str]]:
        """(kind, URL without its scheme), one of each kind."""
        w, h, p, q = self.word, self.host, self.page, lambda: self.page(query=True)
        above = next(name for name in self.domains if name.count(".") == 2)
        yield "host", f"{h()}/"
        yield "host-deep", f"{h()}/{w()}/{w()}?{w()}={w()}"
        yield "host-below", f"{w()}.{h()}/{w()}"
        yield "host-far-below", f"{w()}.{w()}.{h()}/"
        yield "host-longer", f"{w()}{h()}/"
        yield "host-hyphen", f"{w()}-{h()}/"
        yield "host-under-other", f"{h()}.{OTHER}/"
        yield "host-other-tld", f"{h().rpartition('.')[0]}.invalid/"
        yield "host-above", f"{above.partition('.')[2]}/{w()}"
        yield "host-in-path", f"{OTHER}/{h()}/"
        yield "host-in-query", f"{OTHER}/?to=http://{h()}/"
        yield "host-upper", f"{h().upper()}/{w()}/upper"
        yield "host-port", f"{h()}:8080/{w()}"
        yield "host-dot", f"{h()}./{w()}"
        yield "host-below-dot-port", f"{w()}.{h()}.:8081/"
        yield "idn-unicode", f"{IDN}/{w()}"
        yield "idn-punycode", f"{IDN.encode('idna').decode()}/{w()}"
        yield "idn-ascii", "bucher.test/"
        yield "ip", "192.0.2.5/"
        yield "ip-port", f"198.51.100.7:8080/{w()}"
        yield "ip-longer", "192.0.2.50/"
        yield "ip-shorter", "192.0.2.8/"
        yield "ip-as-label", "192.0.2.5.example/"
        yield "page", p()
        yield "page-deeper", f"{p()}/{w()}"
        yield "page-longer", f"{p()}{w()}"
        yield "page-hyphen", f"{p()}-{w()}"
        yield "page-query", f"{p()}?{w()}={w()}"
        yield "page-below", f"{w()}.{p()}/{w()}/below"
        yield "page-longer-host", f"{w()}{p()}"
        yield "page-above", p().rpartition("/")[0]
        yield "page-beside", f"{p().rpartition('/')[0]}/{w()}"
        yield "page-in-path", f"{OTHER}/{p()}"
        host, _, path = p().partition("/")
        yield "page-upper", f"{host}/{path.upper()}/upper"
        host, _, path = p().partition("/")
        yield "page-encoded", f"{host}/%{ord(path[0]):02x}{path[1:]}/encoded"
        host, _, path = p().partition("/")
        yield "page-port", f"{host}:8080/{path}/port"
        host, _, path = p().partition("/")
        yield "page-dot", f"{host}./{path}/dot"
        yield "page-of-ip", "192.0.2.80/hidden"
        yield "page-of-ip-beside", "192.0.2.80/"
        yield "query", q()
        yield "query-and", f"{q()}&{w()}={w()}"
        yield "query-longer", f"{q()}0"
        yield "query-other", f"{q().rpartition('=')[0]}=8"

    def cases(self) -> list[Case]:
        """Each kind over http, and about half of them over https too."""
        made = [("http", *item) for item in self.around()]
        made += [("https", *item) for item in self.around() if item[0] == "page-port" or self.rng.random() < 0.5]
        return [
            live.case(
                f"{scheme}-{kind}",
                f"{scheme}://{rest}",
                Expectation.BLOCK if self.stops(f"{scheme}://{rest}") else Expectation.ALLOW,
            )
            for scheme, kind, rest in made
        ]

    def stops(self, url: str, host_only: bool = False) -> bool:
        return stopped(url, self.domains, [] if host_only else self.pages)

    def write_lists(self, folder: Path) -> Path:
        for name, kind, entries in (("hosts", "domains", self.domains), ("pages", "urls", self.pages)):
            (folder / name).mkdir(parents=True)
            (folder / name / kind).write_text("".join(f"{entry}\n" for entry in entries), "utf-8")
        return folder


def host_only(product: str, https: str, url: str) -> bool:
    """The limits that products declare: where they see the host of an https URL and nothing else."""
    profile, parts = load(product), urlsplit(url)
    limits = profile.limits({"https": https}, profile.settings.default)
    elsewhere = parts.port not in (None, 443) and "ports-on-https" in limits
    return parts.scheme == "https" and ("paths-on-https" in limits or elsewhere)


def test_the_made_up_web_is_reserved_varied_and_always_the_same() -> None:
    cases = Web(SEED).cases()
    assert cases == Web(SEED).cases()
    assert all(CASE_ID.fullmatch(case.case_id) for case in cases)
    for case in cases:
        host = (urlsplit(case.url).hostname or "").rstrip(".")
        assert re.search(r"(^|\.)(test|example|invalid)$|^192\.0\.2\.|^198\.51\.100\.", host), case.url
    blocked = sum(case.expectation is Expectation.BLOCK for case in cases)
    assert len(cases) / 3 < blocked < len(cases) * 2 / 3


@pytest.mark.browser
@pytest.mark.parametrize(
    ("product", "https"),
    [
        pytest.param(name, https, marks=pytest.mark.product(name), id=f"{name}-{https}")
        for name, https in (
            ("reference", ""),
            ("squidguard", "inspect"),
            ("squidguard", "tunnel"),
            ("e2guardian", "inspect"),
            ("e2guardian", "tunnel"),
        )
    ],
)
def test_a_product_blocks_what_is_listed_and_nothing_else(product: str, https: str, tmp_path: Path) -> None:
    web = Web(SEED)
    cases = web.cases()[:: 2 if https == "tunnel" else 1]
    params = {"blocklists": str(web.write_lists(tmp_path / "lists")), **({"https": https} if https else {})}
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=BOUND, minimum_n=10, maximum_unscored=0)
    derived = live.carried_out(live.planned(tmp_path, product, corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    assert [item for item in derived.scored if item.judgement.validity is not Validity.VALID] == []
    assert [item for item in derived.scored if item.outcome is Outcome.UNSCORED] == []

    known = {case.url for case in cases if web.stops(case.url, host_only(product, https, case.url))}
    blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
    assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}

    missed = sum(case.expectation is Expectation.BLOCK and case.url not in known for case in cases)
    misses = {rate.metric: rate.k for rate in derived.rates if rate.category == "overall"}
    assert misses[Metric.BAD_SITES_UNDER_BLOCK] == missed
    assert misses[Metric.OK_SITES_OVER_BLOCK] == 0
    assert (missed > 0) is (https == "tunnel" or product == "e2guardian")
    block = sum(case.expectation is Expectation.BLOCK for case in cases)
    assert derived.decision.exit_code == (missed / block > BOUND)
    if missed == 0:
        assert derived.decision is Decision.PASS

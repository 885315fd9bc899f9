"""Products on another machine: a browser that runs there already, and is there unchanged afterwards."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.browser.find import find, full
from harness.evidence.folder import RunFolder
from harness.model.words import Outcome, Verdict
from harness.report.derive import derive
from tests import live
from tests.products.elsewhere import Machine, Squid, machine
from tests.products.test_known_answer import SEED, Web, host_only

BYPASS = "--proxy-bypass-list=<-loopback>"


def planned(tmp: Path, there: Machine, corpus: Path, params: Mapping[str, str], product: str = "remote") -> RunFolder:
    where = {"endpoint": there.endpoint, "internet": str(there.internet)}
    criteria = live.write_criteria(tmp / "criteria.toml", minimum_n=1)
    return live.planned(tmp, product, corpus, criteria=criteria, params={**where, **params})


@pytest.mark.browser(full=True)
@pytest.mark.room
@pytest.mark.product("squid")
@pytest.mark.parametrize(
    ("https", "tabs", "certificates"),
    [("inspect", "own-profile", "trusted"), ("tunnel", "fresh", "ignored")],
)
def test_a_proxy_there_blocks_what_is_listed_and_nothing_else(https: str, tabs: str, certificates: str) -> None:
    web = Web(SEED)
    cases = web.cases()

    async def there_and_back(tmp: Path) -> RunFolder:
        params = {"blocklists": str(web.write_lists(tmp / "lists")), "https": https}
        async with machine(tmp) as there:
            squid = Squid(there, params)
            await squid.launch("moderate")
            own = tabs == "own-profile"
            set_up = (f"--proxy-server={squid.url}", BYPASS) if own else ()
            await there.browse(full(find()), *set_up, f"--ignore-certificate-errors-spki-list={squid.spki}")
            before = await there.tabs()
            given = {"tabs": tabs, "certificates": certificates, **({} if own else {"proxy": squid.url})}
            run = planned(tmp, there, live.write_corpus(tmp / "corpus", cases), given)
            await live.session(run)
            assert await there.tabs() == before
            await squid.stop()
            return run

    with live.scratch() as tmp:
        derived = derive(asyncio.run(there_and_back(tmp)))
        assert derived.voids == ()
        assert [item for item in derived.scored if item.outcome is Outcome.UNSCORED] == []
        known = {case.url for case in cases if web.stops(case.url, host_only("squid", https, case.url))}
        blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
        assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
        assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}

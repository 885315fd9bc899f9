"""c-icap alone and behind squid, e2guardian as a service, against the oracle of the products that judge by lists."""

from pathlib import Path

import pytest

from harness.model.words import Validity, Verdict
from tests import live
from tests.products.test_known_answer import SEED, Web

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("product", "https"),
    [
        pytest.param("cicap", "", marks=pytest.mark.product("cicap")),
        pytest.param("e2guardian-icap", "", marks=pytest.mark.product("e2guardian-icap")),
        pytest.param("squid-cicap", "inspect", marks=pytest.mark.product("squid-cicap")),
    ],
)
def test_an_icap_service_blocks_what_is_listed_and_nothing_else(product: str, https: str, tmp_path: Path) -> None:
    web = Web(SEED)
    cases = web.cases()[::4]
    params = {"blocklists": str(web.write_lists(tmp_path / "lists")), **({"https": https} if https else {})}
    derived = live.carried_out(
        live.planned(tmp_path, product, live.write_corpus(tmp_path / "corpus", cases), params=params)
    )
    assert derived.voids == ()
    assert [item for item in derived.scored if item.judgement.validity is not Validity.VALID] == []
    known = {case.url for case in cases if web.stops(case.url, https == "tunnel" and case.url.startswith("https"))}
    blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
    assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}

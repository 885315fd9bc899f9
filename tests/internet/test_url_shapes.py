"""URLs of every shape that a browser takes reach the case they belong to, and nothing else reaches anywhere."""

import shutil
import socket
from pathlib import Path
from urllib.parse import unquote

import pytest

from harness.model import url as urls
from harness.model.words import End, Outcome, Validity, Verdict
from harness.profile import shipped
from harness.report.derive import Derived
from tests import live

SHAPES = {
    "root": "http://shape.test/",
    "no-path": "https://no-path.test",
    "query": "https://shape.test/search?q=one&q=two&empty=&flag",
    "query-without-path": "http://shape.test?only=query",
    "empty-query": "http://empty-query.test/page?",
    "percent-encoded": "http://shape.test/%7Euser/%41%2Fb?%3D=%26",
    "percent-invalid": "http://shape.test/100%/%zz?%",
    "percent-lower-case": "https://shape.test/%c3%bc",
    "spaces": "http://shape.test/two words?and two more",
    "plus": "http://shape.test/a+b?c+d",
    "colons": "https://shape.test/a:b/c:8080?d:e",
    "port": "http://shape.test:8080/page",
    "port-https": "https://shape.test:8443/page",
    "port-default": "http://port.test:80/page",
    "idn": "https://b\u00fccher.example/",
    "idn-script": "http://\u4f8b\u3048.test/",
    "ipv4": "http://192.0.2.1/page",
    "ipv4-https": "https://192.0.2.2/page",
    "ipv4-integer": "http://3221225987/integer",
    "ipv6": "http://[2001:db8::1]/page",
    "ipv6-https": "https://[2001:db8::2]:8443/page",
    "long": f"http://shape.test/{'long/' * 1200}",
    "trailing-dot": "http://dot.test./page",
    "upper-case": "HTTP://UPPER.TEST/Path?Query",
    "double-slashes": "http://shape.test//a///b//?c=//d",
    "dot-segments": "http://shape.test/a/./b/../c/%2e%2e/d",
    "userinfo": "http://user:secret@userinfo.test/page",
    "semicolons": "http://shape.test/a;b=c;d?e;f",
    "pipes": "http://shape.test/a|b?c|d",
    "quotes": 'http://shape.test/it\'s/"quoted"?\'single\'&"double"',
    "brackets": "http://shape.test/a[1]/{b}?c[]=^`<d>",
    "backslash": "http://shape.test/a\\b?c\\d",
    "unicode-path": "http://shape.test/gr\u00f6\u00dfe/\u4f8b?\u00fc=\u00f1",
    "emoji": "https://shape.test/\U0001f600",
    "fragment": "http://fragment.test/page#part",
    "underscore": "http://under_score.test/",
    "one-label": "http://intranet/page",
    "preloaded": "http://site.dev/",  # a top-level domain that browsers upgrade to https by themselves
}

LEAKY = """<!doctype html>
<link rel="dns-prefetch" href="http://nowhere.test/"><link rel="preconnect" href="http://OUTSIDE/">
<p>A page that asks for much.</p>
<img src="http://OUTSIDE/picture.png" alt=""><img src="http://nowhere.test/picture.png" alt="">
<iframe src="http://OUTSIDE/frame"></iframe>
<script>
fetch("http://OUTSIDE/fetched", {mode: "no-cors"}).catch(() => {});
try { new WebSocket("ws://OUTSIDE/socket"); } catch {}
navigator.sendBeacon("http://OUTSIDE/beacon", "words");
</script>
"""
REWRITING = """
from harness.products.reference import proxy

class Rewriting(proxy.Filter):
    def request(self, flow):
        if flow.request.pretty_host == "rewritten.test":
            flow.request.path = "/another"
        super().request(flow)

proxy.Filter = Rewriting
proxy.main()
"""

pytestmark = [pytest.mark.browser, pytest.mark.product("direct")]


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Derived:
    tmp = tmp_path_factory.mktemp("shapes")
    corpus = live.write_corpus(tmp / "corpus", [live.allow(name, url) for name, url in SHAPES.items()])
    return live.carried_out(live.planned(tmp, "direct", corpus))


def test_the_run_is_sound(derived: Derived) -> None:
    assert derived.voids == ()
    assert len(derived.scored) == len(SHAPES)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_page_arrives_with_its_token_and_receipt(shape: str, derived: Derived) -> None:
    (item,) = [item for item in derived.scored if item.case.case_id == shape]
    judged = item.judgement
    assert (judged.validity, judged.verdict, judged.rule_id) == (Validity.VALID, Verdict.ALLOWED, "allowed.token")
    assert item.outcome is Outcome.CORRECT
    evidence = derived.evidence(item)
    assert (len(evidence.control), len(evidence.test)) == (1, 1)
    for seen in (*evidence.control, *evidence.test):
        (receipt,) = seen.receipts
        assert (receipt.method, receipt.status, receipt.served) == ("GET", 200, "page")
        # Chromium encodes a little more than the URL standard asks for.
        assert unquote(urls.parse(receipt.url).key) == unquote(urls.parse(SHAPES[shape]).key)
        assert (seen.end, seen.status, seen.foreign_token) == (End.PAGE, 200, False)


def test_what_is_no_case_is_missed_and_nothing_leaves(tmp_path: Path) -> None:
    """The listener stands for the rest of the world: what the pages ask of it would reach it, were it let out."""
    with socket.create_server(("127.0.0.1", 0)) as world:
        outside = f"127.0.0.1:{world.getsockname()[1]}"
        page = LEAKY.replace("OUTSIDE", outside).encode()
        cases = [
            live.allow("sound", "http://sound.test/"),
            live.allow("leaky", "http://leaky.test/", "leaky.html"),
            live.allow("leaky-https", "https://leaky-secure.test/", "leaky.html"),
            live.allow("redirect", "http://redirect.test/", "redirect.http"),
            live.allow("redirect-out", "http://redirect-out.test/", "redirect-out.http"),
            live.allow("script", "http://script.test/", "script.html"),
        ]
        fixtures = {
            "leaky.html": page,
            "redirect.http": b"HTTP/1.1 302 Found\r\nLocation: http://nowhere.test/\r\n\r\n",
            "redirect-out.http": f"HTTP/1.1 302 Found\r\nLocation: http://{outside}/\r\n\r\n".encode(),
            "script.html": f"<!doctype html><p>Away.</p><script>location = 'http://{outside}/'</script>".encode(),
        }
        corpus = live.write_corpus(tmp_path / "corpus", cases, fixtures)
        folder = live.planned(tmp_path, "direct", corpus)
        derived = live.carried_out(folder)
        world.setblocking(False)
        with pytest.raises(BlockingIOError):
            world.accept()

    assert derived.voids == ()
    found = {item.case.case_id: item for item in derived.scored}
    for name in ("sound", "leaky", "leaky-https"):
        assert found[name].judgement.rule_id == "allowed.token"
    for name in ("redirect", "redirect-out", "script"):  # nor does a page for its control arrive
        assert (found[name].judgement.validity, found[name].outcome) == (Validity.CONTROL_FAILED, Outcome.UNSCORED)
    (seen,) = derived.evidence(found["redirect"]).test
    assert (seen.harness_page, seen.status) == (True, 404)
    assert [receipt.served for receipt in seen.receipts] == ["redirect", "miss"]
    (stop,) = derived.state.of_kind("stop")
    assert "127.0.0.1: miss" in stop["strays"]
    (seen,) = derived.evidence(found["leaky"]).test
    asked = {receipt.url: receipt.served for receipt in seen.receipts}
    assert asked["http://nowhere.test/picture.png"] == asked[f"http://{outside}/picture.png"] == "miss"


def test_a_product_that_asks_for_another_address_is_no_blocker(tmp_path: Path) -> None:
    """It gets the page for what is not replayed, which says nothing about the case."""
    profile = shutil.copytree(shipped.PRODUCTS / "reference", tmp_path / "rewriting")
    (profile / "rewriting.py").write_text(REWRITING, "utf-8")
    text = (profile / "profile.toml").read_text("utf-8")
    command = '"-m", "harness.products.reference.proxy", "{{ work }}/config.json"'
    assert command in text
    (profile / "profile.toml").write_text(
        text.replace(command, '"{{ profile }}/rewriting.py", "{{ work }}/config.json"'), "utf-8"
    )
    cases = [live.block("rewritten", "http://rewritten.test/page"), live.allow("sound", "http://sound.test/page")]
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    derived = live.carried_out(live.planned(tmp_path, str(profile), corpus))
    assert derived.voids == ()
    rewritten, sound = derived.scored
    assert (rewritten.judgement.validity, rewritten.judgement.verdict) == (
        Validity.REPLAY_MISS,
        Verdict.INDETERMINATE,
    )
    assert (rewritten.outcome, rewritten.reason) == (Outcome.UNSCORED, "replay-miss")
    assert sound.outcome is Outcome.CORRECT

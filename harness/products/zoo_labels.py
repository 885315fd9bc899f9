"""Products of the zoo that heed labels which pages give themselves, and name the category of a page in a header of
every answer. A docstring says what checks must find."""

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser

from mitmproxy.http import HTTPFlow

from harness.corpus.load import load
from harness.internet.proxy import address
from harness.model import url as urls
from harness.model.words import Expectation
from harness.products.behaviour import Behaviour
from harness.products.zoo_messages import NONE, Considerate

RTA = "RTA-5042-1996-1400-1577-RTA"
# ICRA's letters for nudity and for sexual material, in a label that is closed.
ADULT = re.compile(r"icra\.org[^)]*\br\s*\([^()]*\b(?:n[a-h]|s[a-h])\s+1\b[^()]*\)\)", re.IGNORECASE)
KNOWN = "kitemark-practice"  # the corpus whose categories it knows


class Labelled(Considerate):
    """Good: heeds every label, names every category rightly, and explains itself."""

    def category(self, flow: HTTPFlow) -> str:
        try:
            key = address(flow.request).key
        except ValueError:
            return NONE
        return _known().get(key) or super().category(flow)

    def block(self, flow: HTTPFlow) -> None:
        super().block(flow)
        assert flow.response
        flow.response.headers["X-Category"] = self.category(flow)

    def response(self, flow: HTTPFlow) -> None:
        if not flow.response or self.category(flow) != NONE:
            return
        if self.adult(flow.response.headers, flow.response.get_text(strict=False) or ""):
            self.block(flow)
        else:
            flow.response.headers["X-Category"] = NONE

    def adult(self, headers: Mapping[str, str], text: str) -> bool:
        """Whether a page labels itself for adults."""
        metas = _Metas(text).found
        ratings = [headers.get("rating", ""), *metas.get("rating", ())]
        pics = [headers.get("pics-label", ""), *metas.get("pics-label", ())]
        return RTA in ratings or any(ADULT.search(item) for item in pics)


class Ignoring(Labelled):
    """Promises to heed labels and does not: every check is broken that asks for a page to be blocked for its label."""

    def adult(self, headers: Mapping[str, str], text: str) -> bool:
        return False


class Gullible(Labelled):
    """Takes the letters for a label wherever they stand: `in-a-comment` and `in-text` are broken."""

    def adult(self, headers: Mapping[str, str], text: str) -> bool:
        return RTA in text or super().adult(headers, text)


class Suspicious(Labelled):
    """Blocks whatever bears any label: `pics-harmless`, `malformed` and `malformed-pics` are broken."""

    def adult(self, headers: Mapping[str, str], text: str) -> bool:
        return bool({"rating", "pics-label"} & {*_Metas(text).found}) or super().adult(headers, text)


class Demanding(Labelled):
    """Blocks pages without a label: `unlabelled` is broken, as are checks of pages that offer help, and nothing is
    known of those that ask for the same page without a label."""

    def adult(self, headers: Mapping[str, str], text: str) -> bool:
        bears = {"rating", "pics-label"} & {*_Metas(text).found, *(name.lower() for name in headers)}
        return not bears or super().adult(headers, text)


class Confusing(Labelled):
    """Names the wrong category of what it blocks: `categories` is broken."""

    def category(self, flow: HTTPFlow) -> str:
        names = sorted({*_known().values()})
        right = super().category(flow)
        return names[(names.index(right) + 1) % len(names)] if right in names else right


class _Metas(HTMLParser):
    """What meta tags say, by their names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            given = {name: value or "" for name, value in attrs}
            name = given.get("name") or given.get("http-equiv") or ""
            self.found.setdefault(name.lower(), []).append(given.get("content", ""))


@cache
def _known() -> Mapping[str, str]:
    """The category of each case to block, by its key."""
    cases = load(KNOWN).cases
    return {urls.parse(case.url).key: case.category for case in cases if case.expectation is Expectation.BLOCK}


LABELS: dict[str, type[Behaviour]] = {
    "considerate": Labelled,
    "ignoring": Ignoring,
    "gullible": Gullible,
    "suspicious": Suspicious,
    "demanding": Demanding,
    "confusing": Confusing,
}

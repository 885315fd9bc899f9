"""What may be written down of an attempt at a sealed case: facts that verdicts need, all else by keyed hashes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.classify.facts import same_resource
from harness.classify.fingerprint import every
from harness.corpus.sealed import Opened
from harness.model import url as urls
from harness.model.case import SEALED, Case
from harness.model.observation import Asset, Observation

OURS = ".harness.test"


def redacted(seen: Observation, public: Case, opened: Opened, fingerprints: Sequence[dict[str, Any]]) -> Observation:
    """The observation without a word of the case: the same questions asked of it have the same answers."""
    clear = opened.clear[public.case_id].url

    def address(url: str) -> str:
        return _address(url, clear, public.url, opened)

    return replace(
        seen,
        requested_url=address(seen.requested_url),
        final_url=address(seen.final_url),
        chain=tuple(map(address, seen.chain)),
        headers=(),
        title="",
        body_digest=opened.alias(seen.body_digest),
        text_digest=opened.alias(seen.text_digest),
        text_start="",
        assets=tuple(Asset(address(item.url), item.result) for item in seen.assets),
        receipts=tuple(
            replace(item, url=address(item.url), body_digest=opened.alias(item.body_digest)) for item in seen.receipts
        ),
        fault=seen.fault.partition(":")[0],
        dom_blob="",
        screenshot_blob="",
        matched=every(seen, fingerprints),
    )


def strays(counted: Mapping[str, int], known: Iterable[Case]) -> dict[str, int]:
    """Requests that belong to no attempt, by host and answer; all but those to hosts of open cases and to our own are
    counted together, as sealed pages may have asked for them."""
    hosts = {urls.parse(case.url).hostname for case in known}
    found: dict[str, int] = {}
    for what, count in counted.items():
        host, _, served = what.rpartition(": ")
        name = what if host in hosts or host.endswith(OURS) else f"{SEALED}: {served}"
        found[name] = found.get(name, 0) + count
    return found


def _address(url: str, clear: str, public: str, opened: Opened) -> str:
    """The case's own address for whatever means the same on the wire, a keyed one for all others; schemes stay."""
    scheme = url.partition(":")[0]
    if scheme not in ("http", "https"):
        return f"{scheme}:" if url else ""
    rest = public.partition(":")[2] if same_resource(url, clear) else f"//{opened.alias(url)[:24]}.{SEALED}/"
    return f"{scheme}:{rest}"

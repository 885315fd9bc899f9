"""Which cases take turns: those that could meet at one address while both are under way, and would mix up tokens."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from harness.corpus import recording
from harness.corpus.answer import from_fixture
from harness.corpus.load import Corpus
from harness.corpus.recording import Recording, lasting
from harness.model import url as urls
from harness.model.case import Case


def turns(cases: Mapping[str, Case], corpus: Corpus) -> dict[str, str]:
    """Case id to the name of its group; cases of one group take turns, those in none go by themselves. `cases` has each
    by its id, as it is visited.

    Cases meet that are one resource on the wire (http and https of it), or whose redirects lead there; and recordings
    that hold such a page of another case, or answer one address in two ways.
    """
    parent: dict[str, str] = {}

    def top(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    first = {}
    opened: dict[Path, Recording] = {}
    answered: dict[str, set[tuple[tuple[str, int, str], ...]]] = defaultdict(set)
    holders: dict[str, list[str]] = defaultdict(list)
    for case_id, case in cases.items():
        played = _recording(case, corpus, opened)
        own, *others = played.way(urls.parse(case.url)) if played else _addresses(case, corpus)
        first[case_id] = top(own)
        for other in others:
            parent[top(other)] = top(own)
        for key, answers in played.answers.items() if played else ():
            answered[key].add(tuple(answers))
            holders[key].append(own)
    pages = {lasting(key) for key in parent}
    for page in list(parent):
        holders[lasting(page)].append(page)
    for key, ways in answered.items():
        if key in pages or len(ways) > 1:
            for other in holders[key]:
                parent[top(other)] = top(holders[key][0])
    sizes = Counter(top(own) for own in first.values())
    return {case_id: top(own) for case_id, own in first.items() if sizes[top(own)] > 1}


def _recording(case: Case, corpus: Corpus, opened: dict[Path, Recording]) -> Recording | None:
    """What the case is played from, None for what is no recording; each is opened once."""
    path, data = corpus.fixture(case)
    if path is None or not recording.is_recording(path):
        return None
    if path not in opened:
        opened[path] = recording.opened(path, data)
    return opened[path]


def _addresses(case: Case, corpus: Corpus) -> list[str]:
    """Keys of the case's own address and of the one its fixture redirects to."""
    found = [urls.parse(case.url).key]
    path, data = corpus.fixture(case)
    if path is not None and path.suffix == ".http":
        answer = from_fixture(path, data)
        if 300 <= answer.status < 400:
            with contextlib.suppress(ValueError):  # it may lead to what is no web page
                found.append(urls.join(case.url, answer.header("location")).key)
    return found

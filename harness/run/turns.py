"""Which cases take turns: those that could meet at one address while both are under way, and would mix up tokens."""

import contextlib
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urljoin

from harness.corpus.answer import from_fixture
from harness.corpus.load import Corpus
from harness.model import url as urls
from harness.model.case import Case


def turns(cases: Mapping[str, Case], corpus: Corpus) -> dict[str, str]:
    """Case id to the name of its group; cases of one group take turns, those in none go by themselves. `cases` has each
    by its id, as it is visited.

    Cases meet that are one resource on the wire (http and https of it), or whose redirects lead there.
    """
    parent: dict[str, str] = {}

    def top(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    first = {}
    for case_id, case in cases.items():
        own, *others = _addresses(case, corpus)
        first[case_id] = own
        for other in others:
            parent[top(other)] = top(own)
    sizes = Counter(top(own) for own in first.values())
    return {case_id: top(own) for case_id, own in first.items() if sizes[top(own)] > 1}


def _addresses(case: Case, corpus: Corpus) -> list[str]:
    """Keys of the case's own address and of the one its fixture redirects to."""
    found = [urls.parse(case.url).key]
    path, data = corpus.fixture(case)
    if path is not None and path.suffix == ".http":
        answer = from_fixture(path, data)
        if 300 <= answer.status < 400:
            with contextlib.suppress(ValueError):  # it may lead to what is no web page
                found.append(urls.parse(urljoin(case.url, answer.header("location"))).key)
    return found

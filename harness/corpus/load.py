"""A whole corpus: manifest, cases, fixtures and resources, with one digest over all of it."""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from harness.corpus import fixture
from harness.corpus.cases import read_cases
from harness.corpus.manifest import Manifest, read_manifest
from harness.corpus.resources import Resource, read_resources
from harness.model import canonical
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.profile import shipped


@dataclass(frozen=True, slots=True)
class Corpus:
    """Cases carry the digest of their fixture, and as cluster their registrable domain where the corpus names none.
    `digest` changes with any byte of the corpus that could change a result."""

    folder: Path
    manifest: Manifest
    cases: tuple[Case, ...]
    resources: tuple[Resource, ...]
    digest: str

    def fixture_path(self, case: Case) -> Path | None:
        """The file replayed for `case`; None when a neutral page is made for it."""
        return fixture.locate(self.folder, case.fixture) if case.fixture else None


def load(ref: str) -> Corpus:
    """The corpus of that shipped name or path. Raises UsageError with file, line and key."""
    folder = shipped.find(ref, shipped.CORPORA, "corpus.toml", "corpus")
    if not folder.is_dir():
        raise UsageError("a corpus is a folder with corpus.toml and cases.csv", file=folder)
    manifest = read_manifest(folder)
    table = folder / "cases.csv"
    rows = read_cases(table, manifest.known_categories)
    digests: dict[str, str] = {}
    cases = []
    for line, case in rows:
        if case.fixture and case.fixture not in digests:
            _, data = fixture.read(folder, case.fixture, file=table, line=line)
            digests[case.fixture] = canonical.digest(data)
        cases.append(replace(case, fixture_digest=digests.get(case.fixture, "")))
    resources = read_resources(folder)
    whole = {
        "manifest": manifest.model_dump(),
        "cases": [canonical.plain(case) for case in sorted(cases, key=lambda case: case.case_id)],
        "resources": [{"url": item.url, "digest": item.digest} for item in resources],
    }
    clustered = tuple(replace(case, cluster=case.cluster or urls.site(urls.parse(case.url).hostname)) for case in cases)
    return Corpus(folder, manifest, clustered, resources, canonical.digest(canonical.dumps(whole)))


def limited(cases: tuple[Case, ...], limit: int | None, seed: int) -> tuple[Case, ...]:
    """The cases in a seeded random order; with a limit, so many of them, from each category and expectation in
    proportion."""
    strata: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: case.case_id):
        strata[case.expectation, case.category].append(case)
    rng = random.Random(seed)
    placed = []
    for _, members in sorted(strata.items()):
        rng.shuffle(members)
        start = rng.random()
        placed += [((index + start) / len(members), case.case_id, case) for index, case in enumerate(members)]
    taken = [case for _, _, case in sorted(placed, key=lambda item: item[:2])[:limit]]
    rng.shuffle(taken)
    return tuple(taken)

"""A whole corpus: manifest, cases, fixtures and resources, with one digest over all of it."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from harness.corpus import fixture
from harness.corpus.cases import read_cases
from harness.corpus.labels import Labels, read_labels
from harness.corpus.manifest import Manifest, read_manifest
from harness.corpus.recording import Recording
from harness.corpus.resources import Resource, read_resources
from harness.corpus.sealed import FILE, Opened, open_
from harness.model import canonical
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.profile import shipped


@dataclass(frozen=True, slots=True)
class Corpus:
    """Cases carry the digest of their fixture, as cluster their registrable domain where the corpus names none, and how
    far raters trust their labels. `digest` changes with any byte of the corpus that could change a result."""

    folder: Path
    manifest: Manifest
    cases: tuple[Case, ...]
    resources: tuple[Resource, ...]
    labels: Labels
    digest: str
    opened: Opened | None = None

    def clear(self, case: Case) -> Case:
        """The case as it is visited: itself, or what is sealed behind it, which is not to be written down."""
        return self.opened.clear.get(case.case_id, case) if self.opened else case

    def fixture(self, case: Case) -> tuple[Path | None, bytes | None]:
        """The file replayed for a case as it is visited, None when a neutral page is made for it; with its bytes where
        there is no such file."""
        if self.opened and case.fixture in self.opened.fixtures:
            return Path(case.fixture), self.opened.fixtures[case.fixture]
        return fixture.locate(self.folder, case.fixture) if case.fixture else None, None


def load(ref: str, identity: str = "") -> Corpus:
    """The corpus of that shipped name or path, opened by the age identity if it is sealed. Raises UsageError with file,
    line and key."""
    folder = shipped.find(ref, shipped.CORPORA, "corpus.toml", "corpus")
    if not folder.is_dir():
        raise UsageError("a corpus is a folder with corpus.toml and cases.csv", file=folder)
    manifest = read_manifest(folder)
    if (folder / FILE).is_file():
        if not identity:
            raise UsageError("a sealed corpus, which only its laboratory's key opens", file=folder, key="--unseal")
        opened = open_(folder / FILE, identity)
        both = canonical.digest(canonical.dumps([manifest.model_dump(), opened.digest]))
        return Corpus(folder, manifest, opened.cases, (), Labels(), both, opened)
    table = folder / "cases.csv"
    digests: dict[str, str] = {}
    recordings: dict[str, Recording | None] = {}
    cases, sites = [], []
    for line, case, url in read_cases(table, manifest.known_categories):
        if case.fixture and case.fixture not in digests:
            path, data = fixture.read(folder, case.fixture, file=table, line=line)
            digests[case.fixture] = canonical.digest(data)
            recordings[case.fixture] = fixture.recorded(path, file=table, line=line)
        recording = recordings.get(case.fixture)
        if recording and not recording.find("GET", url):
            raise UsageError(f"recording {case.fixture!r} lacks {case.url!r}", file=table, line=line, key="fixture")
        cases.append(replace(case, fixture_digest=digests[case.fixture]) if case.fixture else case)
        sites.append(case.cluster or urls.site(url.hostname))
    resources = read_resources(folder)
    labels = read_labels(folder, {case.case_id: case for case in cases}, manifest.known_categories)
    whole = hashlib.sha256()
    for part in _parts(manifest, cases, labels, resources):
        whole.update(part.encode("utf-8", "surrogatepass"))
    clustered = (replace(case, cluster=site) for case, site in zip(cases, sites, strict=True))
    return Corpus(folder, manifest, tuple(labels.weighed(clustered)), resources, labels, whole.hexdigest())


def joined(one: Corpus, sealed: Corpus) -> Corpus:
    """An open corpus and a sealed one, to be visited in one run."""
    digest = canonical.digest(one.digest + sealed.digest)
    return replace(one, cases=(*one.cases, *sealed.cases), digest=digest, opened=sealed.opened)


# Columns that came later: left out where they say nothing, so that digests taken before them stand.
LATER = {"source": "", "label_date": "", "rater": "", "confidence": None, "disputed": False, "popularity": 0}


def _parts(manifest: Manifest, cases: Sequence[Case], labels: Labels, resources: Sequence[Resource]) -> Iterator[str]:
    """The canonical JSON of the whole corpus, piece by piece, as a large one would not fit in memory."""
    before = '{"cases":['
    for case in sorted(cases, key=lambda case: case.case_id):
        said = ((field.name, getattr(case, field.name)) for field in fields(case))
        yield before + canonical.dumps({key: value for key, value in said if key not in LATER or value != LATER[key]})
        before = ","
    yield "]"
    if labels != Labels():
        yield ',"labels":' + canonical.dumps(labels)
    yield ',"manifest":' + canonical.dumps(manifest.model_dump())
    yield ',"resources":' + canonical.dumps([{"url": item.url, "digest": item.digest} for item in resources]) + "}"


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

"""A case: one labelled URL, with the fixture replayed for it."""

from dataclasses import dataclass

from harness.model.words import Expectation

# Reserved (RFC 6761): no address in it can be mistaken for a real one.
SEALED = "sealed.invalid"


@dataclass(frozen=True, slots=True)
class Case:
    """`fixture` is the path of the replayed bytes relative to the corpus, "" for a neutral page; `fixture_digest` their
    SHA-256. `weight` is how many cases of the population it stands for, in any unit; cases of one `cluster` are not
    independent of each other ("" stands alone). The label comes from `source`, given by `rater` on `label_date` (ISO);
    `confidence` is how likely it is right (0 to 1, None when nobody says), `disputed` that raters disagree and nobody
    has settled it. `popularity` is a rank, 1 for the most visited, 0 when not known."""

    case_id: str
    url: str
    category: str
    expectation: Expectation
    fixture: str = ""
    fixture_digest: str = ""
    language: str = ""
    lookalike_of: str = ""
    weight: float = 1.0
    cluster: str = ""
    source: str = ""
    label_date: str = ""
    rater: str = ""
    confidence: float | None = None
    disputed: bool = False
    popularity: int = 0

    @property
    def sealed(self) -> bool:
        """Whether this is what may be written down of a case of a sealed corpus."""
        return self.url.endswith(f".{SEALED}/")

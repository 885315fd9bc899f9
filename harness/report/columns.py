"""The verdicts of a run as columns: what `verdicts.parquet` and `witnesses.parquet` hold, and what all figures are
counted from."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harness.classify.verdict import Judgement
from harness.model import url as urls
from harness.model.case import SEALED, Case
from harness.model.observation import CaseEvidence
from harness.model.words import Expectation, Outcome, Validity, Verdict
from harness.score.clusters import Array
from harness.score.outcome import Scored
from harness.score.table import Codes, Mask, Rows, Table

BATCH = 20_000  # rows that are objects at once
_OWN, _SHARED = pa.large_string(), pa.dictionary(pa.int32(), pa.large_string())
# One row a case and setting. `machine_verdict` and `machine_rule` differ from verdict and rule where a person said
# otherwise.
VERDICTS = {
    "case_id": _OWN,
    "url": _OWN,
    "host": _SHARED,
    "category": _SHARED,
    "expectation": _SHARED,
    "setting": _SHARED,
    "verdict": _SHARED,
    "mechanism": _SHARED,
    "rule_id": _SHARED,
    "validity": _SHARED,
    "outcome": _SHARED,
    "reason": _SHARED,
    "machine_verdict": _SHARED,
    "machine_rule": _SHARED,
    "language": _SHARED,
    "lookalike_of": _SHARED,
    "weight": pa.float64(),
    "cluster": _SHARED,
    "source": _SHARED,
    "label_date": _SHARED,
    "rater": _SHARED,
    "confidence": pa.float64(),
    "disputed": pa.bool_(),
    "popularity": pa.int64(),
    "fixture_digest": _SHARED,
}
# How often each was attempted, and what decided it.
WITNESSES = {
    "case_id": _OWN,
    "setting": _SHARED,
    "attempts_control": pa.int64(),
    "attempts_test": pa.int64(),
    "witness": _OWN,
    "token_seen": pa.bool_(),
    "receipts": pa.int64(),
    "status": pa.int64(),
    "error": _SHARED,
    "final_url": _OWN,
    "dom_blob": _SHARED,
    "screenshot_blob": _SHARED,
}
_FIELDS = {**VERDICTS, **WITNESSES, "fixture": _SHARED}
_WORDS: dict[str, dict[str, StrEnum]] = {
    name: {str(word): word for word in words}
    for name, words in (
        ("expectation", Expectation),
        ("verdict", Verdict),
        ("validity", Validity),
        ("outcome", Outcome),
        ("machine_verdict", Verdict),
    )
}
_CASE = tuple(Case.__dataclass_fields__)
_SAID = ("setting", "verdict", "validity", "rule_id", "mechanism", "witness", "outcome", "reason")
_MACHINE = ("machine_verdict", "machine_rule")


class Columns(Table):
    """The verdicts sorted by setting and case id."""

    def __init__(self, columns: dict[str, pa.Array]) -> None:
        self._columns = columns
        self._codes: dict[str, Codes] = {}

    def __len__(self) -> int:
        return len(self._columns["case_id"])

    def __iter__(self) -> Iterator[Scored]:
        starts = range(0, len(self), BATCH)
        return chain.from_iterable(self.take(np.arange(at, min(at + BATCH, len(self)))) for at in starts)

    def codes(self, name: str) -> Codes:
        if name not in self._codes:
            column = self._columns[name]
            self._codes[name] = Codes(column.indices.to_numpy().astype(np.int64), tuple(column.dictionary.to_pylist()))
        return self._codes[name]

    def texts(self, name: str, rows: Rows) -> list[str]:
        found: list[str] = _plain(self._columns[name].take(pa.array(rows))).to_pylist()
        return found

    def numbers(self, name: str) -> Array:
        return np.asarray(self._columns[name].to_numpy(zero_copy_only=False), dtype=np.float64)

    @cached_property
    def sealed(self) -> Mask:
        found: Mask = pc.ends_with(self._columns["url"], f".{SEALED}/").to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def sites(self) -> Rows:
        clusters = self.codes("cluster")
        alone = np.flatnonzero(clusters.places(("",)))
        own = self._columns["case_id"].take(pa.array(alone)).dictionary_encode().indices.to_numpy()
        found = clusters.at.copy()
        found[alone] = len(clusters.values) + own
        return found

    def take(self, rows: Rows) -> list[Scored]:
        cases = map(Case, *(self._values(name, rows) for name in _CASE))
        said = zip(*(self._values(name, rows) for name in (*_SAID, *_MACHINE)), strict=True)
        return [_scored(case, *row) for case, row in zip(cases, said, strict=True)]

    def pieces(self, fields: dict[str, pa.DataType], rows: int) -> Iterator[pa.Table]:
        """So many rows at a time of these columns, their texts in full. Raises ValueError when a URL is none."""
        nowhere = self._columns["host"].is_null()
        for url in self._columns["url"].filter(nowhere).to_pylist():
            urls.parse(url)
        for start in range(0, max(len(self), 1), rows):
            part = {name: self._columns[name].slice(start, rows) for name in fields}
            yield pa.table({name: _plain(column) for name, column in part.items()})

    def _values(self, name: str, rows: Rows) -> list[Any]:
        found = self.texts(name, rows)
        return [_WORDS[name][text] for text in found] if name in _WORDS else found


class Builder:
    """Takes the verdicts one by one, and holds few of them as objects."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._chunks: dict[str, list[pa.Array]] = {name: [] for name in _FIELDS}

    def add(self, item: Scored, evidence: CaseEvidence) -> None:
        """The next verdict, with all attempts that it rests on."""
        self._rows.append(_row(item, evidence))
        if len(self._rows) == BATCH:
            self._flush()

    def made(self) -> Columns:
        """All of them."""
        self._flush()
        # One after the other, so that no more than one is there twice.
        return Columns({name: whole(pa.chunked_array(self._chunks.pop(name))) for name in _FIELDS})

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(_FIELDS)
        for (name, kind), column in zip(_FIELDS.items(), columns, strict=True):
            self._chunks[name].append(_array(column, kind))
        self._rows.clear()


def whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.unify_dictionaries().combine_chunks()


def _row(item: Scored, evidence: CaseEvidence) -> tuple[Any, ...]:
    """In the order of `_FIELDS`."""
    case, judgement, machine = item.case, item.judgement, item.machine or item.judgement
    seen = next((seen for seen in (*evidence.test, *evidence.control) if seen.attempt_id == judgement.witness), None)
    return (
        case.case_id,
        case.url,
        _host(case.url),
        case.category,
        case.expectation,
        item.setting,
        judgement.verdict,
        judgement.mechanism,
        judgement.rule_id,
        judgement.validity,
        item.outcome,
        item.reason,
        machine.verdict,
        machine.rule_id,
        case.language,
        case.lookalike_of,
        case.weight,
        case.cluster,
        case.source,
        case.label_date,
        case.rater,
        case.confidence,
        case.disputed,
        case.popularity,
        case.fixture_digest,
        len(evidence.control),
        len(evidence.test),
        judgement.witness,
        bool(seen and seen.token_seen),
        len(seen.receipts) if seen else 0,
        seen.status if seen else 0,
        _whole(seen.error) if seen else "",
        _whole(seen.final_url) if seen else "",
        seen.dom_blob if seen else "",
        seen.screenshot_blob if seen else "",
        case.fixture,
    )


def _scored(
    case: Case,
    setting: str,
    verdict: Verdict,
    validity: Validity,
    rule: str,
    mechanism: str,
    witness: str,
    outcome: Outcome,
    reason: str,
    machine_verdict: Verdict,
    machine_rule: str,
) -> Scored:
    by_rules = Judgement(machine_verdict, validity, machine_rule, mechanism, witness)
    judgement = Judgement(verdict, validity, rule, mechanism, witness)
    return Scored(case, setting, judgement, outcome, reason, None if machine_rule == rule else by_rules)


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    return pa.array(values, _OWN).dictionary_encode() if kind is _SHARED else pa.array(values, kind)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _host(url: str) -> str | None:
    """None where it is no URL, of which there is no table, but a report."""
    try:
        return urls.parse(url).hostname
    except ValueError:
        return None


def _whole(text: str) -> str:
    """The text with halves of characters, which a page may show and a table cannot hold, as JSON escapes them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

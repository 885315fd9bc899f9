"""The machine-readable side of a report: `result.json`, and under `derived/` decisions, verdicts and their witnesses.

`decisions.json` and `verdicts.parquet` depend on what was seen of each case alone, not on when, in which order or how
often interrupted; what does stands in `witnesses.parquet` and `result.json`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from harness.model import canonical
from harness.model import url as urls
from harness.model.addendum import kind
from harness.model.observation import CaseEvidence, Observation
from harness.model.words import Outcome, Validity, Verdict
from harness.report.derive import Derived
from harness.score.accuracy import accuracy
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Tally, tallies

SCHEMA = "pas-harness/result/3"
DECISIONS = "pas-harness/decisions/2"
ROWS = 20_000  # of a table, held at once


def write_derived(derived: Derived, folder: Path) -> None:
    """Write decisions, verdicts and witnesses into the folder."""
    folder.mkdir(exist_ok=True)
    replace_text(folder / "decisions.json", canonical.pretty(decisions(derived)))
    for name, make in tables(derived).items():
        part = folder / f".{name}.part"
        pieces = make()
        first = next(pieces)
        with pq.ParquetWriter(part, first.schema, compression="zstd") as writer:
            for piece in chain((first,), pieces):
                writer.write_table(piece)
        part.replace(folder / name)


def tables(derived: Derived) -> dict[str, Callable[[], Iterator[pa.Table]]]:
    """The tables by the name of their file, in pieces made when they are asked for."""
    return {
        "verdicts.parquet": lambda: _pieces(verdict_frames(derived)),
        "witnesses.parquet": lambda: _pieces(witness_frames(derived)),
    }


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def result(derived: Derived, sealed: bool) -> dict[str, Any]:
    """The whole result as JSON values; schema in `SCHEMA`."""
    spec = derived.spec
    return {
        **decisions(derived),
        "schema": SCHEMA,
        "product": product(derived),
        "corpus": {key: spec.corpus[key] for key in ("name", "title", "version", "digest", "cases")},
        "run": {
            "planned_at": spec.created,
            "started_at": next((record.at for record in derived.state.facts if record.kind == "start"), ""),
            "finished_at": next((record.at for record in reversed(derived.state.facts) if record.kind == "stop"), ""),
            "sessions": len(derived.state.of_kind("start")),
            "faults": len(derived.state.of_kind("fault")),
            "canaries": len(derived.state.of_kind("canary")),
            "journal_head": derived.head,
            "journal_records": derived.records,
            "sealed": sealed,
            "seed": spec.seed,
            "limit": spec.limit,
            "versions": (derived.state.of_kind("start") or [{"versions": {}}])[-1]["versions"],
        },
    }


def decisions(derived: Derived) -> dict[str, Any]:
    """Everything decided and the figures behind it, as JSON values; schema in `DECISIONS`."""
    return {
        "schema": DECISIONS,
        "decision": derived.decision,
        "decision_by_machine": derived.machine,
        "void": list(derived.voids),
        "settings": sorted(derived.spec.settings),
        "counts": counts(derived),
        "criteria": canonical.plain(derived.decided),
        "label_sensitivity": canonical.plain(derived.sensitivity),
        "scores": canonical.plain(derived.points),
        **({"parts": canonical.plain(derived.parts)} if derived.parts else {}),
        "clauses": [
            {
                **item.clause.model_dump(mode="json"),
                "decision": item.decision,
                "judged": canonical.plain(item.judged),
                "open": item.open,
            }
            for item in derived.clauses
        ],
        "rates": canonical.plain(derived.rates),
        "accuracy": {
            setting: canonical.plain(accuracy(at.tp, at.fn, at.fp, at.tn)) for setting, at in overall_tallies(derived)
        },
        "addenda": [{"kind": kind(entry), **canonical.plain(entry)} for entry in derived.addenda],
        "criteria_profile": {
            "name": derived.criteria.name,
            "version": derived.criteria.version,
            "digest": derived.criteria.digest(),
        },
        "rules": {
            "name": derived.rules.name,
            "version": derived.rules.version,
            "digest": canonical.digest(canonical.dumps(derived.rules)),
        },
    }


def overall_tallies(derived: Derived) -> list[tuple[str, Tally]]:
    """The confusion table of each setting, sorted."""
    found = tallies(derived.scored)
    return [(setting, found[setting, OVERALL]) for setting in sorted(derived.spec.settings)]


def product(derived: Derived) -> dict[str, Any]:
    """Who was tested: profile, identity as found, parameters (folders by their digest)."""
    spec = derived.spec
    seen = derived.state.of_kind("identity")
    identity = seen[0]["product"] if seen else {}
    return {
        "name": spec.product["name"],
        "title": spec.product["title"],
        "kind": spec.product["kind"],
        "version": identity.get("version", ""),
        "identity": identity,
        "browser": seen[0]["browser"] if seen else "",
        "profile_digest": spec.product_digest,
        "params": {
            key: f"sha256 {spec.params_digests[key]}" if key in spec.params_digests else value
            for key, value in spec.params.items()
        },
    }


def counts(derived: Derived) -> dict[str, Any]:
    """How many cases (per setting) were planned, scored, and judged how; unscored by reason, those that an early stop
    left out apart."""
    verdict = Counter(item.judgement.verdict for item in derived.scored if item.judgement.validity is Validity.VALID)
    unscored = Counter(item.reason for item in derived.scored if item.outcome is Outcome.UNSCORED)
    left_out = unscored.pop(str(Validity.LEFT_OUT), 0)
    return {
        "planned": len(derived.scored),
        "scored": sum(item.outcome is not Outcome.UNSCORED for item in derived.scored),
        **{str(value): verdict[value] for value in Verdict},
        "unscored": dict(sorted(unscored.items())),
        "left_out": left_out,
    }


def verdict_frames(derived: Derived) -> Iterator[pd.DataFrame]:
    """One row a case and setting, sorted by setting and case id, so many at a time. `machine_verdict` and
    `machine_rule` differ from verdict and rule where a person said otherwise."""
    for items in _batches(derived):
        yield pd.DataFrame(map(_row, items)).astype({"weight": "float64", "confidence": "float64"})


def witness_frames(derived: Derived) -> Iterator[pd.DataFrame]:
    """One row for each of the verdicts, in the same order: how often it was attempted, and what decided it."""
    for items in _batches(derived):
        rows = (_witness(derived, item) for item in items)
        yield pd.DataFrame(rows).astype({"receipts": "int64", "status": "int64"})


def _batches(derived: Derived) -> Iterator[tuple[Scored, ...]]:
    return (derived.scored[start : start + ROWS] for start in range(0, len(derived.scored), ROWS))


def _pieces(frames: Iterator[pd.DataFrame]) -> Iterator[pa.Table]:
    return (pa.Table.from_pandas(frame, preserve_index=False) for frame in frames)


def witness(derived: Derived, item: Scored) -> Observation | None:
    """The observation that decided the verdict, None when there was none."""
    return _deciding(derived.evidence(item), item)


def _deciding(evidence: CaseEvidence, item: Scored) -> Observation | None:
    return next(
        (seen for seen in (*evidence.test, *evidence.control) if seen.attempt_id == item.judgement.witness), None
    )


def _row(item: Scored) -> dict[str, Any]:
    case, judgement, machine = item.case, item.judgement, item.machine or item.judgement
    return {
        "case_id": case.case_id,
        "url": case.url,
        "host": urls.parse(case.url).hostname,
        "category": case.category,
        "expectation": str(case.expectation),
        "setting": item.setting,
        "verdict": str(judgement.verdict),
        "mechanism": judgement.mechanism,
        "rule_id": judgement.rule_id,
        "validity": str(judgement.validity),
        "outcome": str(item.outcome),
        "reason": item.reason,
        "machine_verdict": str(machine.verdict),
        "machine_rule": machine.rule_id,
        "language": case.language,
        "lookalike_of": case.lookalike_of,
        "weight": case.weight,
        "cluster": case.cluster,
        "source": case.source,
        "label_date": case.label_date,
        "rater": case.rater,
        "confidence": case.confidence,
        "disputed": case.disputed,
        "popularity": case.popularity,
        "fixture_digest": case.fixture_digest,
    }


def _witness(derived: Derived, item: Scored) -> dict[str, Any]:
    evidence = derived.evidence(item)
    seen = _deciding(evidence, item)
    return {
        "case_id": item.case.case_id,
        "setting": item.setting,
        "attempts_control": len(evidence.control),
        "attempts_test": len(evidence.test),
        "witness": item.judgement.witness,
        "token_seen": bool(seen and seen.token_seen),
        "receipts": len(seen.receipts) if seen else 0,
        "status": seen.status if seen else 0,
        "error": _whole(seen.error) if seen else "",
        "final_url": _whole(seen.final_url) if seen else "",
        "dom_blob": seen.dom_blob if seen else "",
        "screenshot_blob": seen.screenshot_blob if seen else "",
    }


def _whole(text: str) -> str:
    """The text with halves of characters, which a page may show and a table cannot hold, as JSON escapes them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

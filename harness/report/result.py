"""`result.json` and `derived/verdicts.parquet`: the machine-readable side of a report."""

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model import url as urls
from harness.model.observation import Observation
from harness.model.words import Outcome, Validity, Verdict
from harness.report.derive import Derived
from harness.score.outcome import Scored

SCHEMA = "pas-harness/result/1"


def write(folder: RunFolder, derived: Derived) -> None:
    """Write both; what was there is replaced whole."""
    folder.derived.mkdir(exist_ok=True)
    write_verdicts(derived, folder.derived)
    replace_text(folder.result_file, canonical.pretty(result(derived, folder.seal_file.exists())))


def write_verdicts(derived: Derived, folder: Path) -> Path:
    """Write `verdicts.parquet` into the folder, whole or not at all; returns its path."""
    part, path = folder / ".verdicts.part", folder / "verdicts.parquet"
    pq.write_table(table(derived), part, compression="zstd")
    part.replace(path)
    return path


def table(derived: Derived) -> pa.Table:
    """The verdicts as they stand in `verdicts.parquet`."""
    return pa.Table.from_pandas(verdicts(derived), preserve_index=False)


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def result(derived: Derived, sealed: bool) -> dict[str, Any]:
    """The whole result as JSON values; schema in `SCHEMA`."""
    spec = derived.spec
    return {
        "schema": SCHEMA,
        "decision": derived.decision,
        "void": list(derived.voids),
        "product": product(derived),
        "corpus": {key: spec.corpus[key] for key in ("name", "title", "version", "digest", "cases")},
        "settings": list(spec.settings),
        "counts": counts(derived),
        "rates": canonical.plain(derived.rates),
        "criteria": canonical.plain(derived.decided),
        "criteria_profile": {
            "name": derived.criteria.name,
            "version": derived.criteria.version,
            "digest": spec.criteria_digest,
        },
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
            "rules": spec.rules_version,
            "versions": (derived.state.of_kind("start") or [{"versions": {}}])[-1]["versions"],
        },
    }


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
    """How many cases (per setting) were planned, scored, and judged how; unscored by reason."""
    verdict = Counter(item.judgement.verdict for item in derived.scored if item.judgement.validity is Validity.VALID)
    unscored = Counter(item.reason for item in derived.scored if item.outcome is Outcome.UNSCORED)
    return {
        "planned": len(derived.scored),
        "scored": sum(item.outcome is not Outcome.UNSCORED for item in derived.scored),
        **{str(value): verdict[value] for value in Verdict},
        "unscored": dict(sorted(unscored.items())),
    }


def verdicts(derived: Derived) -> pd.DataFrame:
    """One row a case and setting, sorted by setting and case id."""
    return pd.DataFrame([_row(derived, item) for item in derived.scored]).astype(
        {"receipts": "int64", "status": "int64"}
    )


def witness(derived: Derived, item: Scored) -> Observation | None:
    """The observation that decided the verdict, None when there was none."""
    evidence = derived.evidence(item)
    return next(
        (seen for seen in (*evidence.test, *evidence.control) if seen.attempt_id == item.judgement.witness), None
    )


def _row(derived: Derived, item: Scored) -> dict[str, Any]:
    case, judgement = item.case, item.judgement
    evidence, seen = derived.evidence(item), witness(derived, item)
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
        "language": case.language,
        "lookalike_of": case.lookalike_of,
        "fixture_digest": case.fixture_digest,
        "attempts_control": len(evidence.control),
        "attempts_test": len(evidence.test),
        "witness": judgement.witness,
        "token_seen": bool(seen and seen.token_seen),
        "receipts": len(seen.receipts) if seen else 0,
        "status": seen.status if seen else 0,
        "error": seen.error if seen else "",
        "final_url": seen.final_url if seen else "",
        "dom_blob": seen.dom_blob if seen else "",
        "screenshot_blob": seen.screenshot_blob if seen else "",
    }

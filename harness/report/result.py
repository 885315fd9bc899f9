"""The machine-readable side of a report: `result.json`, and under `derived/` decisions, verdicts and their witnesses.

`decisions.json` and `verdicts.parquet` depend on what was seen of each case alone, not on when, in which order or how
often interrupted; what does stands in `witnesses.parquet` and `result.json`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from harness.model import canonical
from harness.model.addendum import kind
from harness.model.observation import Observation
from harness.model.words import Outcome, Validity, Verdict
from harness.report.columns import VERDICTS, WITNESSES
from harness.report.derive import Derived, Judged
from harness.score.accuracy import accuracy
from harness.score.outcome import Scored
from harness.score.rates import Tally, tally

SCHEMA = "pas-harness/result/5"
DECISIONS = "pas-harness/decisions/4"
ROWS = 20_000  # of a table, held at once


def write_derived(derived: Derived, folder: Path) -> None:
    """Write decisions, verdicts and witnesses into the folder."""
    folder.mkdir(exist_ok=True)
    replace_text(folder / "decisions.json", canonical.pretty(decisions(derived)))
    write_tables(derived, folder)


def write_tables(run: Judged | Derived, folder: Path) -> None:
    """Write verdicts and witnesses into the folder, a piece at a time."""
    for name, make in tables(run).items():
        part = folder / f".{name}.part"
        pieces = make()
        first = next(pieces)
        with pq.ParquetWriter(part, first.schema, compression="zstd") as writer:
            for piece in chain((first,), pieces):
                writer.write_table(piece)
        part.replace(folder / name)


def tables(run: Judged | Derived) -> dict[str, Callable[[], Iterator[pa.Table]]]:
    """The tables by the name of their file, in pieces made when they are asked for."""
    return {
        "verdicts.parquet": lambda: run.scored.pieces(VERDICTS, ROWS),
        "witnesses.parquet": lambda: run.scored.pieces(WITNESSES, ROWS),
    }


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8", errors="backslashreplace")  # a lone half of a character
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
        **({"tiers": canonical.plain(derived.tiers)} if derived.tiers else {}),
        **(_checks(derived) if derived.checks else {}),
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


def _checks(derived: Derived) -> dict[str, Any]:
    """What is required of checks, and what was found by each."""
    kept = ("id", "group", "title", "severity")
    return {
        "requirements": canonical.plain(derived.required),
        "checks": [
            {
                **{key: value for key, value in canonical.plain(item.check).items() if key in kept},
                **{key: value for key, value in canonical.plain(item).items() if key != "check"},
            }
            for item in derived.checks
        ],
    }


def overall_tallies(derived: Derived) -> list[tuple[str, Tally]]:
    """The confusion table of each setting, sorted."""
    cases = derived.scored
    return [(setting, tally(cases, cases.where(setting=setting))) for setting in sorted(derived.spec.settings)]


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
    verdict, unscored = Counter[str](), Counter[str]()
    for (said, validity, outcome, reason), cases in derived.scored.counted(
        "verdict", "validity", "outcome", "reason"
    ).items():
        verdict[said] += cases * (validity == Validity.VALID)
        unscored[reason] += cases * (outcome == Outcome.UNSCORED)
    scored = len(derived.scored) - unscored.total()
    left_out = unscored.pop(str(Validity.LEFT_OUT), 0)
    return {
        "planned": len(derived.scored),
        "scored": scored,
        **{str(value): verdict[value] for value in Verdict},
        "unscored": dict(sorted((+unscored).items())),
        "left_out": left_out,
    }


def witness(derived: Derived, item: Scored) -> Observation | None:
    """The observation that decided the verdict, None when there was none."""
    return derived.state.attempt(item.case.case_id, item.setting, item.judgement.witness)

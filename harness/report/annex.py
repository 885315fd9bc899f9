"""The report's annex: who and what was tested, how, and how to check it; facts only, as labelled rows."""

import datetime
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from harness.model.words import Arm
from harness.report import plain, result
from harness.report.derive import Derived
from harness.report.neutral import pathless, prose

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; `head` names its columns."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """What the annex shows, section by section."""

    product: Pairs
    description: str
    limitations: list[str]
    identities: Table
    settings: Table
    params: Table
    corpus: Pairs
    composition: Table
    criteria: Pairs
    bounds: Table
    sources: list[tuple[str, str]]
    decision_rules: Pairs
    not_assessed: list[tuple[str, str]]
    rules: Table
    attempts: Pairs
    sampling: Pairs
    canaries: Table
    faults: Table
    strays: Table
    versions: Pairs
    digests: Pairs


def annex(derived: Derived) -> Annex:
    """Pure: from the run's own records."""
    spec, product = derived.spec, derived.spec.product
    return Annex(
        product=[
            ("Name", str(product["name"])),
            ("Title", str(product["title"])),
            ("Kind of route", str(product.get("kind", ""))),
            ("Version found", str(result.product(derived)["version"]) or "not stated"),
            ("Profile digest", spec.product_digest),
        ],
        description=prose(product.get("description", "")),
        limitations=[prose(item) for item in product.get("limitations", ())],
        identities=_identities(derived),
        settings=_settings(derived),
        params=_params(derived),
        corpus=[
            ("Name", str(spec.corpus["name"])),
            ("Title", str(spec.corpus["title"])),
            ("Version", str(spec.corpus["version"])),
            ("Cases in the corpus", f"{spec.corpus['cases']:,}"),
            ("Corpus digest", str(spec.corpus["digest"])),
        ],
        composition=_composition(derived),
        criteria=[
            ("Name", derived.criteria.name),
            ("Title", derived.criteria.title),
            ("Version", derived.criteria.version),
            ("Authority", prose(derived.criteria.authority)),
            ("Profile digest", spec.criteria_digest),
            ("A page behind a warning", _treated(derived.criteria.warned)),
            ("A page that arrives altered", _treated(derived.criteria.degraded)),
        ],
        bounds=_bounds(derived),
        sources=_sources(derived),
        decision_rules=[
            (key, plain.DECISION_RULE[key]) for key in sorted({item.rule for item in derived.criteria.criterion})
        ],
        not_assessed=sorted(derived.criteria.not_assessed.items(), key=lambda item: _natural(item[0])),
        rules=_rules(derived),
        attempts=_attempts(derived),
        sampling=[
            ("Planned", f"{len(derived.cases):,} cases at {_some(len(spec.settings), 'setting')}"),
            ("Drawn from the corpus", "all cases" if spec.limit is None else f"at most {spec.limit:,} (--limit)"),
            ("Seed", str(spec.seed)),
            ("Cases under way at once", str(spec.jobs)),
            ("Time an attempt may take", f"{spec.limits.attempt_seconds:g} s"),
            ("Repeats after a fault", f"at most {spec.limits.fault_retries}"),
            ("Confirmations of a network error", str(spec.limits.confirmations)),
        ],
        canaries=_canaries(derived),
        faults=_faults(derived),
        strays=_strays(derived),
        versions=_versions(derived),
        digests=[
            ("Plan", spec.plan_digest),
            ("Journal head", derived.head),
            ("Journal records", f"{derived.records:,}"),
            ("Product profile", spec.product_digest),
            ("Corpus", str(spec.corpus["digest"])),
            ("Criteria", spec.criteria_digest),
            ("Verdict rules", f"version {spec.rules_version}"),
        ],
    )


def command(derived: Derived) -> str:
    """The command that repeats the run; folders given by path stand there by their last name."""
    spec = derived.spec
    words = [
        "harness",
        "certify",
        _ref(spec.product_ref),
        "--corpus",
        _ref(spec.corpus_ref),
        "--criteria",
        derived.criteria.name,
    ]
    for setting in spec.settings:
        words += ["--setting", setting]
    for key, value in spec.params.items():
        if value:
            words += ["--param", f"{key}={_ref(value) if key in spec.params_digests else value}"]
    words += ["--jobs", str(spec.jobs), "--seed", str(spec.seed)]
    if spec.limit is not None:
        words += ["--limit", str(spec.limit)]
    return pathless(shlex.join([*words, "--timeout", f"{spec.limits.attempt_seconds:g}"]))


def when(stamp: str) -> str:
    """An ISO 8601 time as people write it; as it is when it is none, "not recorded" when empty."""
    try:
        at = datetime.datetime.fromisoformat(stamp).astimezone(datetime.UTC)
    except ValueError:
        return stamp or "not recorded"
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _ref(ref: str) -> str:
    return f"./{PurePath(ref).name}" if "/" in ref else ref


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _natural(clause: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in clause.split("."))


def _treated(treatment: Any) -> str:
    return f"{treatment.block} when it should be blocked, {treatment.allow} when it should be allowed"


def _identities(derived: Derived) -> Table:
    facts = derived.state.of_kind("identity")
    keys = sorted({key for fact in facts for key in fact["product"]})
    rows = [
        (fact["setting"], fact["phase"], *(pathless(fact["product"].get(key, "–")) for key in keys), fact["browser"])
        for fact in facts
    ]
    return Table("Identity, asked before and after the cases", ("Setting", "Asked", *keys, "browser"), tuple(rows))


def _settings(derived: Derived) -> Table:
    levels = derived.spec.product.get("settings", {}).get("level", {})
    rows = []
    for setting in derived.spec.settings:
        level = levels.get(setting, {})
        values = ", ".join(f"{key} = {value}" for key, value in sorted(level.get("values", {}).items()))
        rows.append((setting, str(level.get("title", "")), pathless(values) or "none stated"))
    return Table("Settings tested", ("Setting", "Title", "Values"), tuple(rows))


def _params(derived: Derived) -> Table:
    shown = result.product(derived)["params"]
    about = derived.spec.product.get("params", {})
    rows = [
        (key, pathless(value) or "none", prose(about.get(key, {}).get("description", "")))
        for key, value in sorted(shown.items())
    ]
    return Table("Parameters given to the product", ("Parameter", "Value", "Meaning"), tuple(rows))


def _composition(derived: Derived) -> Table:
    titles = derived.spec.corpus["categories"]
    counted = Counter((str(case.expectation), case.category, bool(case.lookalike_of)) for case in derived.cases)
    kinds = sorted(
        {(expectation, category) for expectation, category, _ in counted},
        key=lambda kind: (kind[0] != "block", kind[1]),
    )
    rows = [
        (
            str(titles.get(category, category)),
            expectation,
            f"{counted[expectation, category, False] + counted[expectation, category, True]:,}",
            f"{counted[expectation, category, True]:,}" if expectation == "allow" else "–",
        )
        for expectation, category in kinds
    ]
    return Table("Planned cases by category", ("Category", "Expectation", "Cases", "of these look-alikes"), tuple(rows))


def _bounds(derived: Derived) -> Table:
    rows = [
        (
            item.id,
            item.clause,
            f"{plain.METRIC_NAME[item.metric]}; {derived.spec.corpus['categories'].get(item.category, item.category)}",
            plain.percent(item.bound),
            f"{item.confidence:.0%}, one-sided",
            str(item.minimum_n),
            plain.percent(item.maximum_unscored),
            item.rule,
        )
        for item in derived.criteria.criterion
    ]
    head = ("Criterion", "Clause", "Rate and category", "Bound", "Confidence", "Fewest cases", "Most unscored", "Rule")
    return Table("Bounds, fixed before the run", head, tuple(rows))


def _sources(derived: Derived) -> list[tuple[str, str]]:
    """Each source once, with the criteria that rest on it."""
    found: dict[str, list[str]] = {}
    for item in derived.criteria.criterion:
        found.setdefault(prose(item.source), []).append(item.id)
    return [(", ".join(ids), source) for source, ids in found.items()]


def _rules(derived: Derived) -> Table:
    counted = Counter(item.judgement.rule_id for item in derived.scored)
    rows = tuple((rule, f"{count:,}", plain.rule(rule)) for rule, count in sorted(counted.items()))
    return Table("Verdict rules that applied, and how often", ("Rule", "Cases", "What it says"), rows)


def _attempts(derived: Derived) -> Pairs:
    control = [len(items) for items in derived.state.control.values()]
    test = [len(items) for items in derived.state.test.values()]
    return [
        ("Sessions", str(len(derived.state.of_kind("start")))),
        (
            f"Attempts, {Arm.CONTROL} arm",
            f"{sum(control):,}, {_some(sum(count > 1 for count in control), 'case')} more than once",
        ),
        (
            f"Attempts, {Arm.TEST} arm",
            f"{sum(test):,}, {_some(sum(count > 1 for count in test), 'case')} more than once",
        ),
    ]


def _canaries(derived: Derived) -> Table:
    facts = derived.state.of_kind("canary")
    sung: dict[tuple[str, str, str, str], Counter[Any]] = {}
    for fact in facts:
        sung.setdefault((fact["setting"], fact["phase"], fact["which"], fact["arm"]), Counter())[fact["sings"]] += 1
    rows = [(*key, str(count[True]), str(count[False]), str(count[None])) for key, count in sung.items()]
    return Table("Canaries", ("Setting", "Asked", "Canary", "Arm", "As it must be", "Not so", "No answer"), tuple(rows))


def _faults(derived: Derived) -> Table:
    facts = [record for record in derived.state.facts if record.kind == "fault"]
    rows = [
        (when(fact.at), str(fact.data["what"]), pathless(fact.data["why"]), str(fact.data["restart"])) for fact in facts
    ]
    return Table("Faults and restarts", ("Time", "Part", "What happened", "Restart"), tuple(rows))


def _strays(derived: Derived) -> Table:
    stops = derived.state.of_kind("stop")
    counted = stops[-1].get("strays", {}) if stops else {}
    rows = tuple((what, f"{count:,}") for what, count in sorted(counted.items()))
    return Table("Requests that belong to no case", ("Request", "Count"), rows)


def _versions(derived: Derived) -> Pairs:
    starts = derived.state.of_kind("start")
    browsers = dict.fromkeys(fact["browser"] for fact in derived.state.of_kind("identity"))
    pairs = [("Browser", ", ".join(browsers) or "not recorded")]
    pairs += [(str(key), str(value)) for key, value in (starts[-1]["versions"] if starts else {}).items()]
    return [
        *pairs,
        ("Verdict rules", derived.spec.rules_version),
        ("Planned with harness", derived.spec.harness_version),
    ]

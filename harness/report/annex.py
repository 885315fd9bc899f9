"""The report's annex: who and what was tested, how, and how to check it; facts only, as labelled rows."""

import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from harness.model.spec import Spec
from harness.report import course, plain, result
from harness.report.course import Pairs, Table, some
from harness.report.derive import Derived
from harness.report.neutral import pathless, prose
from harness.score.intervals import name


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
    rules: Table
    attempts: Pairs
    sampling: Pairs
    canaries: Table
    faults: Table
    machines: Table
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
        limitations=[
            prose(item)
            for item in (*(item["text"] for item in product.get("limit", ())), *product.get("limitations", ()))
        ],
        identities=course.identities(derived),
        settings=_settings(derived),
        params=_params(derived),
        corpus=[
            ("Name", str(spec.corpus["name"])),
            ("Title", str(spec.corpus["title"])),
            ("Version", str(spec.corpus["version"])),
            ("Cases in the corpus", f"{spec.corpus['cases']:,}"),
            ("Corpus digest", str(spec.corpus["digest"])),
            *_sealed(spec),
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
            *((key, plain.DECISION_RULE[key]) for key in sorted({item.rule for item in derived.criteria.criterion})),
            *((item.id, plain.FAMILY_RULE[item.protects]) for item in derived.criteria.family),
        ],
        rules=course.rules(derived),
        attempts=course.attempts(derived),
        sampling=[
            ("Planned", f"{derived.planned:,} cases at {some(len(spec.settings), 'setting')}"),
            ("Drawn from the corpus", "all cases" if spec.limit is None else f"at most {spec.limit:,} (--limit)"),
            ("Seed", str(spec.seed)),
            *([("Tiers", plain.TIERS.format(len(spec.browser_sample)))] if spec.fast else []),
            ("Cases under way at once", str(spec.jobs)),
            ("Time an attempt may take", f"{spec.limits.attempt_seconds:g} s"),
            ("Repeats after a fault", f"at most {spec.limits.fault_retries}"),
            ("Confirmations of a network error", str(spec.limits.confirmations)),
            ("Early stop", plain.EARLY_STOP if spec.stop_early else "no; every planned case is attempted"),
        ],
        canaries=course.canaries(derived),
        faults=course.faults(derived),
        machines=course.machines(derived),
        strays=course.strays(derived),
        versions=course.versions(derived),
        digests=[
            ("Plan", spec.plan_digest),
            ("Journal head", derived.head),
            ("Journal records", f"{derived.records:,}"),
            ("Product profile", spec.product_digest),
            ("Corpus", str(spec.corpus["digest"])),
            ("Criteria", spec.criteria_digest),
            ("Verdict rules", f"{derived.rules.name}, version {derived.rules.version}"),
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
    if sealed := spec.corpus.get("sealed"):
        words += ["--sealed", _ref(sealed["ref"])]
    words += ["--jobs", str(spec.jobs), "--seed", str(spec.seed)]
    if spec.limit is not None:
        words += ["--limit", str(spec.limit)]
    for case_id in spec.only:
        words += ["--case", case_id]
    if spec.fast:
        words += ["--tier", "fast", "--browser-sample", str(len(spec.browser_sample))]
    if spec.rules["name"] != "standard":
        words += ["--rules", spec.rules["name"]]
    words += [flag for flag, given in (("--stop-early", spec.stop_early), ("--live", spec.live)) if given]
    return pathless(shlex.join([*words, "--timeout", f"{spec.limits.attempt_seconds:g}"]))


def _sealed(spec: Spec) -> Pairs:
    sealed = spec.corpus.get("sealed")
    if not sealed:
        return []
    return [
        ("Sealed part", f"{sealed['title']}, version {sealed['version'] or 'not stated'}; {sealed['cases']:,} cases"),
        ("Digest of the sealed part", f"{sealed['digest']} (keyed)"),
    ]


def _ref(ref: str) -> str:
    return f"./{PurePath(ref).name}" if "/" in ref else ref


def _treated(treatment: Any) -> str:
    return f"{treatment.block} when it should be blocked, {treatment.allow} when it should be allowed"


def _settings(derived: Derived) -> Table:
    levels = derived.spec.product.get("settings", {}).get("level", {})
    rows = []
    for setting in derived.spec.settings:
        level = levels.get(setting, {})
        values = ", ".join(f"{key} = {value}" for key, value in sorted(level.get("values", {}).items()))
        canary = "not asked: the product as it comes" if level.get("as_installed") else "asked"
        rows.append((setting, str(level.get("title", "")), pathless(values) or "none stated", canary))
    return Table("Settings tested", ("Setting", "Title", "Values", "Canary to block"), tuple(rows))


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
    counted = Counter[tuple[str, str, bool]]()
    for (setting, expectation, category, topic), cases in derived.scored.counted(
        "setting", "expectation", "category", "lookalike_of"
    ).items():
        counted[expectation, category, bool(topic)] += cases * (setting == derived.spec.settings[0])
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
            f"{plain.METRIC_NAME[item.metric]}; {_categories(derived, item.categories)}"
            + (f"; age band {item.age_band}" if item.age_band else ""),
            plain.percent(item.bound),
            f"{item.confidence:.0%}, {'one' if item.sides == 1 else 'two'}-sided",
            f"{item.minimum_n} from {item.minimum_clusters} sites",
            plain.percent(item.maximum_unscored),
            item.rule + (f", in family {item.family}" if item.family else ""),
            name(item.interval, item.design),
        )
        for item in derived.criteria.criterion
    ]
    head = (
        "Criterion",
        "Clause",
        "Rate and category",
        "Bound",
        "Confidence",
        "Fewest cases",
        "Most unscored",
        "Rule",
        "Method",
    )
    return Table("Bounds, fixed before the run", head, tuple(rows))


def _categories(derived: Derived, categories: tuple[str, ...]) -> str:
    titles = {**derived.criteria.categories, **derived.spec.corpus["categories"]}
    return ", ".join(str(titles.get(key, key)) for key in categories) or "all categories"


def _sources(derived: Derived) -> list[tuple[str, str]]:
    """Each source once, with the criteria that rest on it."""
    found: dict[str, list[str]] = {}
    criteria = derived.criteria
    rest = [(item.id, item.source) for item in criteria.criterion]
    rest += [(item.id, item.source) for item in criteria.family]
    rest += [(item.id, item.source) for item in criteria.score]
    for key, source in rest:
        found.setdefault(prose(source), []).append(key)
    return [(", ".join(ids), source) for source, ids in found.items()]

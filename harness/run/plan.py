"""Everything decided before a run, written down before it begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harness
from harness.checks.ground import NO_ROOM
from harness.classify.rules import STANDARD
from harness.corpus.load import Corpus, joined, limited
from harness.corpus.load import load as load_corpus
from harness.evidence.folder import RunFolder, plan_text
from harness.internet.room import Room
from harness.model import canonical
from harness.model.case import Case
from harness.model.check import Check
from harness.model.errors import UsageError
from harness.model.spec import LIVE, SCHEMA, Limits, Spec
from harness.model.words import Design, Tier
from harness.products import lists, tree
from harness.profile.checks import load as load_checks
from harness.profile.criteria import Criteria
from harness.profile.criteria import load as load_criteria
from harness.profile.product import Product
from harness.profile.product import load as load_product
from harness.profile.rules import load as load_rules
from harness.score.requirements import speaks_of


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for; references are names or paths."""

    product: str
    corpus: str
    criteria: str
    settings: Sequence[str] = ()
    params: dict[str, str] = field(default_factory=dict)
    jobs: int = 3
    seed: int = 1
    limit: int | None = None
    rules: str = ""  # "standard", or "live" where nothing is replayed
    stop_early: bool = False
    live: bool = False
    sealed: str = ""  # a sealed corpus beside the open one
    identity: str = ""  # what opens it
    only: Sequence[str] = ()
    elsewhere: bool = False  # it is other machines that the product is installed on
    checks: Sequence[str] = ()  # of those that the criteria speak of: patterns of ids, "all", "auto" or "none"
    limits: Limits = field(default_factory=Limits)
    tier: Tier = Tier.BROWSER
    browser_sample: int = 500  # cases that go through both tiers, where there is a fast one


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run folder with nothing done, and what was read to make it; what is sealed is in the corpus too."""

    folder: RunFolder
    product: Product
    corpus: Corpus


def plan(request: Request, out: Path, created: str) -> RunFolder:
    """Check every input, draw and order the cases, and write the run folder. Raises UsageError; then nothing is
    written."""
    return prepare(request, out, created).folder


def prepare(request: Request, out: Path, created: str) -> Prepared:
    """Plan as `plan` does, for whoever carries the run out at once."""
    product, criteria = load_product(request.product), load_criteria(request.criteria)
    rules = load_rules(request.rules or (LIVE if product.kind == LIVE else STANDARD.name))
    if request.live is not (product.kind == LIVE):
        raise UsageError(
            f"product {product.name!r} is tested on a replayed Internet"
            if request.live
            else f"product {product.name!r} is tested on the real Internet, whose sites will see a visit for each case;"
            " say --live if that is meant",
            key="--live",
        )
    if not request.elsewhere and (missing := product.missing_programs()):
        raise UsageError(
            f"product {product.name!r} is not installed: {', '.join(missing)} not found. {product.install.advice}"
        )
    params = product.checked_params(request.params)
    settings = tuple(dict.fromkeys(product.checked_setting(name) for name in request.settings or ("",)))
    corpus = load_corpus(request.corpus, request.identity)
    sealed = load_corpus(request.sealed, request.identity) if request.sealed else None
    whole = _whole(corpus, sealed)
    if whole.opened and request.live:
        raise UsageError(
            "a sealed corpus is not for the real Internet, whose sites and networks would see it", key="--live"
        )
    _check_design(criteria, corpus)
    if request.stop_early and criteria.score:
        raise UsageError("scores need every case; this profile has some", key="--stop-early")
    if request.tier is Tier.FAST:
        _check_fast(request, product, criteria, params)
    cases = drawn(whole, request.only, request.limit, request.seed)
    spec = Spec(
        schema=SCHEMA,
        harness_version=harness.__version__,
        created=created,
        product=product.model_dump(mode="json", by_alias=True),
        product_digest=product.digest(),
        product_ref=_ref(request.product, product.folder),
        params=params,
        params_digests=_digests(product, params),
        settings=settings,
        corpus={
            "name": corpus.manifest.name,
            "title": corpus.manifest.title or corpus.manifest.name,
            "version": corpus.manifest.version,
            "digest": corpus.digest,
            "cases": len(corpus.cases),
            "categories": {
                key: corpus.manifest.categories.get(key, key) for key in sorted({case.category for case in whole.cases})
            },
            **({} if sealed is None else {"sealed": _part(request.sealed, sealed)}),
        },
        corpus_ref=_ref(request.corpus, corpus.folder),
        criteria=criteria.model_dump(mode="json", by_alias=True),
        criteria_digest=criteria.digest(),
        plan_digest=canonical.digest(plan_text(cases)),
        planned=len(cases) * len(settings),
        seed=request.seed,
        limit=request.limit,
        only=tuple(request.only),
        jobs=request.jobs,
        limits=request.limits,
        rules=canonical.plain(rules),
        stop_early=request.stop_early,
        checks=_checks(request.checks, criteria, product),
        browser_sample=_sample(cases, request),
    )
    folder = RunFolder(out)
    folder.create(spec, cases)
    return Prepared(folder, product, whole)


def _checks(asked: Sequence[str], criteria: Criteria, product: Product) -> tuple[Check, ...]:
    """The shipped checks that the criteria speak of and that are asked for: by patterns of ids, "all", "none", or
    "auto", which are all where product and machine permit a ground. Raises UsageError when a pattern matches none."""
    if "none" in asked or not asked or not criteria.requirement:
        return ()
    if "auto" in asked and (product.kind in NO_ROOM or Room.possible()):
        return ()
    found = load_checks(patterns=("*",) if {"auto", "all"} & {*asked} else asked)
    return tuple(item for item in found if any(speaks_of(one, item.id) for one in criteria.requirement))


# Kinds of products whose routes a prober can go by, as far as it can see the same as a browser there.
PROBED = ("direct", "dns", "icap", "proxy", "zoo")


def _check_fast(request: Request, product: Product, criteria: Criteria, params: dict[str, str]) -> None:
    """Raises UsageError where the fast tier cannot see what a browser would, or may not be used."""
    if product.kind not in PROBED:
        why = f"a product of kind {product.kind!r} acts where only a browser is; it can be tested without --tier"
        raise UsageError(why, key="--tier fast")
    if product.kind == "dns" and params.get("transport", "dns") != "dns":
        raise UsageError("asks name servers by DNS alone, and the browser would ask by another way", key="--tier fast")
    if product.kind == "dns" and params.get("route", "room") != "room":
        emulated = "emulated" if params["route"] == "emulated" else Room.possible()
        if emulated:
            raise UsageError(f"needs a room to ask the product in ({emulated})", key="--tier fast")
    if criteria.fast is None or not criteria.fast.allowed:
        where = "they say that it may not be used" if criteria.fast else "they have no [fast] with allowed = true"
        raise UsageError(f"criteria {criteria.name!r} permit no fast tier: {where}", key="--tier fast")
    if request.stop_early:
        raise UsageError("an early stop counts on verdicts that the fast tier may have to give up", key="--stop-early")


def _sample(cases: tuple[Case, ...], request: Request) -> tuple[str, ...]:
    """The cases that go through both tiers, from each category and expectation in proportion."""
    if request.tier is not Tier.FAST:
        return ()
    return tuple(sorted(case.case_id for case in limited(cases, request.browser_sample, request.seed)))


def _whole(corpus: Corpus, sealed: Corpus | None) -> Corpus:
    if sealed is None:
        return corpus
    if sealed.opened is None or corpus.opened:
        raise UsageError("must be a sealed corpus, beside an open one", key="--sealed")
    return joined(corpus, sealed)


def _part(ref: str, sealed: Corpus) -> dict[str, Any]:
    manifest = sealed.manifest
    return {
        "ref": _ref(ref, sealed.folder),
        "title": manifest.title or manifest.name,
        "version": manifest.version,
        "digest": sealed.digest,
        "cases": len(sealed.cases),
    }


def reopen(spec: Spec, identity: str = "") -> tuple[Product, Corpus]:
    """Product and corpus of a planned run, opened by the age identity what is sealed. Raises UsageError when either has
    changed since."""
    product, corpus = load_product(spec.product_ref), load_corpus(spec.corpus_ref, identity)
    if product.digest() != spec.product_digest:
        raise UsageError(f"the product's profile has changed since the run was planned: {product.folder}")
    if _digests(product, spec.params) != spec.params_digests:
        raise UsageError("what is in a folder given by --param has changed since the run was planned")
    if corpus.digest != spec.corpus["digest"]:
        raise UsageError(f"the corpus has changed since the run was planned: {corpus.folder}")
    if (part := spec.corpus.get("sealed")) is None:
        return product, corpus
    sealed = load_corpus(part["ref"], identity)
    if sealed.digest != part["digest"]:
        raise UsageError(f"the sealed corpus has changed since the run was planned: {sealed.folder}")
    return product, joined(corpus, sealed)


def drawn(corpus: Corpus, only: Sequence[str], limit: int | None, seed: int) -> tuple[Case, ...]:
    """The cases of a run, in their order: the same whenever they are asked for. Raises UsageError."""
    chosen = _chosen(corpus, only)
    opened = limited(tuple(case for case in chosen if not case.sealed), limit, seed)
    return limited((*opened, *(case for case in chosen if case.sealed)), None if opened else limit, seed)


def _chosen(corpus: Corpus, only: Sequence[str]) -> tuple[Case, ...]:
    """The cases named, or all. Raises UsageError when one is not in the corpus."""
    known = {case.case_id for case in corpus.cases}
    if unknown := [name for name in only if name not in known]:
        raise UsageError(f"no such case in corpus {corpus.manifest.name!r}: {', '.join(unknown)}", key="--case")
    return tuple(case for case in corpus.cases if not only or case.case_id in only)


def _check_design(criteria: Criteria, corpus: Corpus) -> None:
    """Weights mean something only to a design that uses them."""
    if len({case.weight for case in corpus.cases}) < 2:
        return
    for name, design in [
        ("[interval]", criteria.interval.design),
        *((item.id, item.design) for item in criteria.criterion),
    ]:
        if design is Design.INDEPENDENT:
            raise UsageError(
                f"{name} takes all cases for equal, but those of corpus {corpus.manifest.name!r} have"
                ' different weights; use "clusters"',
                key="design",
            )


def _digests(product: Product, params: dict[str, str]) -> dict[str, str]:
    ways = {
        "blocklists": lambda path: lists.digest(lists.read(path)),
        "folder": lambda path: tree.digest(tree.read(path)),
    }
    kinds = {key: item.kind for key, item in product.params.items()}
    return {key: ways[kinds[key]](Path(value)) for key, value in params.items() if value and kinds[key] in ways}


def _ref(given: str, folder: Path) -> str:
    """A shipped name as it is, so that a run folder can move; a path made absolute."""
    return str(folder) if "/" in given or given.startswith(".") or folder.name != given else given

"""The command that opens one case of a run alone."""

import shlex

from harness.model.spec import Limits
from harness.profile import shipped
from harness.report.derive import Derived
from harness.run.probe import CRITERIA
from harness.score.outcome import Scored


def command(derived: Derived, item: Scored) -> str:
    """Folders stand there as the run was planned with, quoted for a POSIX shell; "" for a sealed case, which only its
    laboratory can open."""
    spec = derived.spec
    if item.case.sealed:
        return ""
    words = ["harness", "certify" if spec.live else "probe", spec.product_ref, "--corpus", spec.corpus_ref]
    words += ["--case", item.case.case_id, "--setting", item.setting]
    about = spec.product.get("params", {})
    for key, value in spec.params.items():
        if value and value != about.get(key, {}).get("default"):
            words += ["--param", f"{key}={value}"]
    if spec.live or (
        derived.criteria.name != CRITERIA and derived.criteria.name in shipped.names(shipped.CRITERIA, "*.toml")
    ):
        words += ["--criteria", derived.criteria.name]
    if spec.rules["name"] not in ("standard", "live"):
        words += ["--rules", spec.rules["name"]]
    if spec.limits.attempt_seconds != Limits().attempt_seconds:
        words += ["--timeout", f"{spec.limits.attempt_seconds:g}"]
    return shlex.join([*words, *(["--live"] if spec.live else [])])

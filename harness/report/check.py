"""Verification: the seal, and whether the results beside it follow from the evidence."""

import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import HarnessError, UsageError
from harness.report import result
from harness.report.derive import derive


def problems(folder: RunFolder) -> list[str]:
    """Everything that does not hold, in words; empty when evidence and results stand. Raises UsageError when this is no
    run folder."""
    if not folder.spec_file.exists() and not folder.seal_file.exists():
        raise UsageError("not a run folder: neither spec.json nor seal.json", file=folder.path)
    found = seal.verify(folder)
    if found or not folder.result_file.exists():
        return found
    try:
        derived = derive(folder)
    except HarnessError as error:
        return [str(error)]
    if folder.result_file.read_text("utf-8", "replace") != canonical.pretty(result.result(derived, sealed=True)):
        found.append(f"{folder.result_file}: does not follow from the evidence (changed, or made by another version)")
    table = folder.derived / "verdicts.parquet"
    try:
        same = pq.read_table(table).equals(result.table(derived))
    except (OSError, ArrowException):
        same = False
    if not same:
        found.append(f"{table}: does not follow from the evidence (changed, missing, or made by another version)")
    return found

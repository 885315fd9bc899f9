"""What a tester says about a source besides its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """`columns` names the column of a table that holds each field, for the format csv; `scheme` is for entries without
    one."""

    encoding: str = "utf-8"
    delimiter: str = ","
    columns: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "https"

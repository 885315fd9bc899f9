"""What a product does with labels that pages give themselves, and how it says which category it takes a page for."""

from typing import Annotated, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Label = Literal["rta-meta", "rta-header", "pics-meta", "pics-header"]
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class Answer(BaseModel):
    """The category stands in a header of what the product answers, in the text of its page, or in the extended errors
    (RFC 8914) of its DNS answers, each as code, space, text; `pattern` finds it there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: Literal["header", "text", "dns"]
    header: str = Field(default="", max_length=100)
    pattern: str = Field(default="(.+)", max_length=2000)
    categories: dict[str, Name] = Field(default_factory=dict)

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, value: str) -> str:
        try:
            groups = re2.compile(value, _OPTIONS).groups
        except re2.error as error:
            raise ValueError(f"not a regular expression (RE2): {error}") from None
        if groups != 1:
            raise ValueError("must have one group, which holds the category")
        return value

    @model_validator(mode="after")
    def _header(self) -> "Answer":
        if (self.where == "header") != bool(self.header):
            raise ValueError("header: goes with where = 'header', and only with it")
        return self

    def category(self, text: str) -> str:
        """The category as corpora call it, as the product calls it where nothing else is said; "" where there is none
        in the text."""
        found = re2.search(self.pattern, text, options=_OPTIONS)
        named = found[1].strip() if found and found[1] else ""
        return self.categories.get(named, named)


class Ratings(BaseModel):
    """`labels` that it promises to honour: RTA, or ICRA by PICS, in the page or in a header; `unlabelled_blocked` are
    settings at which pages without any are blocked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: tuple[Label, ...] = ()
    unlabelled_blocked: tuple[Name, ...] = ()
    answer: Answer | None = None

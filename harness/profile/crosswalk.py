"""Crosswalks: how a source's categories become ours and what is expected of a filter, or why they do not."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Expectation
from harness.profile import shipped, toml

FOLDER = shipped.ROOT / "profiles" / "crosswalks"
OURS = frozenset((*BLOCK_CATEGORIES, *INNOCUOUS_CATEGORIES))

Id = Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
# A letter or digit first, so that no spreadsheet takes it for a formula.
Name = Annotated[str, Field(pattern=r"^\w[\w &/.,'()+-]{0,99}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """One category of the source: either `category` and `expectation`, or why it is `unmapped`."""

    title: str = Field(default="", max_length=300)
    aliases: tuple[Name, ...] = ()
    category: Id | None = None
    expectation: Expectation | None = None
    unmapped: str = Field(default="", pattern=r"^$|^.{10,500}$")
    note: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "Entry":
        mapped = self.category is not None
        if mapped != (self.expectation is not None):
            raise ValueError("category and expectation go together")
        if mapped == bool(self.unmapped):
            raise ValueError("either category and expectation, or the reason why it is unmapped")
        return self


class Crosswalk(_Strict):
    """A whole file. `categories` declares what it maps to beyond the harness's own categories, id = title; `map` holds
    the source's categories by their names or codes there."""

    schema_: Literal["pas-harness/crosswalk/1"] = Field(alias="schema")
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    title: str = Field(min_length=1, max_length=300)
    version: str = Field(min_length=1, max_length=100)
    source: str = Field(min_length=1, max_length=1000)
    licence: str = Field(default="", max_length=300)
    categories: dict[Id, str] = Field(default_factory=dict)
    map: dict[Name, Entry]

    @model_validator(mode="after")
    def _known(self) -> "Crosswalk":
        names = [name for key, entry in self.map.items() for name in (key, *entry.aliases)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"map.{twice[0]}: stands there twice")
        for key, entry in self.map.items():
            if entry.category and entry.category not in OURS | self.categories.keys():
                raise ValueError(f"map.{key}.category: {entry.category!r} is neither the harness's nor in [categories]")
        return self

    def by_name(self) -> dict[str, Entry]:
        """The entries by name and alias."""
        return {name: entry for key, entry in self.map.items() for name in (key, *entry.aliases)}


def load(ref: str) -> Crosswalk:
    """The crosswalk of that shipped name or path. Raises UsageError naming file and key."""
    path = shipped.find(ref, FOLDER, "*.toml", "crosswalk")
    return toml.validate(toml.load(path), Crosswalk, path)


def own() -> Crosswalk:
    """The harness's own categories as they are: the block categories to block, the innocuous ones to allow."""
    entries = {name: Entry(category=name, expectation=Expectation.BLOCK) for name in BLOCK_CATEGORIES}
    entries |= {name: Entry(category=name, expectation=Expectation.ALLOW) for name in INNOCUOUS_CATEGORIES}
    said = {"schema": "pas-harness/crosswalk/1", "name": "own", "title": "The harness's own categories", "version": "1"}
    return Crosswalk.model_validate({**said, "source": "harness.model.words", "map": entries})

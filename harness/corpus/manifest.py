"""`corpus.toml`: what a corpus says of itself."""

import re
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES
from harness.profile import toml

CATEGORY = re.compile(r"[\w-]{1,64}")


class Manifest(BaseModel):
    """Every key is optional; unknown keys are kept out and reported by `harness corpus check`, as they cannot change a
    result."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(default="", pattern=r"^[^\x00-\x1f\x7f]*$", max_length=100)
    title: str = Field(default="", max_length=300)
    version: str = Field(default="", max_length=100, coerce_numbers_to_str=True)
    description: str = Field(default="", max_length=20_000)
    licence: str = ""
    categories: dict[str, str] = Field(default_factory=dict, validation_alias=AliasChoices("categories", "category"))

    @field_validator("categories", mode="before")
    @classmethod
    def _categories(cls, value: Any) -> dict[str, str]:
        """Ids in a list; a table of id = "title" or id = {title = "…"}; or a list of tables with id and perhaps
        title."""
        if isinstance(value, list):
            value = {_id(item): item for item in value}
        if not isinstance(value, dict):
            raise ValueError("expected a list of ids or a table of id = title")
        found = {}
        for key, item in value.items():
            if not CATEGORY.fullmatch(key):
                raise ValueError(f"category id {key!r} must be up to 64 letters, digits, - and _")
            if key == "overall":
                raise ValueError("category id 'overall' is kept for all categories together")
            title = item.get("title", key) if isinstance(item, dict) else item
            found[key] = title if isinstance(title, str) and title else key
        return found

    @property
    def known_categories(self) -> frozenset[str]:
        """Ids a case may name: the harness's own and the declared ones."""
        return frozenset((*BLOCK_CATEGORIES, *INNOCUOUS_CATEGORIES, *self.categories))


def _id(item: Any) -> str:
    name = item.get("id") if isinstance(item, dict) else item
    if not isinstance(name, str):
        raise ValueError("expected ids, or tables with an id")
    return name


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the corpus in `folder`; a `[corpus]` table is read as if its keys stood at the top."""
    data = toml.load(folder / "corpus.toml")
    if isinstance(data.get("corpus"), dict):
        data = {**{key: item for key, item in data.items() if key != "corpus"}, **data["corpus"]}
    manifest = toml.validate(data, Manifest, folder / "corpus.toml")
    return manifest if manifest.name else manifest.model_copy(update={"name": folder.resolve().name})

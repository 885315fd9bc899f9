"""Products that are extensions of the browser."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from harness.model.errors import UsageError
from harness.products import tree
from harness.products.base import Context, Route
from harness.products.managed import Managed

FOLDER = "extension"
OWN = "_metadata"  # Chromium's own, written into an unpacked extension
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
MESSAGE = re.compile(r"__MSG_(\w+)__")


class ExtensionProduct(Managed):
    """kind = "extension": an unpacked extension in a full Chromium that goes straight to the replayed Internet.

    It is the folder given by the parameter of kind "folder", or the profile's own folder `extension`, with what the
    profile renders below `extension/` over it. A copy is loaded, and no other extension. Raises UsageError.
    """

    needs_process = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        profile = context.profile
        given = {key: context.params[key] for key, item in profile.params.items() if item.kind == "folder"}
        self._source = next((Path(value) for value in given.values() if value), profile.folder / FOLDER)
        self._loaded = context.work / FOLDER
        made = any(item.target == f"{FOLDER}/manifest.json" for item in profile.files)
        if not made and not self._source.is_dir():
            raise UsageError("give the folder of an unpacked extension", key=f"--param {next(iter(given), FOLDER)}")
        if not made and not (self._source / "manifest.json").is_file():
            raise UsageError("there is no manifest.json, so it is no unpacked extension", file=self._source)

    async def start(self, setting: str) -> Route:
        shutil.rmtree(self._loaded, ignore_errors=True)
        self._loaded.mkdir()
        if self._source.is_dir():
            for name, data in tree.read(self._source, OWN).items():
                (self._loaded / name).parent.mkdir(parents=True, exist_ok=True)
                (self._loaded / name).write_bytes(data)
        await self.launch(setting)
        name, version = self._manifest()
        return Route(
            f"http://127.0.0.1:{self.context.upstream_port}",
            arguments=(f"--load-extension={self._loaded}", f"--disable-extensions-except={self._loaded}"),
            full=True,
            lasting=True,
            how=f"an extension of the browser, loaded unpacked: {name} {version}",
        )

    async def identity(self) -> dict[str, str]:
        """What the manifest says, and the digest of all that is loaded."""
        name, version = self._manifest()
        files = tree.read(self._loaded, OWN)
        loaded = f"{len(files)} files, sha256 {tree.digest(files)}"
        return {"extension": name, "version": version, "files": loaded, **await super().identity()}

    def _manifest(self) -> tuple[str, str]:
        """Name and version. Raises UsageError."""
        manifest = self._json("manifest.json")
        try:
            name, version = str(manifest["name"]), str(manifest["version"])
        except KeyError as error:
            raise UsageError("is missing in the manifest", file=self._source, key=str(error.args[0])) from None
        if message := MESSAGE.fullmatch(name):
            messages = self._json(f"_locales/{manifest.get('default_locale', 'en')}/messages.json")
            known = {key.lower(): item for key, item in messages.items()}
            name = str(known.get(message[1].lower(), {}).get("message", name))
        return name, version

    def _json(self, name: str) -> dict[str, Any]:
        """A file of the extension, in which Chromium permits comments. Raises UsageError."""
        try:
            text = (self._loaded / name).read_text("utf-8-sig")
            data = json.loads(COMMENT.sub(lambda match: match[1] or "", text))
        except (OSError, ValueError) as error:
            raise UsageError(f"{name} cannot be read: {error}", file=self._source) from None
        if not isinstance(data, dict):
            raise UsageError(f"{name} is no JSON object", file=self._source)
        return data

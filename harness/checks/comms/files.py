"""Files of every kind that a product may refuse: harmless, with a token in them."""

import io
import zipfile

KINDS = ("program", "archive", "document", "text")
EPOCH = (1980, 1, 1, 0, 0, 0)


def made(kind: str, token: str) -> bytes:
    """A file of one of KINDS: a program has the form of one and does nothing. Raises ValueError for another."""
    text = f"marker-message-17 on example.test {token}\n".encode()
    match kind:
        case "program":
            # The header of a DOS program, whose own entry ends it at once (int 20h).
            header = b"MZ" + bytes([0x80, 0, 1, 0, 0, 0, 4, 0]) + bytes(54) + b"\xcd\x20" + bytes(62)
            return header + text
        case "archive":
            held = io.BytesIO()
            with zipfile.ZipFile(held, "w") as archive:
                archive.writestr(zipfile.ZipInfo("message.txt", EPOCH), text)
            return held.getvalue()
        case "document":
            return b"%PDF-1.4\n%" + text + b"%%EOF\n"
        case "text":
            return text
    raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")

"""Unwraps a HAR file: gzip, zlib (``.zhar``), zip and UTF-16, each recognised by its bytes.

All reads are bounded, so that a small file cannot fill the memory.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...contract import ConfigurationError

MAX_FILE_BYTES = 256 * 2**20
"""The largest file that is read, in bytes, compressed and decompressed."""
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,  # an encrypted archive, or a compression that is not built in
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)


def _no_attachment(_name: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The content of a file.

    Attributes:
        json: the HAR document, in UTF-8 without a byte order mark.
        attachment: the bytes of a file of this name beside the document in a zip archive, at most
            as many as its argument allows; None: there is none, or it is larger or damaged.
    """

    json: bytes
    attachment: Callable[[str], bytes | None] = _no_attachment


def open_container(path: Path, *, max_attachment_bytes: int) -> Container:
    """The HAR document of a file, whatever it is wrapped in.

    Raises:
        ConfigurationError: the file cannot be read, is too large or cannot be unwrapped.
    """
    data = _read(path)
    if data.startswith(b"PK\x03\x04"):
        return _unzipped(path, data, max_attachment_bytes)
    if data.startswith(b"\x1f\x8b"):
        data = _bounded(
            path, "gzip", lambda size: gzip.GzipFile(fileobj=io.BytesIO(data)).read(size)
        )
    elif _is_zlib(data):
        stream = data
        data = _bounded(path, "zlib", lambda size: zlib.decompressobj().decompress(stream, size))
    elif data.startswith(_ZSTANDARD):
        raise ConfigurationError(
            str(path), expected="JSON, gzip, zlib or zip", found="Zstandard; decompress it first"
        )
    return Container(json=_utf8(path, data))


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise _too_large(path, f"{size:,} bytes")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(str(path), expected="a readable HAR file", found=reason) from None


def _is_zlib(data: bytes) -> bool:
    """Whether ``data`` begins with the two bytes of a zlib stream (RFC 1950, 2.2)."""
    return len(data) > 1 and data[0] == 0x78 and int.from_bytes(data[:2], "big") % 31 == 0


def _bounded(path: Path, kind: str, read: Callable[[int], bytes]) -> bytes:
    """What ``read`` decompresses; it is given how many bytes to read at most."""
    try:
        data = read(MAX_FILE_BYTES + 1)
    except _DAMAGED as error:
        raise ConfigurationError(
            str(path), expected=f"a HAR file in valid {kind} data", found=str(error)
        ) from None
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(path, f"more when its {kind} data is decompressed")
    return data


def _too_large(path: Path, found: str) -> ConfigurationError:
    return ConfigurationError(
        str(path),
        expected=f"a HAR file of at most {MAX_FILE_BYTES:,} bytes; export fewer exchanges",
        found=found,
    )


def _unzipped(path: Path, data: bytes, max_attachment_bytes: int) -> Container:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGED as error:
        raise ConfigurationError(
            str(path), expected="a HAR file in a valid zip archive", found=str(error)
        ) from None
    documents = [name for name in archive.namelist() if name.lower().endswith(".har")]
    if len(documents) != 1:
        raise ConfigurationError(
            str(path),
            expected="a zip archive with one .har file",
            found=f"{len(documents)} of them",
        )

    def document(size: int) -> bytes:
        with archive.open(documents[0]) as file:
            return file.read(size)

    def attachment(name: str) -> bytes | None:
        try:
            with archive.open(name) as file:
                content = file.read(max_attachment_bytes + 1)
        except (KeyError, *_DAMAGED):
            return None
        return content if len(content) <= max_attachment_bytes else None

    return Container(json=_utf8(path, _bounded(path, "zip", document)), attachment=attachment)


def _utf8(path: Path, data: bytes) -> bytes:
    if not data.startswith(_UTF16_BOMS):
        return data.removeprefix(_UTF8_BOM)
    try:
        return data.decode("utf-16").encode("utf-8")
    except UnicodeError as error:
        raise ConfigurationError(
            str(path), expected="a HAR file in valid UTF-16 or in UTF-8", found=str(error)
        ) from None

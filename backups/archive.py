"""The file of a backup: an ordinary ZIP archive in which every byte is guarded.

SHA256SUMS lists the digest of each part. The comment at the end of the archive is the SHA-256 of everything before it:
also of what lies between the parts.
"""

import errno
import hashlib
import json
import os
import zipfile
from contextlib import contextmanager

PIECE = 1024 * 1024  # bytes in memory at a time
DIGEST_LENGTH = 64
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class Damaged(Exception):
    """The file is not, byte for byte, what a backup wrote."""


class PartWriter:
    def __init__(self, stream):
        self.stream, self.sha256, self.size = stream, hashlib.sha256(), 0

    def write(self, data):
        self.sha256.update(data)
        self.size += len(data)
        self.stream.write(data)


class ArchiveWriter:
    def __init__(self, file, made_at):
        self.file = file
        self.zip = zipfile.ZipFile(file, "w")
        self.date_time = made_at.timetuple()[:6]
        self.digests = {}

    def abandon(self):
        """Nothing more is written, not even when the object goes."""
        self.zip.fp = None

    @contextmanager
    def part(self, name, compressed=True):
        entry = zipfile.ZipInfo(name, self.date_time)
        entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16  # also after unpacking nobody else reads it
        with self.zip.open(entry, "w", force_zip64=True) as stream:
            writer = PartWriter(stream)
            yield writer
        self.digests[name] = writer.sha256.hexdigest()

    def add(self, name, text):
        with self.part(name) as part:
            part.write(text.encode())

    def finish(self, manifest):
        """Returns the digest of the whole."""
        self.add(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self.add(SUMS, "".join(f"{digest}  {name}\n" for name, digest in self.digests.items()))
        self.zip.comment = b"0" * DIGEST_LENGTH
        self.zip.close()
        digest = digest_before_comment(self.file)
        self.file.seek(-DIGEST_LENGTH, os.SEEK_END)
        self.file.write(digest.encode())
        self.file.flush()
        os.fsync(self.file.fileno())
        return digest


@contextmanager
def written_whole(path):
    """A file to write and read, for its owner only. It gets its name when it is complete and on the disk."""
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w+b") as file:
            yield file
        if path.exists():
            raise FileExistsError(errno.EEXIST, "Die Datei gibt es schon", str(path))
        part.replace(path)
        sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folder(folder):
    """A new name is on the disk only with its folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_before_comment(file):
    size = file.seek(0, os.SEEK_END) - DIGEST_LENGTH
    file.seek(0)
    sha256 = hashlib.sha256()
    while size > 0 and (piece := file.read(min(PIECE, size))):
        sha256.update(piece)
        size -= len(piece)
    return sha256.hexdigest()


class Archive:
    """A backup to read. Opening it looks at every byte."""

    def __init__(self, path):
        self.file = open(path, "rb")  # noqa: SIM115 - __exit__ closes it
        try:
            self.digest = self._check_whole()
            self.zip = zipfile.ZipFile(self.file)
            self.manifest = json.loads(self.zip.read(MANIFEST))
            lines = self.zip.read(SUMS).decode().splitlines()
            self.digests = {line[DIGEST_LENGTH + 2 :]: line[:DIGEST_LENGTH] for line in lines}
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            self.file.close()
            raise Damaged("Die Datei ist keine Sicherung dieser Website.") from error
        except BaseException:
            self.file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.zip.close()
        self.file.close()

    def _check_whole(self):
        digest = digest_before_comment(self.file)
        written = self.file.read(DIGEST_LENGTH)
        if written != digest.encode():
            raise Damaged(
                "Die Datei ist beschädigt, nicht vollständig oder keine Sicherung dieser Website: "
                "Ihre Prüfsumme stimmt nicht."
            )
        return digest

    def media(self):
        """Names of the uploads."""
        return [name.removeprefix("media/") for name in self.digests if name.startswith("media/")]

    def pieces(self, name):
        """The bytes of a part, in pieces. Damaged after the last one if they are others than written."""
        sha256 = hashlib.sha256()
        try:
            with self.zip.open(name) as stream:
                while piece := stream.read(PIECE):
                    sha256.update(piece)
                    yield piece
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            raise Damaged(f"Der Teil {name} lässt sich nicht lesen.") from error
        if sha256.hexdigest() != self.digests.get(name):
            raise Damaged(f"Der Teil {name} ist beschädigt: Seine Prüfsumme stimmt nicht.")

    def lines(self, name):
        with self.zip.open(name) as stream:
            yield from stream

    def check_parts(self, progress):
        for name in self.digests:
            progress(f"Prüfsumme von {name}")
            for _piece in self.pieces(name):
                pass

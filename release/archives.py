"""Archives that are the same bytes for the same content: sorted names, one time stamp, one owner."""
import gzip
import hashlib
import io
import tarfile
import time
import zipfile

EARLIEST_IN_ZIP = 315532800  # 1980-01-01: a ZIP archive holds no earlier time.


def mode_of(path):
    """Programs may be executed, everything else may be read."""
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def files_below(folder):
    """The files below a folder, with their names in the archive, in the order of these names."""
    found = ((path.relative_to(folder.parent).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return sorted(found)


def write_zip(folder, archive, date):
    """Packs a folder as a ZIP archive."""
    stamp = time.gmtime(max(date, EARLIEST_IN_ZIP))[:6]
    with zipfile.ZipFile(archive, "w") as packed:
        for name, path in files_below(folder):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100000 | mode_of(path)) << 16
            packed.writestr(entry, path.read_bytes(), compresslevel=9)


def write_tar(folder, archive, date):
    """Packs a folder as a compressed tar archive."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as packed:
        for name, path in files_below(folder):
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = mode_of(path)
            entry.mtime = date
            entry.uname = entry.gname = "root"
            with path.open("rb") as content:
                packed.addfile(entry, content)
    write_gzip(tar.getvalue(), archive)


def write_gzip(content, archive):
    """Compresses content, without a name and a time stamp in its header."""
    with archive.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
        compressed.write(content)


def write_archive(folder, archive, date):
    """Packs a folder in the format that the name of the archive states."""
    write = write_zip if archive.suffix == ".zip" else write_tar
    write(folder, archive, date)


def sha256(path):
    """The SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder):
    """Writes SHA256SUMS for the files of a folder, in the format of `sha256sum --check`."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(path)}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "ascii", newline="\n")
    return lines


def read_checksums(folder):
    """The checksums of SHA256SUMS by file name, after each has been compared with its file."""
    checksums = {}
    for line in (folder / "SHA256SUMS").read_text("ascii").splitlines():
        expected, name = line.split("  ", 1)
        if sha256(folder / name) != expected:
            raise ValueError(f"{name} does not match its checksum in SHA256SUMS")
        checksums[name] = expected
    return checksums

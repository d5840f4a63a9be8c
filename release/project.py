"""Facts about the project that the release scripts share: its version, its addresses, and its date."""
import os
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "rx-preflight"

# A placeholder for the address of the project until `repository` is set in Cargo.toml. The only place that names it.
REPOSITORY_IS_NOT_SET = "https://github.com/OWNER/rx-preflight"

WINDOWS = "x86_64-pc-windows-gnu"
LINUX = "x86_64-unknown-linux-musl"
LINUX_ARM = "aarch64-unknown-linux-musl"
TARGETS = [LINUX, WINDOWS, LINUX_ARM]


def fail(message):
    """Ends the script with a message."""
    sys.exit(f"error: {message}")


def run(*command, **options):
    """Runs a command that must succeed."""
    done = subprocess.run([str(part) for part in command], check=False, **options)
    if done.returncode:
        fail(f"exit code {done.returncode} from: {' '.join(map(str, command))}")
    return done


def output_of(*command, **options):
    """The standard output of a command that must succeed."""
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout


def manifest(root=ROOT):
    """The table `[package]` of Cargo.toml."""
    return tomllib.loads((root / "Cargo.toml").read_text("utf-8"))["package"]


def repository():
    """The address of the project: from Cargo.toml, from the workflow that runs, or the placeholder."""
    if declared := manifest().get("repository"):
        return declared.removesuffix("/").removesuffix(".git")
    if running := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{running}"
    return REPOSITORY_IS_NOT_SET


def owner():
    """The owner of the repository, which is also the publisher of the packages."""
    found = re.fullmatch(r"https://[^/]+/([^/]+)/[^/]+", repository())
    if not found:
        fail(f"the repository in Cargo.toml must look like https://HOST/OWNER/NAME, not {repository()}")
    return found.group(1)


def source_date():
    """The time stamp of every file of a release, in seconds since 1970: the time of the commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        if not given.isdigit():
            fail(f"SOURCE_DATE_EPOCH must be a number of seconds since 1970, not {given!r}")
        return int(given)
    if not (ROOT / ".git").exists():
        fail("set SOURCE_DATE_EPOCH: without a clone the time of the commit is unknown")
    return int(output_of("git", "-C", ROOT, "log", "-1", "--format=%ct"))


def folder_name(target):
    """The name of the folder in an archive, and of the archive without its extension."""
    return f"{NAME}-{manifest()['version']}-{target}"


def archive_name(target):
    """The file name of the archive of a target."""
    return folder_name(target) + (".zip" if "windows" in target else ".tar.gz")


def program_name(target):
    """The file name of the program on a target."""
    return f"{NAME}.exe" if "windows" in target else NAME

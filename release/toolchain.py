"""The compilers and tools of a release, and how they are installed.

A target that rustup has is built with rustup's toolchain. Else Debian's packages `rustc-web`, `cargo-web` and
`rust-web-src` build the standard library together with the program. C code and the Linux programs are linked by zig.
"""
import dataclasses
import os
import pathlib
import shutil
import subprocess

from project import ROOT, WINDOWS, fail, output_of, run

TOOLS = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "release-tools"
ZIG_PACKAGES = ["ziglang==0.17.0", "cargo-zigbuild==0.24.0"]
CYCLONEDX = "0.5.9"
DEBIAN_RUST = ["rustc-web", "cargo-web", "rust-web-src"]
MINGW = ["gcc-mingw-w64-x86-64-win32", "g++-mingw-w64-x86-64-win32"]


@dataclasses.dataclass
class Toolchain:
    """A cargo and a rustc that build a target, with the environment and the arguments that they need."""

    name: str
    cargo: str
    rustc: str
    environment: dict
    arguments: list
    flags: list

    def standard_library(self):
        """The folders of the sources of the standard library, as they are named and as they really are."""
        root = output_of(self.rustc, "--print", "sysroot", env={**os.environ, **self.environment}).strip()
        source = pathlib.Path(root) / "lib/rustlib/src/rust"
        return list(dict.fromkeys([source, source.resolve()]))


def install_packages(packages):
    """Installs the Debian packages of a list that are not installed."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}"]
    if not shutil.which("dpkg-query"):
        fail("this is not a Debian system; install what these packages contain: " + " ".join(packages))
    missing = []
    for package in packages:
        found = subprocess.run([*query, package], capture_output=True, text=True, check=False)
        if found.stdout != "installed":
            missing.append(package)
    if missing:
        print("installing " + " ".join(missing), flush=True)
        prefix = [] if os.geteuid() == 0 else ["sudo"]
        run(*prefix, "apt-get", "update", "-qq")
        run(*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, stdout=subprocess.DEVNULL)


def is_ready_in_rustup(target):
    """True if rustup has the standard library of a target for the toolchain that it uses here."""
    if not shutil.which("rustup"):
        return False
    listed = subprocess.run(
        ["rustup", "target", "list", "--installed"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return target in listed.stdout.split()


def path_with(*folders):
    """The search path with folders before everything else."""
    return os.pathsep.join([*map(str, folders), os.environ["PATH"]])


def choose(target):
    """The toolchain for a target, installed if it is not there."""
    if target == WINDOWS:
        install_packages(MINGW)
    else:
        install_zig()
    zig = TOOLS / "zig/bin"
    if is_ready_in_rustup(target):
        return Toolchain("rustup", "cargo", "rustc", {"PATH": path_with(zig)}, [], [])
    install_packages(DEBIAN_RUST)
    environment = {
        "PATH": path_with(zig, "/usr/bin", "/bin"),
        "CARGO": "/usr/bin/cargo",
        "RUSTC": "/usr/bin/rustc",
        # Building the standard library is not a stable feature of cargo.
        "RUSTC_BOOTSTRAP": "1",
    }
    # The start files of musl come from zig: Debian's compiler has none.
    flags = [] if target == WINDOWS else ["-Clink-self-contained=no"]
    arguments = ["-Zbuild-std=std,panic_unwind,panic_abort"]
    return Toolchain("Debian's rustc-web", "/usr/bin/cargo", "/usr/bin/rustc", environment, arguments, flags)


def install_zig():
    """Installs zig and cargo-zigbuild from the Python registry."""
    folder = TOOLS / "zig"
    if (folder / "bin/cargo-zigbuild").exists():
        return
    install_packages(["python3-venv"])
    run("python3", "-m", "venv", folder)
    run(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *ZIG_PACKAGES)


def install_cyclonedx():
    """Installs the generator of the bill of materials, and returns its path."""
    program = TOOLS / "bin/cargo-cyclonedx"
    if not program.exists():
        print(f"installing cargo-cyclonedx {CYCLONEDX}", flush=True)
        install = ["cargo", "install", "--quiet", "--locked", "--root", TOOLS, "cargo-cyclonedx", "--version", CYCLONEDX]
        run(*install, cwd=TOOLS)
    return program

"""Compiles the program for a target, so that the same sources give the same bytes in every folder."""
import os
import pathlib
import shutil
import tempfile

from project import NAME, ROOT, WINDOWS, manifest, program_name, run, source_date

FLAG_SEPARATOR = "\x1f"


def cargo_home():
    """The folder of cargo's registry."""
    return pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))


def local_folders(toolchain, sources, target_folder):
    """The folders of this machine that a compiler could write into a program, each with its replacement.

    The compiler uses the last replacement that fits, so the more specific folder comes later.
    """
    folders = [(sources, f"/{NAME}"), (target_folder, "/target"), (cargo_home(), "/cargo")]
    return folders + [(folder, "/rust") for folder in toolchain.standard_library()]


def compiler_flags(toolchain, sources, target_folder, target, resources):
    """The flags for rustc."""
    flags = list(toolchain.flags)
    for folder, replacement in local_folders(toolchain, sources, target_folder):
        flags.append(f"--remap-path-prefix={folder}={replacement}")
    if target == WINDOWS:
        # Without this the linker writes the time of the build into the header.
        # The profile's `strip` leaves the symbol table of a PE file, a fifth of its size.
        flags += ["-Clink-arg=-Wl,--no-insert-timestamp", "-Clink-arg=-Wl,--strip-all", f"-Clink-arg={resources}"]
    else:
        flags.append("-Ctarget-feature=+crt-static")
    return flags


def write_resources(sources, folder):
    """Compiles the manifest and the version information for Windows, and returns the object file."""
    package = manifest(sources)
    numbers = package["version"].split("-")[0].split(".")
    values = {
        "@COMMAS@": ",".join([*numbers, "0"]),
        "@QUAD@": ".".join([*numbers, "0"]),
        "@VERSION@": package["version"],
        "@DESCRIPTION@": package["description"],
    }
    for template in sorted((sources / "release/windows").iterdir()):
        text = template.read_text("utf-8")
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        (folder / template.name).write_text(text, "utf-8", newline="\n")
    run("x86_64-w64-mingw32-windres", "--codepage=65001", f"{NAME}.rc", "resources.o", cwd=folder)
    return folder / "resources.o"


def compile_program(toolchain, target, sources=ROOT, target_folder=None):
    """Builds the program of a target from a folder of sources, and returns the path of the program."""
    target_folder = target_folder or pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    with tempfile.TemporaryDirectory() as folder:
        resources = write_resources(sources, pathlib.Path(folder)) if target == WINDOWS else None
        flags = compiler_flags(toolchain, sources, target_folder, target, resources)
        environment = {
            **os.environ,
            **toolchain.environment,
            "CARGO_ENCODED_RUSTFLAGS": FLAG_SEPARATOR.join(flags),
            "CARGO_TARGET_DIR": str(target_folder),
            "CARGO_INCREMENTAL": "0",
            "SOURCE_DATE_EPOCH": str(source_date()),
        }
        environment.pop("RUSTFLAGS", None)
        command = [toolchain.cargo, "build"] if target == WINDOWS else ["cargo-zigbuild", "zigbuild"]
        options = ["--profile", "dist", "--locked", "--bin", NAME, "--target", target, *toolchain.arguments]
        command[0] = shutil.which(command[0], path=environment["PATH"]) or command[0]
        run(*command, *options, cwd=sources, env=environment)
    return target_folder / target / "dist" / program_name(target)

"""What must be true of a built program: its size, what it loads, and that it names no folder of this machine."""
import os
import re
import shutil
import subprocess

from project import output_of

LARGEST = 12 * 1024 * 1024

# Libraries that every Windows from 10 and Server 2016 on has. A new one is added here once its origin is known.
SYSTEM_LIBRARIES = {
    "advapi32.dll", "bcrypt.dll", "bcryptprimitives.dll", "crypt32.dll", "kernel32.dll", "ktmw32.dll", "msvcrt.dll", "ntdll.dll",
    "ole32.dll", "oleaut32.dll", "secur32.dll", "shell32.dll", "user32.dll", "userenv.dll", "ws2_32.dll",
}
API_SETS = re.compile(r"api-ms-win-[a-z0-9-]+\.dll")


def imported_libraries(program):
    """The libraries that a program for Windows loads."""
    text = output_of("x86_64-w64-mingw32-objdump", "-p", program)
    return sorted({name.lower() for name in re.findall(r"DLL Name: (\S+)", text)})


def foreign_libraries(program):
    """The libraries that a program loads and that a Windows may not have."""
    libraries = imported_libraries(program)
    return [name for name in libraries if name not in SYSTEM_LIBRARIES and not API_SETS.fullmatch(name)]


def windows_problems(program):
    """Libraries that a Windows may not have, and resources that are absent."""
    print("  loads " + " ".join(imported_libraries(program)))
    problems = [f"it loads {name}, which is not in the list of system libraries" for name in foreign_libraries(program)]
    content = program.read_bytes()
    if b"longPathAware" not in content or "OriginalFilename".encode("utf-16-le") not in content:
        problems.append("it has no manifest or no version information")
    return problems


def linux_problems(program):
    """What makes a program for Linux depend on libraries of the machine."""
    description = output_of("file", "--brief", program).strip()
    print("  file: " + description)
    loaded = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    print("  ldd: " + " ".join((loaded.stdout + loaded.stderr).split()))
    headers = output_of("readelf", "--wide", "--program-headers", "--dynamic", program)
    problems = []
    if "INTERP" in headers:
        problems.append("it needs a dynamic loader")
    if "(NEEDED)" in headers:
        problems.append("it loads shared libraries")
    return problems


def foreign_paths(program, folders):
    """Folders of this machine whose names are in the program."""
    content = program.read_bytes()
    named = [str(folder) for folder in folders if len(str(folder)) > 4 and os.fsencode(folder) + b"/" in content]
    return [f"it contains the name of a folder of this machine: {name}" for name in named]


def problems_of(program, target, folders):
    """Prints what was measured, and returns what is wrong with a built program."""
    size = program.stat().st_size
    print(f"  {size:,} bytes ({size / 1024 / 1024:.2f} MiB)")
    problems = windows_problems(program) if "windows" in target else linux_problems(program)
    if size > LARGEST:
        problems.append(f"it is larger than {LARGEST // 1024 // 1024} MiB")
    return problems + foreign_paths(program, folders)


def runs_here(target):
    """True for a program that this machine can run."""
    return target == f"{os.uname().machine}-unknown-linux-musl"


def run_problems(program, version):
    """What goes wrong when the program is run: its version, and the complete check of the simulated tenant."""
    stated = output_of(program, "--version").strip()
    problems = [] if stated.endswith(f" {version}") else [f"--version prints {stated!r}"]
    demo = subprocess.run([str(program), "demo"], capture_output=True, check=False, timeout=120)
    if demo.returncode != 1:
        problems.append(f"demo ends with exit code {demo.returncode}, not with 1")
    return problems


def missing_tools(target):
    """The Debian packages of the tools that the inspection of a target needs and that are not installed."""
    if "windows" in target:
        return []
    wanted = {"file": "file", "readelf": "binutils"}
    return [package for tool, package in wanted.items() if not shutil.which(tool)]

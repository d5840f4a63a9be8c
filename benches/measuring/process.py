"""Processes, and what they use."""

import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass

LAUNCHER = pathlib.Path(__file__).with_name("launch.py")
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
PEAK_UNITS_PER_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass
class Used:
    """What one run of a program used, and what it printed."""

    wall: float
    cpu: float
    peak_mib: float
    status: int
    printed: str
    errors: str


def environment():
    """The environment without anything that leads away from loopback."""
    return {name: value for name, value in os.environ.items() if name.upper() not in PROXIES}


def measure(*command):
    """Runs a program to its end."""
    with tempfile.TemporaryDirectory() as folder:
        result, printed, errors = (pathlib.Path(folder, name) for name in ("result", "printed", "errors"))
        with printed.open("wb") as out, errors.open("wb") as err:
            launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(result), *map(str, command)]
            subprocess.run(launch, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(), check=True)
        wall, cpu, peak, status = result.read_text().split()
        return Used(
            wall=float(wall),
            cpu=float(cpu),
            peak_mib=int(peak) / PEAK_UNITS_PER_MIB,
            status=int(status),
            printed=printed.read_text(encoding="utf-8"),
            errors=errors.read_text(encoding="utf-8", errors="replace"),
        )

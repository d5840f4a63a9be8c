"""The programs that are measured: this one, and the peers that do the same work with well-known clients."""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from .process import measure, environment
from .report import Report
from .run import Run
from .tenant import Tenant


# A program that goes on for longer after Ctrl-C is not waited for.
INTERRUPTED_FOR_GOOD_S = 60


class Preflight:
    """`rx-preflight check`, whole."""

    name = "rx-preflight"
    requests_per_room = {"ews": 1, "graph": 2}
    room_checks = {"mailbox.impersonation", "mailbox.calendar-read", "mailbox.calendar-write"}

    def __init__(self, path):
        self.path = path

    def run(self, case):
        with Tenant(self.path, case.api, case.rooms, case.latency_ms, case.limits) as tenant:
            used = measure(*self._command(tenant, case))
            if not used.printed:
                raise RuntimeError(f"rx-preflight printed nothing: {used.errors}")
            report = Report(used.printed, tenant.rooms(), self.room_checks)
        return Run.of(used, tenant, case.rooms, lost=report.lost(), failed=report.failed(), depth=report.depth(),
                      per_room=report.requests_per_room(), response_ms=report.response_ms(), sent=report.requests)

    def interrupted(self, case, after):
        """How many seconds it goes on when Ctrl-C is pressed so many seconds after the start."""
        with Tenant(self.path, case.api, case.rooms, case.latency_ms) as tenant, tempfile.TemporaryFile() as printed:
            process = subprocess.Popen(self._command(tenant, case), stdin=subprocess.DEVNULL, stdout=printed,
                                       stderr=subprocess.DEVNULL, env=environment())
            time.sleep(after)
            pressed = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=INTERRUPTED_FOR_GOOD_S)
            took = time.monotonic() - pressed
            printed.seek(0)
            if process.returncode != 130 or not json.load(printed)["interrupted"]:
                raise RuntimeError(f"rx-preflight was not interrupted: exit {process.returncode}")
        return took

    def _command(self, tenant, case):
        addresses = [part for option in tenant.options.items() for part in option]
        return [str(self.path), "check", *addresses, "--rooms", str(tenant.rooms_file()), "--concurrency",
                str(case.concurrency), "--format", "json"]


class Peer:
    """A script of the folder of peers, with the Python that has its clients."""

    def __init__(self, name, script, apis, python, tenant_program):
        self.name = name
        self.requests_per_room = {api: 1 for api in apis}
        self._script = script
        self._python = python
        self._tenant_program = tenant_program

    def run(self, case):
        with Tenant(self._tenant_program, case.api, case.rooms, case.latency_ms, case.limits) as tenant:
            tenant_id, client_id = tenant.ids()
            address = {"ews": "--ews-url", "graph": "--graph-url"}[case.api]
            choice = ["--api", case.api] if len(self.requests_per_room) > 1 else []
            used = measure(
                self._python, self._script, *choice,
                "--tenant-id", tenant_id, "--client-id", client_id,
                "--client-secret-file", tenant.folder / "rx_client_secret.txt", "--rooms", tenant.rooms_file(),
                "--concurrency", str(case.concurrency), "--login-url", tenant.options["--login-url"],
                address, tenant.options[address], "--ca-file", tenant.options["--ca-file"],
            )
            if used.status not in (0, 3):
                raise RuntimeError(f"{self.name} fails: {used.printed[:300]} {used.errors[-300:]}")
            not_ok = len(json.loads(used.printed)["not_ok"])
        return Run.of(used, tenant, case.rooms, lost=not_ok, failed=0, depth=None, per_room=None, response_ms=None,
                      sent=None)


def peers(folder, work, tenant_program):
    """The peers, and why they are left out if they are."""
    if folder is None:
        return [], "the peers are left out: no --peers DIR"
    scripts = {name: pathlib.Path(folder, name) for name in ("peer_msal.py", "peer_exchangelib.py", "requirements.txt")}
    missing = [name for name, path in scripts.items() if not path.is_file()]
    if missing:
        return [], f"the peers are left out: {folder} has no {', '.join(missing)}"
    python = work / "peers" / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(work / "peers")], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run([*install, str(scripts["requirements.txt"])], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return [], f"the peers are left out: their clients cannot be installed ({error})"
    return [
        Peer("MSAL + requests", scripts["peer_msal.py"], ["ews", "graph"], python, tenant_program),
        Peer("exchangelib", scripts["peer_exchangelib.py"], ["ews"], python, tenant_program),
    ], None

"""A simulated tenant in a process of its own."""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass

from .process import environment

SCENARIOS = {"ews": "ews-ready", "graph": "graph-ready"}
PLAIN = re.compile(r"(discovery|sign-in) (\d+)")
LIMITED = re.compile(r"(graph|exchange) (\d+) \((\d+) throttled, at most (\d+) at once, (\d+) at one mailbox\)")


@dataclass(frozen=True)
class Limits:
    """When the tenant throttles."""

    in_flight: int
    every: int
    retry_after: int

    def options(self):
        return [
            "--throttle-in-flight", str(self.in_flight),
            "--throttle-every", str(self.every),
            "--throttle-retry-after", str(self.retry_after),
        ]


@dataclass
class Tally:
    """The summary that the tenant prints at its end."""

    requests: int
    throttled: int
    concurrent: int
    at_one_mailbox: int

    @classmethod
    def read(cls, summary):
        limited = [[int(number) for number in found[1:]] for found in LIMITED.findall(summary)]
        if len(limited) != 2:
            raise RuntimeError(f"the tenant printed no summary: {summary}")
        plain = sum(int(count) for _, count in PLAIN.findall(summary))
        requests, throttled, concurrent, at_one_mailbox = zip(*limited)
        return cls(plain + sum(requests), sum(throttled), max(concurrent), max(at_one_mailbox))


class Tenant:
    """Listens from the beginning of a `with` block to its end; then knows what it served."""

    def __init__(self, program, api, rooms, latency_ms, limits=None):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self._command = [
            str(program), "simulate", SCENARIOS[api], "--rooms", str(rooms), "--latency", f"{latency_ms}ms",
            "--tls", "--ca-out", str(self.folder / "ca.pem"), "--settings-out", str(self.folder),
            *(limits.options() if limits else []),
        ]
        self.options = {}
        self.tally = None
        self.cpu = 0.0

    def __enter__(self):
        with (self.folder / "summary").open("wb") as summary:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=summary, env=environment(), text=True
            )
        for line in self._process.stdout:
            words = shlex.split(line) if " check --config " in line else []
            if words:
                self.options = dict(zip(words[2::2], words[3::2]))
                return self
        raise RuntimeError(f"the tenant does not start: {(self.folder / 'summary').read_text()}")

    def __exit__(self, kind, *_):
        self._process.send_signal(signal.SIGINT)
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._process.stdout.close()
        self.cpu = used.ru_utime + used.ru_stime
        if kind is None:
            self.tally = Tally.read((self.folder / "summary").read_text())
        self._folder.cleanup()

    def rooms_file(self):
        """The generated rooms alone, one address a line."""
        path = self.folder / "rooms.txt"
        path.write_text("\n".join(self.rooms()) + "\n")
        return path

    def rooms(self):
        return (self.folder / "rooms.csv").read_text().splitlines()[1:]

    def ids(self):
        """Tenant id and client id."""
        system = tomllib.loads((self.folder / "rx-preflight.toml").read_text())["system"]
        return system["oauth_tenant_id"], system["oauth_client_id"]

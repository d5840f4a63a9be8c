"""Cases, and what was measured of them."""

import dataclasses
import statistics
from dataclasses import dataclass

from .tenant import Limits


@dataclass(frozen=True)
class Case:
    """The work of a program."""

    api: str
    rooms: int
    latency_ms: int
    concurrency: int
    limits: Limits | None = None

    def title(self):
        throttled = ", throttled" if self.limits else ""
        return f"{self.api}, {self.rooms} rooms, {self.latency_ms} ms{throttled}"


@dataclass
class Run:
    """One run of a program, or the medians of several."""

    wall: float
    cpu: float
    peak_mib: float
    rooms: int
    lost: int
    failed: int
    depth: float | None
    per_room: float | None
    response_ms: float | None
    sent: int | None
    requests: int
    throttled: int
    concurrent: int
    at_one_mailbox: int
    tenant_cpu: float

    @classmethod
    def of(cls, used, tenant, rooms, **more):
        tally = tenant.tally
        return cls(
            wall=used.wall, cpu=used.cpu, peak_mib=used.peak_mib, rooms=rooms, requests=tally.requests,
            throttled=tally.throttled, concurrent=tally.concurrent, at_one_mailbox=tally.at_one_mailbox, tenant_cpu=tenant.cpu,
            **more,
        )

    @classmethod
    def median(cls, runs):
        """The median of every number; the most of what must not happen at all."""
        def of(field):
            values = [getattr(run, field) for run in runs]
            if values[0] is None:
                return None
            return max(values) if field in ("lost", "failed", "at_one_mailbox") else statistics.median(values)

        return cls(**{field.name: of(field.name) for field in dataclasses.fields(cls)})

    def cpu_per_room(self):
        return self.cpu / self.rooms

    def throttled_share(self):
        return self.throttled / self.requests

    def tenant_cpu_per_request(self):
        return self.tenant_cpu / self.requests

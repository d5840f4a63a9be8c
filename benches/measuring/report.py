"""The requests of a run, from its JSON report."""

import collections
import datetime
import json
import statistics


class Report:
    """The report of a run over these rooms, with these checks."""

    def __init__(self, text, rooms, checks):
        report = json.loads(text)
        self._rooms = set(rooms)
        self._requests = {request["n"]: request for request in report["requests"]}
        self._rows = [row for row in report["results"] if row["check"] in checks and row["subject"] in self._rooms]
        self.requests = sum(request["attempts"] for request in report["requests"])
        self.verdict = report["summary"]["verdict"]

    def lost(self):
        """Rooms without a decided row, or with one row that was not decided."""
        undecided = {row["subject"] for row in self._rows if row["outcome"] in ("unknown", "skipped", "error")}
        unmentioned = self._rooms - {row["subject"] for row in self._rows}
        return len(undecided | unmentioned)

    def failed(self):
        """Rooms with a failed row; every room of the scenarios measured here is good."""
        return len({row["subject"] for row in self._rows if row["outcome"] == "fail"})

    def requests_per_room(self):
        """Requests about rooms, as they were sent, for each room; one that is about many rooms counts once."""
        numbers = {n for row in self._rows for n in row["requests"]}
        return sum(self._requests[n]["attempts"] for n in numbers) / max(len(self._rooms), 1)

    def response_ms(self):
        """The time of a response, as the program measured it; the median of all."""
        return statistics.median(request["ms"] / request["attempts"] for request in self._requests.values())

    def depth(self):
        """How many responses must be waited for one after another in a run with unlimited concurrency: before the first
        request for a room, for the room with the most requests, and after the last."""
        rooms = list(self._by_room().values())
        if not rooms:
            return longest_chain(self._requests.values())
        first = min(begin(request) for requests in rooms for request in requests)
        last = max(end(request) for requests in rooms for request in requests)
        before = [request for request in self._requests.values() if end(request) <= first]
        after = [request for request in self._requests.values() if begin(request) >= last]
        return longest_chain(before) + max(map(longest_chain, rooms)) + longest_chain(after)

    def _by_room(self):
        numbers = collections.defaultdict(set)
        for row in self._rows:
            numbers[row["subject"]].update(row["requests"])
        return {room: [self._requests[n] for n in sorted(own)] for room, own in numbers.items()}


def begin(request):
    return datetime.datetime.fromisoformat(request["at"])


def end(request):
    return begin(request) + datetime.timedelta(milliseconds=request["ms"])


def longest_chain(requests):
    """The most requests of which each was sent after the response to the one before it."""
    chains = []
    for request in sorted(requests, key=begin):
        before = [length for ended, length in chains if ended <= begin(request)]
        chains.append((end(request), 1 + max(before, default=0)))
    return max((length for _, length in chains), default=0)

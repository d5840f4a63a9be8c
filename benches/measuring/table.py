"""The Markdown table."""

HEADINGS = [
    "case", "program", "wall s", "ideal s", "wall / ideal", "CPU s", "CPU ms/room", "peak MiB", "sent", "requests", "per room",
    "deep", "response ms", "throttled", "concurrent", "at one mailbox", "lost, failed", "tenant CPU ms/request",
]


def row(case, program, ideal, run):
    """One line of the table."""
    return [
        case.title(), program, f"{run.wall:.2f}", f"{ideal:.2f}", f"{run.wall / ideal:.2f}", f"{run.cpu:.2f}",
        f"{run.cpu_per_room() * 1000:.2f}", f"{run.peak_mib:.1f}", optional(run.sent, ".0f"), f"{run.requests:.0f}", optional(run.per_room, ".2f"),
        optional(run.depth, ".0f"), optional(run.response_ms, ".0f"), f"{run.throttled_share():.1%}", f"{run.concurrent:.0f}", f"{run.at_one_mailbox:.0f}",
        f"{run.lost}, {run.failed}", f"{run.tenant_cpu_per_request() * 1000:.2f}",
    ]


def optional(number, form):
    return "–" if number is None else format(number, form)


def markdown(rows):
    """All lines, the columns as wide as they need to be."""
    lines = [HEADINGS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    drawn = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)

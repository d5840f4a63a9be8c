#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets, from the fixtures and from recordings.

    python3 tests/fuzz/seeds.py RECORDING...

A recording is what `rx-preflight simulate SCENARIO --record FILE` writes while a check runs against that tenant.
"""

import base64
import json
import pathlib
import re
import shutil
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ROOT / "tests/fuzz/seeds"
# Longer seeds make every execution slower and show nothing more.
LONGEST = 2500
# Responses that differ only in numbers and IDs are one seed.
MOST = 24


def write(target, seeds):
    folder = SEEDS / target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, seed in enumerate(dict.fromkeys(seeds)):
        (folder / f"{number:02}.seed").write_bytes(seed[:LONGEST])


def form(response):
    """What two responses have in common that differ only in numbers and IDs."""
    body = "".join("0" if letter.isdigit() else letter for letter in response["body"] or "")
    return response["status"], body[:160], tuple(re.findall(r"Error[A-Z]\w+", body)), len(body) // 200


def responses(recordings):
    found = {"soap": {}, "graph": {}, "entra": {}}
    for recording in recordings:
        for line in pathlib.Path(recording).read_text().splitlines():
            exchange = json.loads(line)
            response = exchange.get("response")
            if not isinstance(response, dict):
                continue
            path = exchange["url"].split("/", 3)[3].lower()
            target = "graph" if path.startswith("v1.0/") else "soap" if path.startswith("ews/") else "entra"
            response["body"] = response["body"] or ""
            found[target].setdefault(form(response), response)
    return {target: sorted(forms.values(), key=lambda response: len(response["body"]))[:MOST] for target, forms in found.items()}


def as_text(response, body=True):
    lines = [str(response["status"])]
    lines += [f"{name}: {value}" for name, value in response["headers"].items()]
    return ("\n".join(lines) + "\n\n" + (response["body"] if body else "")).encode()


def pasted_texts(path):
    for paste in tomllib.loads((ROOT / path).read_text())["paste"]:
        yield paste["text"].encode()


def main():
    benches = ROOT / "benches/pure"
    found = responses(sys.argv[1:])
    for target in found:
        write(target, [as_text(response) for response in found[target]])
    every = [response for target in found.values() for response in target]
    waits = ["3", "0.25", "Mon, 23 Nov 2026 10:01:00 GMT", "Monday, 23-Nov-26 10:01:00 GMT", "Mon Nov 23 10:01:00 2026"]
    headers = [f"429\ndate: {waits[2]}\nretry-after: {wait}\n\n".encode() for wait in waits]
    bare = [response for response in every if len(response["headers"]) > 4][::3]
    write("headers", headers + [as_text(response, body=False) for response in bare][:MOST])

    claims = (benches / "claims.json").read_bytes()
    code = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    token = code(b'{"typ":"JWT","alg":"RS256"}') + b"." + code(claims) + b"." + code(b"signature" * 4)
    write("token", [claims, token, b"Authorization: Bearer " + token, json.dumps({"access_token": token.decode()}).encode(), b"a.b.c.d.e"])

    settings = ROOT / "fixtures/settings"
    page = b"Server Host Name: outlook.office365.com\nUse OAuth: Yes\nOAuth Tenant ID: contoso.com\nUse Graph API: No\n"
    complete = (settings / "complete.toml").read_bytes()
    parts = complete.split(b"\n\n")
    write("settings", [complete, b"\n\n".join(parts[:2]), page] + parts[1:])
    tables = [
        b"DisplayName,PrimarySmtpAddress,RecipientTypeDetails\nBoardroom,boardroom@contoso.com,RoomMailbox\n",
        b"Name;E-Mail\n\"Boardroom\";\"boardroom@contoso.com\"\n",
        b"Boardroom <boardroom@contoso.com>; Library <library@contoso.com>\n",
        b"<table><tr><td>boardroom@contoso.com</td></tr></table>\n",
        "\ufeffboardroom@contoso.com\r\n".encode("utf-16-le"),
        b"Name               PrimarySmtpAddress\n----               ------------------\nBoardroom          boardroom@contoso.com\n",
        b'[{"displayName": "Boardroom", "emailAddress": "boardroom@contoso.com"}]\n',
    ]
    write("rooms", [(settings / "rooms.csv").read_bytes(), (settings / "berlin.txt").read_bytes()] + tables)

    logs = [text for name in ("texts", "network", "narrowed") for text in pasted_texts(f"tests/explain/{name}.toml")]
    write("log", sorted(logs, key=len)[:: max(1, len(logs) // MOST)] + [as_text(response) for response in every[::9]])

    around = [b"secret \1.", b"https://x/?client_secret=\1&scope=y", b'{"a":"\1"}', b"\1\1", b"ab\1cd eyJhbGciOiJSUzI1NiJ9.e30.x \1"]
    write("redaction", [bytes([which, which * 5 + at]) + text for which in range(3) for at, text in enumerate(around)])
    edits = [b"aaBoardroom\nbb{\"x\":1}", b"\0\1null\n\1\0[]", b"\2\3-1", b"\1\7\x1b[2J<script>", b"\0\x11" + b"x" * 900]
    write("report", [bytes([base, use]) + edits[(base + use) % len(edits)] for base in range(4) for use in range(12)])


main()

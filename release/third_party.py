"""The licenses of what the program is built from, as one text file: whose code it is, and the text that must be kept."""
import collections
import json
import pathlib

from project import NAME, ROOT, output_of

HEADER = """Third-party licenses of rx-preflight {version} for {target}

The program contains the following packages. Each is listed with its version, its license, and its address. The license
texts of the packages follow below the list. Where a package offers a choice that includes MIT, its MIT text is given.
"""

# Code that the toolchain links and that is not a package of the registry.
RUNTIMES = {
    "windows": [("mingw-w64 runtime", "ZPL-2.1 and others", "https://www.mingw-w64.org"),
                ("libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org")],
    "linux": [("musl", "MIT", "https://musl.libc.org"),
              ("libunwind", "Apache-2.0 WITH LLVM-exception", "https://llvm.org")],
}


def metadata(cargo, target):
    """What cargo knows about the packages for a target."""
    command = [*cargo, "metadata", "--locked", "--format-version=1", "--filter-platform", target]
    return json.loads(output_of(*command, cwd=ROOT))


def shipped_packages(known):
    """The packages whose code is in the program: no tests, no build scripts, no macros that run in the compiler."""
    packages = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    waiting, reached = [known["resolve"]["root"]], set()
    while waiting:
        current = waiting.pop()
        if current in reached or any("proc-macro" in target["kind"] for target in packages[current]["targets"]):
            continue
        reached.add(current)
        for dependency in nodes[current]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    found = [packages[identity] for identity in reached if packages[identity]["name"] != NAME]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def license_files(package):
    """The files of a package that hold its license, or only its MIT license where that may be chosen."""
    folder = pathlib.Path(package["manifest_path"]).parent
    prefixes = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name.upper().startswith(prefixes))
    if named := package.get("license_file"):
        files = sorted({*files, folder / named})
    stated = package["license"] or ""
    is_choice = ("/" in stated or " OR " in stated) and " AND " not in stated
    mit = [path for path in files if "MIT" in path.name.upper()]
    return mit if is_choice and mit else files


def license_texts(packages):
    """Each license text once, with the packages that it covers, and the packages that come without a text."""
    texts, without = collections.defaultdict(list), []
    for package in packages:
        label = f"{package['name']} {package['version']}"
        files = license_files(package)
        for path in files:
            text = "\n".join(line.rstrip() for line in path.read_text("utf-8", "replace").strip().splitlines())
            texts[text].append(label)
        if not files:
            without.append(label)
    return texts, without


def document(known, target, version):
    """The whole text file for a target."""
    packages = shipped_packages(known)
    runtimes = RUNTIMES["windows" if "windows" in target else "linux"]
    lines = [HEADER.format(version=version, target=target)]
    for package in packages:
        license = package["license"] or "see its text below"
        lines.append(f"{package['name']} {package['version']}  {license}  {package['repository'] or ''}".rstrip())
    lines.append("Rust standard library  MIT OR Apache-2.0  https://github.com/rust-lang/rust")
    lines += ["  ".join(runtime) for runtime in runtimes]
    texts, without = license_texts(packages)
    if without:
        lines.append("\nThese packages contain no license text; their license is in the list: " + ", ".join(without))
    for text, covered in sorted(texts.items(), key=lambda item: item[1][0]):
        lines.append(f"\n{'=' * 80}\n{', '.join(dict.fromkeys(covered))}\n{'=' * 80}\n\n{text}")
    return "\n".join(lines) + "\n"

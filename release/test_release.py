"""Tests of the release scripts: with a small replacement for the program, so that nothing is compiled."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

import archives
import compilation
import inspection
import third_party
import toolchain
from project import LINUX, NAME, ROOT, TARGETS, WINDOWS, archive_name, manifest

VERSION = manifest()["version"]
SCRIPTS = ROOT / "release"


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text=""):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path


def run_script(script, *arguments, **variables):
    """Runs a script without variables that change what it finds."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    command = [str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**environment, **variables})


class Archives(Folder):
    def package(self, parent, order, time):
        """A folder as it is packed, whose files are written in an order and have a time stamp."""
        for name in order:
            path = self.write(f"{parent}/rx/{name}", name)
            os.utime(path, (time, time))
        (self.folder / parent / "rx" / NAME).chmod(0o755)
        return self.folder / parent / "rx"

    def test_the_same_content_gives_the_same_bytes(self):
        names = [NAME, "README.md", "docs/settings.md", "Zebra", "a"]
        first = self.package("one", names, 1_000_000_000)
        second = self.package("two", names[::-1], 1_700_000_000)
        for extension in [".zip", ".tar.gz"]:
            written = [self.folder / f"{name}{extension}" for name in ["x", "y"]]
            archives.write_archive(first, written[0], 1_600_000_000)
            archives.write_archive(second, written[1], 1_600_000_000)
            self.assertEqual(written[0].read_bytes(), written[1].read_bytes(), extension)

    def test_an_archive_can_be_unpacked_and_its_program_can_be_run(self):
        folder = self.package("one", [NAME, "docs/settings.md"], 1_000_000_000)
        for extension, unpack in [(".zip", ["unzip", "-q"]), (".tar.gz", ["tar", "--extract", "--file"])]:
            archive, target = self.folder / f"x{extension}", self.folder / f"unpacked{extension}"
            archives.write_archive(folder, archive, 1_600_000_000)
            target.mkdir()
            if not shutil.which(unpack[0]):
                continue
            subprocess.run([*unpack, str(archive)], cwd=target, check=True)
            self.assertTrue(os.access(target / "rx" / NAME, os.X_OK), extension)
            self.assertFalse(os.access(target / "rx/docs/settings.md", os.X_OK), extension)

    def test_checksums_have_the_format_of_sha256sum_and_find_a_changed_file(self):
        path = self.write("a.zip", "content")
        archives.write_checksums(self.folder)
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=self.folder, check=True)
        self.assertEqual(archives.read_checksums(self.folder), {"a.zip": hashlib.sha256(b"content").hexdigest()})
        path.write_text("changed")
        with self.assertRaises(ValueError):
            archives.read_checksums(self.folder)


class Version(Folder):
    def project(self, **changes):
        """A copy of the files that state the version, with a text replaced in some of them."""
        shutil.copytree(SCRIPTS, self.folder / "release", ignore=shutil.ignore_patterns("__pycache__"))
        dated = f"# Changelog\n\n## {VERSION} (2026-12-01)\n"
        texts = {name: (ROOT / name).read_text("utf-8") for name in ["Cargo.toml", "Cargo.lock"]}
        texts["CHANGELOG.md"] = dated
        for name, (old, new) in changes.items():
            file = {"lock": "Cargo.lock", "changelog": "CHANGELOG.md"}[name]
            self.assertIn(old, texts[file])
            texts[file] = texts[file].replace(old, new)
        for name, text in texts.items():
            self.write(name, text)
        return self.folder / "release/check-version"

    def test_a_release_whose_places_agree_is_accepted(self):
        done = run_script(self.project(), f"v{VERSION}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_another_tag_is_named(self):
        done = run_script(self.project(), "refs/tags/v99.0.0")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"the tag is v99.0.0, it must be v{VERSION}", done.stderr)

    def test_another_version_in_the_lock_file_is_named(self):
        own = f'name = "{NAME}"\nversion = "{VERSION}"'
        done = run_script(self.project(lock=(own, own.replace(VERSION, "99.0.0"))))
        self.assertEqual(done.returncode, 1)
        self.assertIn("Cargo.lock has 99.0.0", done.stderr)

    def test_another_version_in_the_changelog_is_named(self):
        done = run_script(self.project(changelog=(f"## {VERSION}", "## 99.0.0")))
        self.assertEqual(done.returncode, 1)
        self.assertIn("CHANGELOG.md has 99.0.0", done.stderr)

    def test_a_tag_requires_a_date_in_the_changelog(self):
        script = self.project(changelog=("2026-12-01", "unreleased"))
        self.assertEqual(run_script(script).returncode, 0)
        done = run_script(script, f"v{VERSION}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("must state the date", done.stderr)


class PublishFiles(Folder):
    def publish(self, **variables):
        return run_script(SCRIPTS / "publish-files", VERSION, self.folder, SOURCE_DATE_EPOCH="1600000000", **variables)

    def release(self, *names):
        """A folder as `release/build` writes it, with texts in place of archives."""
        for name in names or [*map(archive_name, TARGETS), f"{NAME}-{VERSION}-source.tar.gz"]:
            self.write(name, name)
        archives.write_checksums(self.folder)

    def published(self, owner="contoso"):
        self.release()
        done = self.publish(GITHUB_REPOSITORY=f"{owner}/{NAME}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {path.name: path.read_text("utf-8") for path in (self.folder / "publish").glob("*/*")}

    def test_every_template_is_filled_in(self):
        files = self.published()
        self.assertEqual(len(files), 5)
        for name, text in files.items():
            self.assertNotIn("@", text.replace("*std_cargo_args", ""), name)
            self.assertNotIn("OWNER", text + name, name)

    def test_winget_manifests_agree_with_each_other_and_with_the_archive(self):
        files = self.published()
        manifests = [yaml.safe_load(text) for name, text in files.items() if name.endswith(".yaml")]
        self.assertEqual({found["PackageIdentifier"] for found in manifests}, {f"contoso.{NAME}"})
        self.assertEqual({found["PackageVersion"] for found in manifests}, {VERSION})
        self.assertEqual({found["ManifestType"] for found in manifests}, {"version", "installer", "defaultLocale"})
        installer = yaml.safe_load(files[f"contoso.{NAME}.installer.yaml"])
        expected = hashlib.sha256(archive_name(WINDOWS).encode()).hexdigest()
        self.assertEqual(installer["Installers"][0]["InstallerSha256"], expected)
        address = f"https://github.com/contoso/{NAME}/releases/download/v{VERSION}/{archive_name(WINDOWS)}"
        self.assertEqual(installer["Installers"][0]["InstallerUrl"], address)

    def test_scoop_and_homebrew_have_the_checksums_of_their_archives(self):
        files = self.published()
        scoop = json.loads(files[f"{NAME}.json"])
        expected = hashlib.sha256(archive_name(WINDOWS).encode()).hexdigest()
        self.assertEqual(scoop["architecture"]["64bit"]["hash"], expected)
        source = f"{NAME}-{VERSION}-source.tar.gz"
        self.assertIn(f'sha256 "{hashlib.sha256(source.encode()).hexdigest()}"', files[f"{NAME}.rb"])

    def test_an_archive_that_is_absent_is_named(self):
        self.release(archive_name(LINUX))
        done = self.publish()
        self.assertEqual(done.returncode, 1)
        self.assertIn("is its archive in the folder?", done.stderr)

    def test_an_archive_that_was_changed_after_its_checksum_is_named(self):
        self.release()
        (self.folder / archive_name(WINDOWS)).write_text("changed")
        done = self.publish()
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{archive_name(WINDOWS)} does not match its checksum", done.stderr)


class Inspection(Folder):
    def test_a_folder_of_this_machine_is_found_in_a_program(self):
        program = self.write("program", "panicked at /home/builder/.cargo/registry/src/x.rs")
        found = inspection.foreign_paths(program, [pathlib.Path("/home/builder/.cargo"), pathlib.Path("/work/other")])
        self.assertEqual(len(found), 1)

    def test_libraries_of_the_compiler_are_not_system_libraries(self):
        for name in ["libgcc_s_seh-1.dll", "libwinpthread-1.dll", "vcruntime140.dll"]:
            self.assertFalse(name in inspection.SYSTEM_LIBRARIES or inspection.API_SETS.fullmatch(name), name)
        self.assertTrue(inspection.API_SETS.fullmatch("api-ms-win-core-synch-l1-2-0.dll"))


class Compilation(Folder):
    def test_the_more_specific_folder_is_replaced_last(self):
        """The compiler applies the last replacement that fits."""
        known = toolchain.Toolchain("test", "cargo", "rustc", {}, [], [])
        folders = compilation.local_folders(known, ROOT, ROOT / "target")
        for place, (folder, _) in enumerate(folders):
            for later, _ in folders[place + 1 :]:
                self.assertFalse(folder.is_relative_to(later) and folder != later, f"{later} hides {folder}")

    @unittest.skipUnless(shutil.which("x86_64-w64-mingw32-windres"), "needs mingw; release/build installs it")
    def test_the_resources_are_the_same_in_every_folder(self):
        written = []
        for name in ["one", "another-folder"]:
            (self.folder / name).mkdir()
            written.append(compilation.write_resources(ROOT, self.folder / name).read_bytes())
        self.assertEqual(written[0], written[1])
        self.assertIn(VERSION.encode("utf-16-le"), written[0])
        self.assertIn(b"longPathAware", written[0])
        self.assertNotRegex(written[0], b"@[A-Z]+@")


class ThirdParty(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.known = {target: third_party.metadata(["cargo"], target) for target in [LINUX, WINDOWS]}

    def names(self, target):
        return {package["name"] for package in third_party.shipped_packages(self.known[target])}

    def test_the_list_holds_what_is_in_the_program_and_nothing_else(self):
        for target in self.known:
            self.assertLessEqual({"rustls", "tokio", "clap"}, self.names(target))
            # Of the tests, of the build, and macros.
            self.assertFalse({"insta", "proptest", "cc", "serde_derive", NAME} & self.names(target))
        self.assertIn("windows-sys", self.names(WINDOWS))
        self.assertNotIn("windows-sys", self.names(LINUX))

    def test_every_package_states_a_license_and_texts_are_given_once(self):
        for target, known in self.known.items():
            for package in third_party.shipped_packages(known):
                self.assertTrue(package["license"] or third_party.license_files(package), package["name"])
            text = third_party.document(known, target, VERSION)
            self.assertIn("rustls ", text)
            self.assertIn("Permission is hereby granted", text)
            self.assertNotIn(str(pathlib.Path.home()), text)


if __name__ == "__main__":
    unittest.main()

"""Compares an RPM package with a Debian package: rpm.py DEBIAN_PACKAGE RPM_PACKAGE.

Both install the same files, with the same content and permissions, except for those that belong to one of the formats.
Needs dpkg-deb, rpm, rpm2cpio and cpio.
"""

import gzip
import pathlib
import stat
import subprocess
import sys
import tempfile

DEBIAN_ONLY = {"usr/share/doc/jeton/changelog.Debian.gz", "usr/share/lintian/overrides/jeton"}
# Files of the Debian package that have another path in the RPM package.
MOVED = {
    "usr/share/doc/jeton/copyright": "usr/share/licenses/jeton/LICENSE",
    "usr/share/zsh/vendor-completions/_jeton": "usr/share/zsh/site-functions/_jeton",
}
# Debian's form of the licence has a head.
OTHER_CONTENT = {"usr/share/licenses/jeton/LICENSE"}
SETTINGS = "/etc/jeton/jeton.toml"
SCRIPTLETS = pathlib.Path(__file__).parents[2] / "deploy/rpm"


def main(debian, rpm):
    with tempfile.TemporaryDirectory(prefix="jeton-rpm-") as folder:
        folder = pathlib.Path(folder)
        compare(unpack_debian(debian, folder / "debian"), unpack_rpm(rpm, folder / "rpm"), rpm)
        check_metadata(lambda *query: run(["rpm", f"--dbpath={folder}/db", "--query", "--package", *query, rpm]).decode())
    print("package: the RPM package installs what the Debian package does")


def unpack_debian(package, folder):
    run(["dpkg-deb", "--extract", package, folder])
    return folder


def unpack_rpm(package, folder):
    folder.mkdir()
    # rpm2cpio also fails for a complete archive, if the header counts the bytes of the files instead of the archive, as
    # that of cargo-generate-rpm does. An incomplete one lacks files, or contents that are compared.
    archive = subprocess.run(["rpm2cpio", package], stdout=subprocess.PIPE).stdout
    run(["cpio", "--extract", "--make-directories", "--quiet", "--no-absolute-filenames"], cwd=folder, input=archive)
    return folder


def compare(debian, rpm, package):
    expected = {MOVED.get(path, path): file for path, file in files(debian).items() if path not in DEBIAN_ONLY}
    found = files(rpm)
    only = sorted(expected.keys() ^ found.keys())
    expect(not only, f"each file is in both packages: {only}")
    listed = run(["rpm", "--query", "--package", "--list", package]).decode().split()
    expect(sorted(listed) == sorted(f"/{path}" for path in found), f"the header lists the files: {listed}")
    for path, file in found.items():
        expect(mode(file) == mode(expected[path]), f"{path} has the same permissions in both packages")
        same = content(file) == content(expected[path])
        expect(same or path in OTHER_CONTENT, f"{path} has the same content in both packages")


def check_metadata(query):
    expect(query("--configfiles").split() == [SETTINGS], "the settings are the only configuration file")
    flags = dict(line.split("|") for line in query("--queryformat", "[%{FILENAMES}|%{FILEFLAGS:fflags}\n]").splitlines())
    expect(set(flags[SETTINGS]) == set("cn"), "changed settings are kept (noreplace)")
    owners = set(query("--queryformat", "[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]").split())
    expect(owners == {"root:root"}, f"root owns all files: {owners}")
    scripts = query("--scripts")
    for name in ("post", "preun", "postun"):
        text = (SCRIPTLETS / name).read_text().strip()
        expect(text in scripts, f"the scriptlet {name} is in the package")
    required = query("--requires")
    for name in ("systemd", "/bin/sh", "libc.so.6"):
        expect(name in required, f"the package requires {name}: {required}")


def files(folder):
    """Returns the files below a folder, by their path in it."""
    return {str(file.relative_to(folder)): file for file in folder.rglob("*") if not file.is_dir()}


def content(file):
    """Returns the content, decompressed: the tools compress differently."""
    data = file.read_bytes()
    return gzip.decompress(data) if file.suffix == ".gz" else data


def mode(file):
    return stat.S_IMODE(file.stat().st_mode)


def run(command, **options):
    """Runs a command that has to succeed, and returns its output."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    expect(done.returncode == 0, f"{command[0]} succeeds: {done.stderr.decode(errors='replace')}")
    return done.stdout


def expect(holds, what):
    if not holds:
        raise SystemExit(f"package: expected that {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])

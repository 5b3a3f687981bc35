"""Installs a Debian package in a throw-away root, and runs its service there as its unit says.

lifecycle.py EARLIER CURRENT: the packages of an earlier and of the current version. Needs root, and no running systemd:
this program is the service manager.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.request

PACKAGE = "jeton"
UNIT = "usr/lib/systemd/system/jeton.service"
SETTINGS = "etc/jeton/jeton.toml"
CREDENTIALS = "etc/jeton/credentials"
DATA = "var/lib/jeton"
COMPLETIONS = ("bash-completion/completions/jeton", "zsh/vendor-completions/_jeton", "fish/vendor_completions.d/jeton.fish")
PASSWORD = "correct horse battery"
# Maximum number of seconds until the service sends the expected notification, and until it stops.
TOLD_WITHIN = 60


def main(earlier, current):
    with tempfile.TemporaryDirectory(prefix="jeton-root-") as folder:
        root = Root(pathlib.Path(folder))
        install(root, earlier)
        token = set_up(root)
        upgrade(root, current, token)
        keep_the_key_elsewhere(root, token)
        remove(root)
        purge(root)


def install(root, package):
    root.dpkg("--install", package)
    for path in ("usr/bin/jeton", UNIT, SETTINGS, "usr/share/man/man1/jeton.1.gz"):
        expect(root.path(path).is_file(), f"{path} is installed")
    for shell in COMPLETIONS:
        expect(root.path("usr/share", shell).is_file(), f"{shell} is installed")
    expect(mode(root.path(CREDENTIALS)) == 0o700, "nobody but root enters the directory of the credentials")
    expect(root.user() is not None, "the service has a user")
    expect(not list(root.path("etc/systemd").rglob("*.wants/*")), "the service is not enabled")


def set_up(root):
    """Sets up a server, and returns the operator token."""
    replace(root.path(SETTINGS), 'addr = "127.0.0.1:8086"', 'addr = "127.0.0.1:0"')
    with Service(root) as service:
        expect(mode(root.path(DATA, "audit.key")) == 0o600, "nobody else reads the audit key")
        first = {"username": "alice", "password": PASSWORD, "org": "my-org", "bucket": "telemetry"}
        token = service.post("/api/v2/setup", first)["auth"]["token"]
        expect(buckets(service, token), "the token of the set-up works")
        return token


def upgrade(root, package, token):
    before = root.version()
    root.dpkg("--install", package)
    expect(root.version() != before, "the version is another one")
    expect('addr = "127.0.0.1:0"' in root.path(SETTINGS).read_text(), "changed settings are kept")
    with Service(root) as service:
        expect(buckets(service, token), "a token of the earlier version works")
        service.reload()


def keep_the_key_elsewhere(root, token):
    """Moves the audit key to the credentials, as the settings suggest."""
    shutil.move(root.path(DATA, "audit.key"), root.path(CREDENTIALS, "audit.key"))
    os.chown(root.path(CREDENTIALS, "audit.key"), 0, 0)
    replace(root.path(SETTINGS), "#audit-key-file", "audit-key-file")
    with Service(root) as service:
        expect(buckets(service, token), "a token works with the key in a credential")
    expect(not root.path(DATA, "audit.key").exists(), "no other key was made")


def remove(root):
    root.dpkg("--remove", PACKAGE)
    expect(not root.path("usr/bin/jeton").exists(), "the program is gone")
    for path in (SETTINGS, f"{DATA}/jeton.db", f"{CREDENTIALS}/audit.key"):
        expect(root.path(path).is_file(), f"{path} is kept")


def purge(root):
    backup = root.path("var/backups/jeton/monday.db")
    backup.parent.mkdir(parents=True)
    backup.touch()
    root.dpkg("--purge", PACKAGE)
    expect(backup.is_file(), "backups are kept")
    for path in ("etc/jeton", DATA):
        expect(not root.path(path).exists(), f"{path} is gone")
    left = [path for path in root.path("usr").rglob("*jeton*")]
    expect(not left, f"nothing is left in usr: {left}")


def buckets(service, token):
    names = [bucket["name"] for bucket in service.get("/api/v2/buckets?org=my-org", token)["buckets"]]
    return "telemetry" in names


class Root:
    """A root directory with a package, and with the libraries that its program needs."""

    def __init__(self, folder):
        self.folder = folder
        folder.chmod(0o755)
        for path in ("etc", "run", "tmp", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
            self.path(path).mkdir(parents=True, exist_ok=True)
        for path in ("status", "available"):
            self.path("var/lib/dpkg", path).touch()

    def path(self, *parts):
        return self.folder.joinpath(*parts)

    def dpkg(self, *arguments):
        # What the package depends on is not in this root, and its scripts run outside of it, with DPKG_ROOT.
        flags = ["--force-depends", "--force-script-chrootless", "--force-confold", "--log=/dev/null"]
        # Machines in containers may be set up to leave out manuals and documents.
        flags.append("--path-include=*")
        run(["dpkg", f"--root={self.folder}", *flags, *arguments])

    def version(self):
        query = ["dpkg-query", f"--admindir={self.path('var/lib/dpkg')}", "--showformat=${Version}", "--show", PACKAGE]
        return run(query)

    def user(self):
        """Returns the ids of the service's user and group."""
        for line in self.path("etc/passwd").read_text().splitlines():
            name, _, user, group, *_ = line.split(":")
            if name == PACKAGE:
                return int(user), int(group)
        return None

    def add_libraries(self, program):
        for word in run(["ldd", program]).split():
            if word.startswith("/") and os.path.isfile(word):
                copy = self.path(word.lstrip("/"))
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(word, copy)


class Service:
    """The service, run as its unit says: as its user, in its directory, with its credentials and a watchdog."""

    def __init__(self, root):
        self.root = root
        self.unit = unit(root.path(UNIT))
        self.user, self.group = root.user()

    def __enter__(self):
        root = self.root
        command = self.unit["ExecStart"][0].split()
        root.add_libraries(root.path(command[0].lstrip("/")))
        self.make_directory("var/lib/" + self.unit["StateDirectory"][0], self.unit["StateDirectoryMode"][0])
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify = root.path("run/notify")
        notify.unlink(missing_ok=True)
        self.socket.bind(str(notify))
        self.socket.settimeout(TOLD_WITHIN)
        os.chown(notify, self.user, self.group)
        variables = {
            "CREDENTIALS_DIRECTORY": "/" + self.credentials(),
            "NOTIFY_SOCKET": "/run/notify",
            # A tenth of the unit's, so that the test does not wait for long.
            "WATCHDOG_USEC": str(int(self.unit["WatchdogSec"][0]) * 100_000),
        }
        self.log = open(root.path("run/log"), "w+b")
        self.process = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=self.confine
        )
        try:
            self.expect_messages("READY=1", "WATCHDOG=1")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, failed, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(int(self.unit["TimeoutStopSec"][0]))
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.socket.close()
        if failed is None:
            expect(status == 0, f"it stops well, not with {status}: {self.logged()}")

    def confine(self):
        """Runs in the new process, before its program."""
        os.chroot(self.root.folder)
        os.chdir(self.unit["WorkingDirectory"][0])
        os.setgroups([])
        os.setgid(self.group)
        os.setuid(self.user)
        os.umask(int(self.unit["UMask"][0], 8))

    def credentials(self):
        """Passes the credentials on as LoadCredential= does, and returns their directory."""
        name, source = self.unit["LoadCredential"][0].split(":")
        directory = self.root.path("run/credentials")
        shutil.rmtree(directory, ignore_errors=True)
        self.make_directory("run/credentials", "0500")
        for file in self.root.path(source.lstrip("/")).iterdir():
            copy = directory / f"{name}_{file.name}"
            shutil.copyfile(file, copy)
            copy.chmod(0o400)
            os.chown(copy, self.user, self.group)
        return "run/credentials"

    def make_directory(self, path, permissions):
        directory = self.root.path(path)
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(int(permissions, 8))
        os.chown(directory, self.user, self.group)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        self.expect_messages("RELOADING=1", "READY=1")

    def expect_messages(self, *messages):
        for message in messages:
            try:
                received = self.receive_other_than("WATCHDOG=1") if message != "WATCHDOG=1" else self.receive()
            except TimeoutError:
                raise SystemExit(f"package: the service does not say {message}: {self.logged()}")
            expect(received == message, f"the service says {message}, not {received}")

    def receive_other_than(self, usual):
        while (received := self.receive()) == usual:
            pass
        return received

    def receive(self):
        return self.socket.recv(256).decode()

    def logged(self):
        return self.root.path("run/log").read_text()

    def address(self):
        for line in self.logged().splitlines():
            if line.startswith("Jeton answers on "):
                return line.split()[-1]
        raise SystemExit(f"package: the service prints no address: {self.logged()}")

    def get(self, path, token):
        return self.ask(urllib.request.Request(self.address() + path, headers={"Authorization": f"Token {token}"}))

    def post(self, path, body):
        headers = {"Content-Type": "application/json"}
        return self.ask(urllib.request.Request(self.address() + path, json.dumps(body).encode(), headers))

    def ask(self, request):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as response:
            return json.load(response)


def unit(path):
    """Returns the settings of a unit, each with all its values."""
    settings = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def replace(path, text, by):
    content = path.read_text()
    expect(text in content, f"{path} contains {text}")
    path.write_text(content.replace(text, by, 1))


def run(command):
    """Runs a command that has to succeed, and returns its output."""
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    expect(done.returncode == 0, f"{command[0]} succeeds: {done.stdout}")
    return done.stdout


def expect(holds, what):
    if not holds:
        raise SystemExit(f"package: expected that {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])

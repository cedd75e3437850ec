"""All modules can be imported on a system without what only POSIX has."""

from __future__ import annotations

import os
import subprocess
import sys

HANG_SEC = 300
POSIX_ONLY = ("crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios",
              "tty", "uvloop")  # fmt: skip
NAMES_OF_OS = ("fork", "forkpty", "geteuid", "getpgid", "getuid", "killpg", "setsid", "uname",
               "sched_getaffinity", "set_blocking", "O_NOFOLLOW", "O_CLOEXEC", "mkfifo", "chown",
               "fchmod", "fchown", "lchown", "posix_fallocate")  # fmt: skip
NAMES_OF_SIGNAL = ("SIGHUP", "SIGKILL", "SIGSTOP", "SIGPIPE", "SIGALRM", "SIGCHLD", "SIGUSR1",
                   "SIGUSR2", "SIGQUIT", "setitimer", "pthread_sigmask")  # fmt: skip

PROGRAM = """
import importlib, os, pkgutil, signal, sys, types

SLOW = ("cartfuzz.harness.executors.dask_cluster", "cartfuzz.reports.html.charts")

def import_all():
    import cartfuzz
    for module in pkgutil.walk_packages(cartfuzz.__path__, "cartfuzz."):
        if not module.name.endswith("__main__") and module.name not in SLOW:
            importlib.import_module(module.name)

import_all()  # so that other packages are there: they are not what is tested
for name in [name for name in sys.modules if name.partition(".")[0] == "cartfuzz"]:
    del sys.modules[name]
posix_only, of_os, of_signal = (part.split(",") for part in sys.argv[1:])
sys.modules.update(dict.fromkeys(posix_only))
sys.modules["msvcrt"] = types.ModuleType("msvcrt")
for module, names in ((os, of_os), (signal, of_signal)):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"
import_all()
print("all imported")
"""


def test_all_modules_are_imported_without_posix() -> None:
    """In principle Windows: without its modules, signals and calls of the operating system."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            PROGRAM,
            *(",".join(names) for names in (POSIX_ONLY, NAMES_OF_OS, NAMES_OF_SIGNAL)),
        ],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG_SEC,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "all imported\n"

"""What dig must say, for flows in Python."""

import subprocess
import time


def dig(name, kind, *options):
    """Everything dig +short says, sorted."""
    command = ["dig", "@127.0.0.1", name, kind, "+short", "+tries=1", "+time=2", *options]
    return sorted(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")[:-1])


def answers(name, kind, *expected, options=(), wait=1.0):
    """dig says exactly that, at the latest in so many seconds."""
    deadline = time.monotonic() + wait
    while True:
        heard = dig(name, kind, *options)
        if heard == sorted(expected):
            print(f"dig {name} {kind} {' '.join(options)}: {heard}")
            return
        assert time.monotonic() < deadline, f"dig {name} {kind} {options} says {heard}, not {sorted(expected)}"
        time.sleep(0.02)

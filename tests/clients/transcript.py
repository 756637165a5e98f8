"""Runs a section of a document as a terminal would: transcript.py FILE HEADING.

In ```console blocks a line behind `$ ` is a command, those behind `> ` its next lines, all else what it must say. One shell runs
them all."""

import subprocess
import sys

END = "--- that was "


def commands(lines):
    """(command, what it says), in order."""
    found, in_block = [], False
    for line in lines:
        if line.startswith("```"):
            in_block = line == "```console"
        elif in_block and line.startswith("$ "):
            found.append(([line[2:]], []))
        elif in_block and line.startswith("> "):
            found[-1][0].append(line[2:])
        elif in_block:
            found[-1][1].append(line)
    return [("\n".join(command), said) for command, said in found]


def section(text, heading):
    lines = text.splitlines()
    start = lines.index(f"## {heading}")
    after = [number for number, line in enumerate(lines) if number > start and line.startswith("## ")]
    return lines[start : after[0] if after else None]


shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
steps = commands(section(open(sys.argv[1]).read(), sys.argv[2]))
assert steps, f"{sys.argv[1]} has no commands in {sys.argv[2]}"
for command, expected in steps:
    shell.stdin.write(f"{command}\necho '{END}'$?\n")
    shell.stdin.flush()
    said = []
    while not (line := shell.stdout.readline()).startswith(END):
        assert line, f"the shell ended in {command}"
        said.append(line.rstrip("\n"))
    print(f"$ {command}\n" + "\n".join(said))
    assert line.strip() == f"{END}0", f"failed: {command}"
    assert said == expected, f"{command} says {said}, not {expected}"
shell.stdin.close()

"""Writes what CPython 3.11 prints for each program of this folder: run it with the system's python3.

A file holds many small programs, each under a line `#: title`. Each runs by itself, behind prelude.py, in a process of its own.
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def programs(text):
    """Title and source of each program in a file."""
    parts = text.split('#: ')[1:]
    return [part.split('\n', 1) for part in parts]


def main():
    python = sys.executable if len(sys.argv) < 2 else sys.argv[1]
    prelude = (HERE / 'prelude.py').read_text()
    for file in sorted(HERE.glob('*.py')):
        if file.name in ('prelude.py', 'regen.py'):
            continue
        out = ''
        for title, source in programs(file.read_text()):
            ran = subprocess.run([python, '-c', prelude + source], capture_output=True, text=True)
            if ran.returncode != 0:
                sys.exit(f'{file.name}: {title}\n{ran.stderr}')
            out += f'#: {title}\n{ran.stdout}'
        file.with_suffix('.out').write_text(out)


main()

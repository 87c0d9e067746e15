"""Snakemake, started so that it ends with the build that called it."""

import sys

from companion.machine.lifeline import hold_on_to_build


def main() -> None:
    """``python -m companion.pipeline.snakemake_command ARGUMENTS``: Snakemake with these arguments."""
    hold_on_to_build()
    from snakemake.cli import main as snakemake

    snakemake(sys.argv[1:])


if __name__ == "__main__":
    main()

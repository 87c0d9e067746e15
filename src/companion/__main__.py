"""``python -m companion``: the command line, for callers that know an interpreter and no path."""

from companion.cli import main

main()

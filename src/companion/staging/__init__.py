"""From verdicts and executed notebooks to a folder that Jupyter Book renders."""

from companion.staging.book import stage

__all__ = ["stage"]

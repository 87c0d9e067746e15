"""From verdicts and executed notebooks to a folder that Jupyter Book renders."""

"""The two ways in which data is refused."""

from pathlib import Path


class DataUnavailable(RuntimeError):
    """A data set is not on this machine and cannot be fetched. The message is one sentence with every way to get it."""

    def __init__(self, name: str, reason: str, ways: tuple[str, ...]) -> None:
        every_way = (*ways, f"putting its files into $RECTIFIED_DATA/{name}, a folder of your choice")
        super().__init__(
            f"The data set {name} is not available ({reason}): get it by " + ", or by ".join(every_way) + "."
        )
        self.name = name


class CorruptData(RuntimeError):
    """A file lies where a data set is looked for, but its content is not the registered one."""

    def __init__(self, file: Path, expected: str, found: str) -> None:
        super().__init__(
            f"The data file {file} is corrupt: expected {expected}, found {found}. Remove it or replace it."
        )
        self.file = file
        self.expected = expected
        self.found = found

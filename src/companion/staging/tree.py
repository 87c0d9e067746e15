"""The stage: files collected first, then written only where they differ; what is no longer made is removed."""

from pathlib import Path, PurePosixPath

from companion.errors import BuildFailed
from companion.files import write_if_different


class Stage:
    """The files of a book to be rendered, by their path inside the stage."""

    def __init__(self) -> None:
        self._files: dict[PurePosixPath, bytes] = {}

    def add(self, path: str, content: str | bytes) -> None:
        """Put a file on the stage; a later one of the same path replaces it."""
        self._files[PurePosixPath(path)] = content.encode("utf-8") if isinstance(content, str) else content

    def add_folder(self, folder: Path, under: str) -> None:
        """Put every file of ``folder`` on the stage, hidden ones left out."""
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                self.add(f"{under}/{inside.as_posix()}", path.read_bytes())

    def remove(self, suffix: str) -> None:
        """Take the files whose paths end in ``suffix`` off the stage."""
        self._files = {path: content for path, content in self._files.items() if not path.name.endswith(suffix)}

    def text(self, path: str) -> str:
        """The content of a staged text file.

        Raises:
            BuildFailed: If nobody has staged it.
        """
        try:
            return self._files[PurePosixPath(path)].decode("utf-8")
        except KeyError:
            raise BuildFailed(f"{path} is missing; CONTRIBUTING.md says in ten steps what a chapter needs") from None

    def paths(self, suffix: str) -> list[str]:
        """The staged paths that end in ``suffix``, sorted."""
        return sorted(str(path) for path in self._files if path.name.endswith(suffix))

    def write(self, folder: Path) -> None:
        """Make ``folder`` hold exactly the staged files; a file that is the same already is not touched.

        Raises:
            BuildFailed: If a file cannot be written.
        """
        for path, content in self._files.items():
            write_if_different(folder / path, content)
        for old in sorted(folder.rglob("*"), reverse=True):
            if old.is_dir():
                if not any(old.iterdir()):
                    old.rmdir()
            elif PurePosixPath(old.relative_to(folder).as_posix()) not in self._files:
                old.unlink()

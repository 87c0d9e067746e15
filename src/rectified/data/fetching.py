"""Downloads from the official mirrors, by pooch and the registered hash; else out of Debian's package."""

import os
from pathlib import Path

from rectified.data.debian import has_package, unpacked_package
from rectified.data.errors import DataUnavailable
from rectified.data.locating import cache_folder, located
from rectified.data.registry import DataFile, DataSet

CONNECT_SECONDS = 3.0  # for each mirror: a machine without internet must say so soon
READ_SECONDS = 30.0  # between two pieces of a file, not for the whole of it


def fetched(data_set: DataSet, file: DataFile) -> Path:
    """The path of ``file`` in the cache, from the first source that gives it; its content is not yet checked.

    Raises:
        DataUnavailable: If downloads are forbidden by ``RECTIFIED_OFFLINE``, or no source gives the file.
    """
    if file.download is None or not data_set.mirrors:
        raise DataUnavailable(data_set.name, f"{file.name} is in none of its folders", data_set.ways)
    if is_offline():
        reason = f"{file.name} is in none of its folders, and RECTIFIED_OFFLINE forbids the download"
        raise DataUnavailable(data_set.name, reason, data_set.ways)
    failures = []
    for mirror in data_set.mirrors:
        outcome = _from_mirror(mirror, data_set, file)
        if isinstance(outcome, Path):
            return outcome
        failures.append(outcome)
    if has_package(data_set):
        failures.append(unpacked_package(data_set, cache_folder()))
        if path := located(data_set, file):
            return path
    raise DataUnavailable(data_set.name, f"{file.name}: " + "; ".join(failures), data_set.ways)


def is_offline() -> bool:
    """Whether ``RECTIFIED_OFFLINE`` forbids downloads: set, and neither empty nor 0."""
    return os.environ.get("RECTIFIED_OFFLINE", "") not in {"", "0"}


def _from_mirror(mirror: str, data_set: DataSet, file: DataFile) -> Path | str:
    """The downloaded file, or in a few words why this mirror did not give it."""
    import pooch
    from requests.exceptions import RequestException

    assert file.download is not None
    host = mirror.split("/")[2]
    try:
        path = pooch.retrieve(
            url=mirror + file.download.name,
            known_hash=f"sha256:{file.download.sha256}",
            fname=file.download.name,
            path=cache_folder() / data_set.name,
            downloader=pooch.HTTPDownloader(timeout=(CONNECT_SECONDS, READ_SECONDS)),
        )
    except RequestException as error:
        return f"{host} does not answer ({type(error).__name__})"
    except OSError as error:
        return f"{cache_folder()} cannot be written ({error.strerror})"
    except ValueError:
        return f"{host} gave other bytes than the registered ones"  # pooch has deleted them
    return Path(path)

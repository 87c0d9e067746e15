"""Two networks shown in space, ours beside TensorSpace 0.6.1: first picture, turning, rest, bytes, and numbers.

Run: `python -m benchmarks.scenes`, after `npm ci`, with Chromium. The networks are LeNet (6,598 neurons with its input)
and ten layers of convolutions and pooling (102,410), with weights made by a seed. Both programs get the same weights
and draw as many pixels in the same browser, from files, with the network off, without a graphics card. They take turns;
times are medians. Ratios are TensorSpace's number over ours, open beside open and closed beside closed: a closed layer
is shown as one map. At first ours has open layers and TensorSpace closed ones.

npm takes TensorSpace and the libraries of its time into a temporary folder, which is deleted afterwards; with
`--peer FOLDER` they come from the `node_modules` there. Without npm, or without a network, our own columns are shown.

- "first picture": from the start of loading to the first frame that shows the activations, fully drawn.
- "frames a second": the scene is turned, the program's own loop draws, and reading one pixel waits for it.
- "draw calls": calls of WebGL's draw functions in one such frame; "at rest": frames in two seconds without an event.
- "difference": from PyTorch in float32, over the largest activation of the layer, in the worst layer. Ours draws the
  numbers of PyTorch and can also compute them in the page; TensorSpace draws what TensorFlow.js computes, on its
  processor backend, on which its first picture comes earlier here than with `--backend webgl`.
"""

import argparse
import gzip
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from benchmarks.tensorspace.peer import installed, write_page
from companion.machine.browser import chromium_path, in_browser
from netspace.network.examples import lenet
from netspace.network.scene import network_scene
from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT, PROBE = Path(__file__).parents[1], Path(__file__).with_name("drawn_frames.js")
NAME, FRAMES, ROUNDS, REST, PATIENCE = "space", 40, 3, 2000, 120_000
HANDLE = f"netspace.get('{NAME}')"
UNBOUNDED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")  # else 60 frames a second are the most
AGREEMENT = 1e-5  # float32 rounding is about 1e-6 here; one weight in a wrong place gives 1e-2

Numbers = dict[str, float]
Work = Callable[["Browser", "Contestant"], tuple[float, ...]]


@dataclass(frozen=True)
class Contestant:
    """A page and, in JavaScript, how it is asked.

    Attributes:
        page: The file to open; all files of its folder are shipped.
        is_shown: Whether a frame shows the activations.
        is_settled: Whether everything that moves by itself has ended.
        turn: Turns the scene a little.
        drawn: The numbers that are drawn, a list for each layer.
        computed: The numbers that the page computes.
        prepare: What is done before anything but the first picture is measured.
        axes: Of maps in those lists, as axes of PyTorch's (channels, rows, columns).
    """

    page: Path
    is_shown: str
    is_settled: str
    turn: str
    drawn: str
    computed: str
    prepare: str = "null"
    axes: tuple[int, int, int] = (0, 1, 2)

    def sizes(self) -> tuple[int, int]:
        """Bytes of all files, as they are and each packed by gzip."""
        texts = [path.read_bytes() for path in self.page.parent.iterdir()]
        return sum(map(len, texts)), sum(len(gzip.compress(text, 9)) for text in texts)


def networks() -> dict[str, tuple[nn.Sequential, Tensor]]:
    """Both networks, each with an input."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for before, after in ((1, 16), (16, 32), (32, 64)):
        pair = nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.Conv2d(after, after, 3, padding=1), nn.ReLU()
        layers += [*pair, nn.MaxPool2d(2)]
    deep = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 5 * 5, 10), nn.Softmax(1))
    small = nn.Sequential(*lenet(), nn.Softmax(1))
    return {"LeNet": (small, torch.rand(1, 1, 28, 28)), "ten layers": (deep, torch.rand(1, 1, 40, 40))}


def activations(model: nn.Sequential, x: Tensor) -> list[Tensor]:
    """The input and every layer's output after its activation function."""
    found = [x[0]]
    for module in model:
        x = module(x)
        if isinstance(module, nn.ReLU | nn.Softmax):
            found[-1] = x[0]
        elif not isinstance(module, nn.Flatten):
            found.append(x[0])
    return found


def our_page(folder: Path, model: nn.Sequential, x: Tensor) -> Contestant:
    """One file with everything in it."""
    scene = network_scene(model, x, labels=list("0123456789"))
    bundle = viewer_bundle(ROOT)
    words = "A network."
    text = standalone_page(scene, name=NAME, title=words, alt=words, caption=words, bundle=bundle)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return Contestant(
        folder / "index.html",
        is_shown="true",
        is_settled=f"{HANDLE}.stats.isAtRest",
        turn=f"{HANDLE}.rotate(3, 0)",
        drawn=f"{HANDLE}.layers.map((layer) => Array.from(layer.values))",
        computed=f"{HANDLE}.forward({HANDLE}.layers[0].values).map((layer) => Array.from(layer))",
    )


def peer_page(page: Path) -> Contestant:
    """TensorSpace's page and how it is asked."""
    values = "shown.layers.map((layer) => Array.from(layer.neuralValue))"
    return Contestant(
        page,
        is_shown="window.shown !== undefined",
        is_settled="true",
        turn="shown.modelRenderer.camera.position.applyAxisAngle(new THREE.Vector3(0, 1, 0), 0.02)",
        drawn=values,
        computed=values,
        axes=(1, 2, 0),
    )


@contextmanager
def opened(browser: "Browser", contestant: Contestant) -> Iterator[tuple["Page", list[str]]]:
    """The page in a fresh context, once its first picture is there, and the addresses outside the disk it asked for."""
    context = browser.new_context(viewport={"width": 1100, "height": 1000}, offline=True)
    try:
        page = context.new_page()
        asked: list[str] = []
        page.on(
            "request", lambda request: asked.append(request.url) if request.url.startswith(("http", "ws")) else None
        )
        page.add_init_script(PROBE.read_text(encoding="utf-8"))
        page.add_init_script(f"probe.isShown = () => {contestant.is_shown};")
        page.goto(contestant.page.as_uri())
        page.wait_for_function("probe.first !== null", timeout=PATIENCE)
        yield page, asked
    finally:
        context.close()


def settled(page: "Page", contestant: Contestant) -> None:
    """Prepare the page, and wait until nothing moves by itself."""
    page.wait_for_function(contestant.is_settled, timeout=PATIENCE)
    page.evaluate(contestant.prepare)
    page.wait_for_timeout(REST)
    page.wait_for_function(contestant.is_settled, timeout=PATIENCE)


def first_picture(browser: "Browser", contestant: Contestant) -> tuple[float]:
    """Milliseconds."""
    with opened(browser, contestant) as (page, _asked):
        return (page.evaluate("probe.first"),)


def turned(browser: "Browser", contestant: Contestant) -> tuple[float, float]:
    """Frames a second while the scene is turned, and draw calls of a frame."""
    with opened(browser, contestant) as (page, _asked):
        settled(page, contestant)
        rate, calls = page.evaluate(f"probe.spin(() => {contestant.turn}, {FRAMES})")
        if len(calls) not in (FRAMES, FRAMES + 1):
            raise RuntimeError(f"{contestant.page}: {len(calls)} frames were drawn for {FRAMES} turns")
        return rate, statistics.median(calls)


def medians(work: Work, contestants: Mapping[str, Contestant], rounds: int, *flags: str) -> dict[str, list[float]]:
    """Medians of what ``work`` finds; contestants take turns, and a first round is not counted."""

    def all_rounds(browser: "Browser") -> list[list[tuple[float, ...]]]:
        return [[work(browser, one) for one in contestants.values()] for _ in range(rounds + 1)][1:]

    found = in_browser(all_rounds, flags=flags)
    return {
        name: [statistics.median(column) for column in zip(*of_one, strict=True)]
        for name, of_one in zip(contestants, zip(*found, strict=True), strict=True)
    }


def clockless(browser: "Browser", contestant: Contestant, truth: Sequence[Tensor]) -> Numbers:
    """What needs no clock."""
    with opened(browser, contestant) as (page, asked):
        settled(page, contestant)
        before = page.evaluate("probe.calls.length")
        page.wait_for_timeout(REST)
        resting = page.evaluate("probe.calls.length") - before
        drawn, computed = (page.evaluate(part) for part in (contestant.drawn, contestant.computed))
    raw, small = contestant.sizes()
    return {
        "frames in 2 s at rest": resting,
        "kB shipped": raw / 1e3,
        "kB shipped, gzip": small / 1e3,
        "requests to other hosts": len(asked),
        "difference, drawn": difference(drawn, truth, contestant.axes),
        "difference, computed": difference(computed, truth, contestant.axes),
    }


def difference(found: Sequence[Sequence[float]], truth: Sequence[Tensor], axes: tuple[int, int, int]) -> float:
    """The largest distance to PyTorch's activations, over the largest of the layer."""
    worst = 0.0
    for values, layer in zip(found, truth, strict=True):
        expected = (layer.permute(axes) if layer.ndim == 3 else layer).flatten()
        worst = max(worst, ((torch.tensor(values) - expected).abs().max() / expected.abs().max()).item())
    return worst


def columns_of(contestants: Mapping[str, Contestant], truth: Sequence[Tensor], loads: int) -> dict[str, Numbers]:
    """A column for each contestant."""
    times = medians(first_picture, contestants, loads)
    rates = medians(turned, contestants, ROUNDS, *UNBOUNDED)
    others = in_browser(lambda browser: {name: clockless(browser, one, truth) for name, one in contestants.items()})
    rows = "ms to the first picture", "frames a second, turning", "draw calls a frame"
    return {name: dict(zip(rows, times[name] + rates[name], strict=True)) | others[name] for name in contestants}


def drawn_size(contestant: Contestant) -> list[int]:
    """Width and height of the picture in pixels."""

    def size(browser: "Browser") -> list[int]:
        with opened(browser, contestant) as (page, _asked):
            found: list[int] = page.evaluate("[probe.gl.drawingBufferWidth, probe.gl.drawingBufferHeight]")
        return found

    return in_browser(size)


def contest(work: Path, modules: Path | None, model: nn.Sequential, x: Tensor, options: argparse.Namespace) -> bool:
    """Print the table of one network; whether all pages have PyTorch's numbers."""
    truth, ours = activations(model, x), our_page(work / "ours", model, x)
    closing = f"{HANDLE}.layers.forEach((_, l) => {HANDLE}.close(l))"
    contestants = {"ours, open": ours, "ours, closed": replace(ours, prepare=closing)}
    size = drawn_size(ours)
    for name, state in {"open": "open", "closed": "close"}.items() if modules else ():
        page = write_page(work / name, modules, model, x, size=size, state=state, backend=options.backend)
        contestants[f"TensorSpace, {name}"] = peer_page(page)
    columns = columns_of(contestants, truth, options.loads)
    print(f"{work.name}: {sum(map(torch.numel, truth)):,} neurons in {len(truth)} layers, {size[0]} x {size[1]} pixels")
    print_table(columns)
    return all(one[f"difference, {how}"] < AGREEMENT for one in columns.values() for how in ("drawn", "computed"))


def print_table(columns: Mapping[str, Numbers]) -> None:
    """One row for each number, with the ratio to ours in the same state behind each of TensorSpace's."""
    print(f"{'':25s}" + "".join(f"{name:>20s}" + ("" if "ours" in name else f"{'ratio':>7s}") for name in columns))
    for row in next(iter(columns.values())):
        cells = ""
        for name, numbers in columns.items():
            ours = columns[name.replace("TensorSpace", "ours")][row]
            cells += f"{numbers[row]:20.1e}" if "difference" in row else f"{numbers[row]:20,.0f}"
            cells += "" if "ours" in name else f"{numbers[row] / ours:7.2f}" if ours else f"{'-':>7s}"
        print(f"{row:25s}{cells}")
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loads", type=int, default=7, help="page loads for each median")
    parser.add_argument("--peer", type=Path, help="a folder in which npm has installed TensorSpace and its libraries")
    parser.add_argument("--backend", default="cpu", choices=["cpu", "webgl"], help="of TensorFlow.js")
    options = parser.parse_args()
    lacking = viewer_bundle(ROOT).reason or ("" if chromium_path() else "there is no Chromium")
    if lacking:
        print(f"skipped: {lacking}")
        return
    with tempfile.TemporaryDirectory() as folder:
        modules = options.peer / "node_modules" if options.peer else installed(Path(folder))
        if isinstance(modules, str):
            print(f"TensorSpace is not shown: {modules}")
        found = modules if isinstance(modules, Path) else None
        for title, (model, x) in networks().items():
            if not contest(Path(folder, title), found, model, x, options):
                raise SystemExit("the numbers of a page are not PyTorch's")


if __name__ == "__main__":
    main()

import math
import re
import xml.etree.ElementTree as ET

import pytest
import torch
from torch import nn

from netspace.network.scene import network_scene
from netspace.network.still import still_picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def scene(generator):
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 169, 10), nn.Softmax(1))
    )
    digits = torch.rand(2, 1, 28, 28, generator=generator)
    return network_scene(model, digits, labels=[f"<{number}>" for number in range(10)])


def test_it_is_one_small_element_without_scripts_ids_or_other_files(scene):
    text = still_picture(scene)
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert len(text) < 80_000
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "image", "polygon", "path", "text", "tspan")
    }
    assert not re.search(r'\bid=|href="(?!data:)|url\(', text)


def test_every_layer_has_its_picture_its_name_and_its_shape(scene):
    root = ET.fromstring(scene["still"])
    assert len(root.findall(f"{SVG}image")) == len(scene["layers"])
    spans = [span.text for span in root.iter(f"{SVG}tspan")]
    assert spans[::2] == ["input", "conv1", "pool1", "output"]
    assert spans[1::2] == ["1 \u00d7 28 \u00d7 28", "8 \u00d7 26 \u00d7 26", "8 \u00d7 13 \u00d7 13", "10"]


def test_the_largest_output_is_named_with_its_value(scene, generator):
    root = ET.fromstring(scene["still"])
    bold = [text.text for text in root.findall(f"{SVG}text") if text.get("font-weight") == "700"]
    assert len(bold) == 1
    assert re.fullmatch(r"<\d>: 0\.\d\d", bold[0])


def test_everything_lies_inside(scene):
    root = ET.fromstring(scene["still"])
    x, y, width, height = map(float, root.get("viewBox").split())
    for polygon in root.findall(f"{SVG}polygon"):
        for corner in polygon.get("points").split():
            across, down = map(float, corner.split(","))
            assert x <= across <= x + width
            assert y <= down <= y + height


def test_signals_and_long_outputs(generator):
    model = nn.Sequential(nn.Conv1d(1, 3, 5), nn.ReLU(), nn.Flatten(), nn.Linear(48, 30))
    scene = network_scene(model, torch.randn(1, 1, 20, generator=generator), labels=list(map(str, range(30))))
    root = ET.fromstring(scene["still"])
    assert len(root.findall(f"{SVG}image")) == 3
    assert [text for text in root.findall(f"{SVG}text") if text.text] == []  # thirty labels would not be legible


def test_a_large_network_has_a_small_picture_and_its_output_keeps_its_name(generator):
    layers = [module for width in (16,) * 9 for module in (nn.LazyConv2d(width, 3, padding=1), nn.ReLU())]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LazyLinear(3))
    inputs = torch.rand(1, 1, 28, 28, generator=generator)
    model(inputs)
    scene = network_scene(model, inputs, labels=["one", "two", "three"])
    assert sum(math.prod(layer["shape"]) for layer in scene["layers"]) > 100_000
    assert len(scene["still"]) < 80_000
    best = int(model(inputs).argmax())
    assert f">{['one', 'two', 'three'][best]}: {model(inputs).max():.2f}<" in scene["still"]

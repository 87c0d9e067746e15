// Everything around the picture: controls, names, legend, read-out, tables; and their order in the page.

import { Answers } from "./answers.js";
import { Controls } from "./controls.js";
import { Drawing, inkRange } from "./drawing.js";
import { make } from "./elements.js";
import { Flow } from "./flow.js";
import { Labels } from "./labels.js";
import { Legend } from "./legend.js";
import { Pointer } from "./pointer.js";
import { ReadOut } from "./readout.js";
import { LayerTable } from "./table.js";

const KEYS = "Drag or arrow keys turn it, plus and minus zoom, Home goes back.";
const MOUSE = "Drag to turn. Click a neuron to hold it; then the wheel zooms. Click a layer's name to close or open it.";
const FINGERS = "Swipe sideways to turn, two fingers zoom. Tap a neuron to hold it, a layer's name to close or open it.";

export function furnish(viewer, canvas, alt) {
  const { model, stage, motion } = viewer;
  viewer.flow = new Flow(model, stage, motion);
  viewer.labels = new Labels(model, stage.places, stage.ground, (l) => (viewer.view.open[l] ? viewer.close(l) : viewer.open(l)));
  viewer.legend = new Legend();
  viewer.readOut = new ReadOut(model, (l, index) => viewer.select(l, index));
  viewer.answers = new Answers(model);
  viewer.table = new LayerTable(model);
  viewer.controls = new Controls(viewer);
  viewer.drawing = model.draw ? new Drawing(model.layers[0], inkRange(model), (pixels) => viewer.setPixels(pixels)) : null;
  const attributes = { class: "netspace-surface", tabIndex: 0, role: "application", "aria-label": `${alt} ${KEYS}` };
  viewer.surface = make("div", attributes, canvas);
  viewer.picture = make("div", { class: "netspace-picture" }, viewer.surface, viewer.labels.element, viewer.controls.corner);
  viewer.pointer = new Pointer(viewer.surface, viewer);
  viewer.element = make("div", { class: "netspace-view" }, ...inOrder(viewer));
}

function inOrder({ controls, drawing, picture, legend, readOut, answers, table }) {
  const hint = make("p", { class: "netspace-hint" }, window.matchMedia("(pointer: coarse)").matches ? FINGERS : MOUSE);
  const below = make("div", { class: "netspace-below" }, readOut.element, answers.element);
  return [controls.element, drawing?.element ?? null, picture, hint, legend.element, below, controls.settings, table.element];
}

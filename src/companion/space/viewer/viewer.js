// One scene in one figure: state, and what changes it. `window.companionSpace.get(name)` is one of these.

import { Answers } from "./answers.js";
import { Controls } from "./controls.js";
import { Drawing, inkRange } from "./drawing.js";
import { make } from "./elements.js";
import { Flow } from "./flow.js";
import { Labels } from "./labels.js";
import { PER_PAGE, cellCentre } from "./layout.js";
import { Legend } from "./legend.js";
import { Motion, eased } from "./motion.js";
import { contributions, forward } from "./network.js";
import { picked, rayThrough } from "./picking.js";
import { Pointer, TURN } from "./pointer.js";
import { ReadOut } from "./readout.js";
import { Stage } from "./stage.js";
import { LayerTable } from "./table.js";
import * as THREE from "three";

const MOST_OPEN = 64; // layers of more channels start closed
const LINES = 12; // lines from what a neuron reads
const OPENING = 450; // milliseconds

export class Viewer {
  // `kept` is the state of an earlier viewer of the same scene, which was given up while it was far from the view.
  constructor(model, { canvas, context, alt, kept, pixels }) {
    this.started = performance.now();
    this.model = model;
    this.scene = model;
    this.view = kept ?? this.firstState();
    this.hovered = null;
    this.pixels = pixels ?? null;
    this.firstFrameMilliseconds = null;
    this.motion = new Motion(() => this.draw());
    this.loadValues();
    this.stage = new Stage(model, canvas, context);
    this.build(canvas, alt);
    this.observe();
    this.restore();
    this.repaint();
  }

  firstState() {
    const { layers, checkpoints } = this.model;
    return {
      input: 0,
      checkpoint: checkpoints.length - 1,
      scale: "layer",
      log: false,
      aggregate: "mean",
      selected: null,
      open: layers.map((layer) => layer.tiles <= MOST_OPEN || layer.kind === "vector"),
      pages: layers.map(() => 0),
      isDark: false,
    };
  }

  build(canvas, alt) {
    const { model, stage } = this;
    this.flow = new Flow(model, stage, this.motion);
    this.labels = new Labels(model, stage.places, (l) => (this.view.open[l] ? this.close(l) : this.open(l)));
    this.legend = new Legend();
    this.readOut = new ReadOut(model, (l, index) => this.select(l, index));
    this.answers = new Answers(model);
    this.table = new LayerTable(model);
    this.controls = new Controls(this);
    this.drawing = model.draw ? new Drawing(model.layers[0], inkRange(model), (pixels) => this.setPixels(pixels)) : null;
    const keys = "Drag or arrow keys turn it, plus and minus zoom, Home goes back.";
    this.surface = make("div", { class: "companion-space-surface", tabIndex: 0, role: "application", "aria-label": `${alt} ${keys}` }, canvas);
    const picture = make("div", { class: "companion-space-picture" }, this.surface, this.labels.element, this.controls.corner);
    const hint = make("p", { class: "companion-space-hint" }, "Drag to turn. Tap or click a neuron to hold it, a name to open or close its layer; then the wheel zooms.");
    const below = make("div", { class: "companion-space-below" }, this.readOut.element, this.answers.element);
    const parts = [this.controls.element, this.drawing?.element ?? null, picture, hint, this.legend.element, below, this.controls.settings, this.table.element];
    this.element = make("div", { class: "companion-space-view" }, ...parts);
    this.picture = picture;
    this.pointer = new Pointer(this.surface, this);
  }

  observe() {
    const look = () => {
      this.view.isDark = document.documentElement.dataset.theme === "dark";
    };
    look();
    this.themes = new MutationObserver(() => {
      look();
      this.repaint();
    });
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.picture);
  }

  restore() {
    this.model.layers.forEach((layer, l) => {
      if (this.view.pages[l]) this.stage.slabs[l].showPage(this.view.pages[l]);
      this.stage.slabs[l].uniforms.openness.value = this.view.open[l] ? 1 : 0;
    });
  }

  resize() {
    const { clientWidth, clientHeight } = this.picture;
    if (!clientWidth || (clientWidth === this.stage.size.width && clientHeight === this.stage.size.height)) return;
    this.stage.resize(clientWidth, clientHeight);
    if (this.view.camera) Object.assign(this.stage.eye, this.view.camera);
    else this.stage.home();
    this.draw(); // at once: a picture that was resized is blank until it is drawn
  }

  // --- what is shown -------------------------------------------------------------------------------------------------

  loadValues() {
    const { model, view } = this;
    const own = view.input === null ? forward(model, this.pixels, view.checkpoint) : null;
    for (const layer of model.layers) {
      layer.current = own ? own[layer.index] : model.stored(layer, view.checkpoint, view.input);
    }
  }

  get look() {
    return this.view;
  }

  repaint() {
    this.stage.paint(this.view);
    this.answers.update();
    this.table.update();
    this.controls.update();
    this.showTarget();
  }

  changed() {
    this.loadValues();
    this.repaint();
  }

  // The neuron that is looked at: the one under the pointer, else the one that was selected.
  get target() {
    const { selected } = this.view;
    if (this.hovered) return this.hovered;
    return selected ? this.neuron(selected.layer, selected.index) : null;
  }

  neuron(l, index) {
    const cells = this.model.layers[l].height * this.model.layers[l].width;
    return { layer: l, index, tile: Math.floor(index / cells), cell: index % cells };
  }

  showTarget() {
    const { target } = this;
    const isNeuron = target && !target.aggregate;
    const parts = isNeuron ? this.contributions(target.layer, target.index, LINES) : null;
    this.stage.drawRelations(this.view, target, parts);
    const three = isNeuron ? this.contributions(target.layer, target.index, 3) : null;
    this.readOut.update(target, three, this.view);
    this.legend.update(this.model, this.model.layers[target ? target.layer : Math.min(1, this.model.layers.length - 1)], this.view);
    this.motion.invalidate();
  }

  draw() {
    this.stage.render();
    this.labels.update(this.stage.eye.camera, this.stage.size, this.view, this.stage.openness);
    this.controls.update();
    this.firstFrameMilliseconds ??= performance.now() - this.started;
  }

  render() {
    this.motion.rendered += 1;
    this.draw();
  }

  // --- what a reader does --------------------------------------------------------------------------------------------

  setInput(input) {
    if (!(input in this.model.inputs)) throw new Error(`there is no input ${input}; there are ${this.model.inputs.length}`);
    this.view.input = input;
    if (this.drawing) this.drawing.element.hidden = true;
    this.changed();
  }

  setCheckpoint(checkpoint) {
    if (!(checkpoint in this.model.checkpoints)) throw new Error(`there is no checkpoint ${checkpoint}`);
    this.view.checkpoint = checkpoint;
    this.changed();
  }

  startDrawing() {
    this.drawing.element.hidden = false;
    this.setPixels(this.drawing.pixels);
  }

  setPixels(pixels) {
    this.pixels = Float32Array.from(pixels);
    this.view.input = null;
    this.changed();
  }

  play() {
    this.flow.play();
  }

  step(l) {
    this.flow.step(l);
  }

  open(l) {
    this.turn(l, true);
  }

  close(l) {
    this.turn(l, false);
  }

  turn(l, isOpen) {
    const { view, stage, model } = this;
    if (view.open[l] === isOpen || model.layers[l].tiles === 1) return;
    view.open[l] = isOpen;
    this.hovered = null;
    this.repaint();
    const from = stage.openness[l];
    this.motion.move(OPENING, (share) => stage.setOpenness(l, from + ((isOpen ? 1 : 0) - from) * eased(share)));
  }

  turnTo(l, page) {
    this.view.pages[l] = page;
    this.stage.slabs[l].showPage(page);
    this.showTarget();
  }

  select(l, index) {
    const layer = this.model.layers[l];
    if (!layer || !(index >= 0 && index < layer.count)) throw new Error(`there is no neuron ${index} of layer ${l}`);
    this.view.selected = { layer: l, index };
    this.hovered = null;
    const page = Math.floor(this.neuron(l, index).tile / PER_PAGE);
    if (page !== this.view.pages[l]) this.turnTo(l, page);
    this.showTarget();
  }

  rotate(dx, dy) {
    this.stage.eye.rotate(-dx * TURN, dy * TURN);
    this.moved();
  }

  zoom(factor) {
    this.stage.eye.zoom(factor);
    this.moved();
  }

  moved() {
    this.view.camera = this.stage.eye.state;
    this.motion.invalidate();
  }

  reset() {
    this.stage.home();
    this.view.camera = null;
    this.motion.invalidate();
  }

  scaleMode(mode) {
    this.view.scale = mode;
    this.repaint();
  }

  logMode(isLog) {
    this.view.log = isLog;
    this.repaint();
  }

  aggregate(rule) {
    this.view.aggregate = rule;
    this.repaint();
  }

  hover(x, y) {
    const before = this.hovered;
    this.hovered = x === null ? null : this.at(x, y);
    this.surface.style.cursor = this.hovered ? "pointer" : "";
    if (JSON.stringify([before?.layer, before?.tile, before?.cell]) !== JSON.stringify([this.hovered?.layer, this.hovered?.tile, this.hovered?.cell])) {
      this.showTarget();
    }
  }

  press(x, y) {
    this.surface.focus({ preventScroll: true });
    const found = this.at(x, y);
    if (found?.aggregate) this.open(found.layer);
    else if (found) this.select(found.layer, found.index);
    else {
      this.view.selected = null;
      this.showTarget();
    }
  }

  // --- what is asked -------------------------------------------------------------------------------------------------

  at(x, y) {
    const box = this.surface.getBoundingClientRect();
    const ray = rayThrough(this.stage.eye.camera, (2 * (x - box.left)) / box.width - 1, 1 - (2 * (y - box.top)) / box.height);
    const found = picked(ray, this.model, this.stage.places, this.stage.slabs, this.view.open);
    if (!found) return null;
    if (found.tile === null) return { layer: found.layer, cell: found.cell, aggregate: this.stage.slabs[found.layer].aggregate };
    const layer = this.model.layers[found.layer];
    return this.neuron(found.layer, found.tile * layer.height * layer.width + found.cell);
  }

  // {layer, index, value} in client coordinates; on a closed layer {layer, index: null, cell, value} of its aggregate.
  pick(x, y) {
    const found = this.at(x, y);
    if (!found) return null;
    if (found.aggregate) return { layer: found.layer, index: null, cell: found.cell, value: found.aggregate[found.cell] };
    return { layer: found.layer, index: found.index, value: this.model.layers[found.layer].current[found.index] };
  }

  screenPosition(l, index) {
    const { stage, view, model } = this;
    const centre = cellCentre(model.layers[l], stage.places[l], index, view.pages[l], view.open[l]);
    const point = new THREE.Vector3(centre.x, centre.y, centre.z).project(stage.eye.camera);
    const box = this.surface.getBoundingClientRect();
    return { x: box.left + ((point.x + 1) / 2) * box.width, y: box.top + ((1 - point.y) / 2) * box.height };
  }

  forward(pixels, checkpoint = 0) {
    return forward(this.model, pixels, checkpoint);
  }

  contributions(l, index, count = 3) {
    return contributions(this.model, l, index, this.view.checkpoint, count);
  }

  get layers() {
    return this.model.layers.map((layer, l) => ({
      name: layer.name,
      operation: layer.operation,
      shape: layer.shape,
      count: layer.count,
      values: layer.current,
      open: this.view.open[l],
      aggregate: this.stage.slabs[l].aggregate,
    }));
  }

  get state() {
    const { input, checkpoint, scale, log, aggregate, selected } = this.view;
    return { input, checkpoint, scale, log, aggregate, selected, camera: this.stage?.eye.state };
  }

  get stats() {
    return {
      drawCalls: this.stage.renderer.info.render.calls,
      framesRendered: this.motion.rendered,
      firstFrameMilliseconds: this.firstFrameMilliseconds,
      framesPerSecond: this.motion.framesPerSecond,
      instances: this.stage.slabs.reduce((sum, slabs) => sum + slabs.cellsDrawn, 0),
      isAtRest: this.motion.isAtRest && this.flow.timer === null,
    };
  }

  // Turns through `frames` pictures as fast as the browser draws them, and back; resolves to the pictures per second.
  async spin(frames = 40) {
    const { gl } = { gl: this.stage.renderer.getContext() };
    const azimuth = this.stage.eye.azimuth;
    const pixel = new Uint8Array(4);
    const start = performance.now();
    for (let frame = 0; frame < frames; frame++) {
      await new Promise(requestAnimationFrame);
      this.stage.eye.azimuth = azimuth + 0.5 * Math.sin((2 * Math.PI * frame) / frames);
      this.render();
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until the picture is really drawn
    }
    const rate = (1000 * frames) / (performance.now() - start);
    this.stage.eye.azimuth = azimuth;
    this.render();
    return rate;
  }

  dispose() {
    this.flow.stop();
    this.motion.dispose();
    this.themes.disconnect();
    this.sizes.disconnect();
    this.stage.dispose();
    this.element.remove();
  }
}

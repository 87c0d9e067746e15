// One scene in one figure: state, and what changes it. `window.netspace.get(name)` is one of these.

import { largestOutput, layersOf, neuron, pickedAt, positionOf, spun, statsOf, targetAt } from "./asking.js";
import { palette } from "./colours.js";
import { furnish } from "./furniture.js";
import { PER_PAGE } from "./layout.js";
import { Motion, eased } from "./motion.js";
import { decomposed, forward, strongest } from "./network.js";
import { TURN } from "./pointer.js";
import { Stage } from "./stage.js";
import { firstState } from "./state.js";

const LINES = 12; // lines from what a neuron reads
const OPENING = 450; // milliseconds

const isSame = (one, other) => ["layer", "tile", "cell"].every((key) => one?.[key] === other?.[key]);

export class Viewer {
  // `kept` is the state of an earlier viewer of the same scene, which was given up while it was far from the view.
  constructor(model, { canvas, context, alt, kept, pixels }) {
    this.started = performance.now();
    this.model = model;
    this.scene = model;
    this.view = kept ?? firstState(model);
    this.hovered = null;
    this.isAwaited = false;
    this.pixels = pixels ?? null;
    this.firstFrameMilliseconds = null;
    this.motion = new Motion((isMoving) => this.draw(isMoving));
    this.loadValues();
    this.stage = new Stage(model, canvas, context);
    furnish(this, canvas, alt);
    this.observe();
    this.restore();
    this.repaint();
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
      this.stage.slabs[l].setOpenness(this.view.open[l] ? 1 : 0);
    });
  }

  resize() {
    const { clientWidth, clientHeight } = this.picture;
    if (!clientWidth || (clientWidth === this.stage.size.width && clientHeight === this.stage.size.height)) return;
    this.stage.resize(clientWidth, clientHeight);
    this.stage.home();
    if (this.view.camera) Object.assign(this.stage.eye, this.view.camera);
    this.draw(false); // at once: a picture that was resized is blank until it is drawn
  }

  // --- what is shown -------------------------------------------------------------------------------------------------

  loadValues() {
    const { model, view } = this;
    const own = view.input === null ? forward(model, this.pixels, view.checkpoint) : null;
    for (const layer of model.layers) {
      layer.trace = null;
      layer.current = own ? own[layer.index] : model.stored(layer, view.checkpoint, view.input);
    }
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

  // The neuron that is looked at: the one under the pointer, else the one that was selected, else the largest output.
  get target() {
    const { selected } = this.view;
    if (this.hovered?.aggregate) return { ...this.hovered, aggregate: this.stage.slabs[this.hovered.layer].aggregate };
    return this.hovered ?? (selected ? neuron(this.model, selected.layer, selected.index) : largestOutput(this.model));
  }

  showTarget() {
    const { target } = this;
    const parts = target.aggregate ? null : decomposed(this.model, target.layer, target.index, this.view.checkpoint);
    this.stage.drawRelations(this.view, target, parts && strongest(parts, LINES));
    this.readOut.update(target, parts && strongest(parts, 3), this.view);
    const coloured = target.isLargest ? Math.min(1, this.model.layers.length - 1) : target.layer;
    this.legend.update(this.model, this.model.layers[coloured], this.view);
    this.motion.invalidate();
  }

  draw(isMoving) {
    this.motion.rendered += 1;
    this.stage.render(isMoving);
    this.labels.update(this.stage.eye.camera, this.stage.size, this.view, isMoving);
    this.controls.showRate();
    this.firstFrameMilliseconds ??= performance.now() - this.started;
  }

  render() {
    this.draw(false);
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
    const page = Math.floor(neuron(this.model, l, index).tile / PER_PAGE);
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
    this.hovered = x === null ? null : targetAt(this, x, y);
    this.surface.style.cursor = this.hovered ? "pointer" : "";
    if (!isSame(before, this.hovered)) this.showTarget();
  }

  press(x, y) {
    this.surface.focus({ preventScroll: true });
    const found = targetAt(this, x, y);
    if (found?.aggregate) this.open(found.layer);
    else if (found) this.select(found.layer, found.index);
    else {
      this.view.selected = null;
      this.showTarget();
    }
  }

  // --- what is asked: what tests and measurements read ----------------------------------------------------------------

  pick(x, y) {
    return pickedAt(this, x, y);
  }

  screenPosition(l, index) {
    return positionOf(this, l, index);
  }

  forward(pixels, checkpoint = 0) {
    return forward(this.model, pixels, checkpoint);
  }

  contributions(l, index, count = 3) {
    const parts = decomposed(this.model, l, index, this.view.checkpoint);
    return parts && strongest(parts, count);
  }

  // Red, green and blue (0 to 255) of every neuron of a layer, as it is drawn now.
  colours(l) {
    return this.stage.slabs[l].drawnColours;
  }

  get zeroColour() {
    return palette(this.view.isDark).zero;
  }

  get layers() {
    return layersOf(this);
  }

  get state() {
    const { input, checkpoint, scale, log, aggregate, selected } = this.view;
    return { input, checkpoint, scale, log, aggregate, selected, camera: this.stage.eye.state };
  }

  get stats() {
    return statsOf(this);
  }

  // Turns through `frames` pictures as fast as the browser draws them, and back; resolves to the pictures per second.
  spin(frames = 40) {
    return spun(this, frames);
  }

  dispose() {
    this.flow.stop();
    this.motion.dispose();
    this.themes.disconnect();
    this.sight?.disconnect();
    this.sizes.disconnect();
    this.stage.dispose();
    this.element.remove();
  }
}

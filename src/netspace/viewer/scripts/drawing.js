// A small sheet on which the reader draws an input; every stroke runs the network.

import { button, make } from "./elements.js";

const SIDE = 168; // pixels of the sheet

export class Drawing {
  // `range`: the numbers of an empty and of a full cell; `onchange` gets the pixels.
  constructor(layer, range, onchange) {
    Object.assign(this, { layer, range, onchange, cursor: null, last: null, waits: false });
    this.pixels = new Float32Array(layer.count).fill(range.empty);
    const { width, height } = layer;
    const side = { width, height, tabIndex: 0, class: "netspace-sheet", role: "img" };
    const how = "A sheet to draw an input on. By keyboard: arrows move the pen, space draws.";
    this.canvas = make("canvas", { ...side, "aria-label": how, onkeydown: (event) => this.key(event) });
    const [w, h] = width > height ? [SIDE, (SIDE * height) / width] : [(SIDE * width) / height, SIDE];
    Object.assign(this.canvas.style, { width: `${w}px`, height: `${h}px` });
    this.listen();
    const clear = button("Clear", "An empty sheet", () => this.clear());
    const hint = make("span", {}, "Draw here: the network answers at each stroke.");
    this.element = make("div", { class: "netspace-drawing" }, this.canvas, make("div", {}, hint, clear));
    this.element.hidden = true;
    this.show();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.placeOf(event);
      this.stroke(this.last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.last) this.stroke(this.placeOf(event));
    });
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (this.last = null));
  }

  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.layer;
    return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height };
  }

  stroke(to) {
    const from = this.last ?? to;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let at = 0; at <= steps; at++) this.dab(from.x + ((to.x - from.x) * at) / steps, from.y + ((to.y - from.y) * at) / steps);
    if (this.last) this.last = to;
    this.changed();
  }

  // A soft round pen, about as thick as the strokes of the digits that such networks are trained on.
  dab(x, y) {
    const { width, height } = this.layer;
    const { empty, full } = this.range;
    const radius = Math.max(0.8, Math.max(width, height) / 22);
    for (let row = Math.max(0, Math.floor(y - 2 * radius)); row < Math.min(height, y + 2 * radius); row++) {
      for (let column = Math.max(0, Math.floor(x - 2 * radius)); column < Math.min(width, x + 2 * radius); column++) {
        const away = Math.hypot(column + 0.5 - x, row + 0.5 - y) / radius;
        const ink = empty + (full - empty) * Math.min(1, Math.max(0, 1.5 - 0.9 * away));
        const at = row * width + column;
        this.pixels[at] = full > empty ? Math.max(this.pixels[at], ink) : Math.min(this.pixels[at], ink);
      }
    }
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { width, height } = this.layer;
    this.cursor ??= { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      this.cursor.x = Math.min(Math.max(this.cursor.x + dx, 0), width - 1);
      this.cursor.y = Math.min(Math.max(this.cursor.y + dy, 0), height - 1);
      this.show();
    } else if (event.key === " ") {
      this.stroke({ x: this.cursor.x + 0.5, y: this.cursor.y + 0.5 });
    } else {
      return;
    }
    event.preventDefault();
  }

  clear() {
    this.pixels.fill(this.range.empty);
    this.changed();
  }

  changed() {
    this.show();
    if (this.waits) return;
    this.waits = true; // at most one pass of the network for each picture of the screen
    requestAnimationFrame(() => {
      this.waits = false;
      this.onchange(this.pixels);
    });
  }

  show() {
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(this.layer.width, this.layer.height);
    const { empty, full } = this.range;
    this.pixels.forEach((value, at) => {
      const ink = Math.round(255 * (1 - (value - empty) / (full - empty)));
      image.data.set([ink, ink, ink, 255], 4 * at);
    });
    context.putImageData(image, 0, 0);
    if (!this.cursor) return;
    context.fillStyle = "rgba(200, 60, 0, 0.7)";
    context.fillRect(this.cursor.x, this.cursor.y, 1, 1);
  }
}

// What an empty and what a full cell are, from the stored inputs: their least and their largest number.
export function inkRange(model) {
  let [empty, full] = [Infinity, -Infinity];
  model.inputs.forEach((_, input) => {
    for (const value of model.stored(model.layers[0], 0, input)) {
      if (value < empty) empty = value;
      if (value > full) full = value;
    }
  });
  return full > empty ? { empty, full } : { empty: 0, full: 1 };
}

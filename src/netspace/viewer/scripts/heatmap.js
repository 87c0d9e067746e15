// One feature map flat, in the colours of the scene, with a frame around the cell that is picked.

import { colourOf, css, largestOf } from "./colours.js";
import { make } from "./elements.js";

const SIDE = 150; // pixels of the longer side

export class HeatMap {
  constructor() {
    this.canvas = make("canvas", { class: "netspace-heatmap", role: "img" });
    this.canvas.hidden = true;
  }

  update(model, layer, target, look) {
    this.canvas.hidden = layer.kind !== "map";
    if (this.canvas.hidden) return;
    const cells = layer.height * layer.width;
    const scale = Math.max(1, Math.floor(SIDE / Math.max(layer.height, layer.width)));
    Object.assign(this.canvas, { width: layer.width * scale, height: layer.height * scale });
    const context = this.canvas.getContext("2d");
    const largest = largestOf(layer, model, look.scale);
    const whole = target.aggregate;
    for (let cell = 0; cell < cells; cell++) {
      const value = whole ? whole[cell] : layer.current[target.tile * cells + cell];
      context.fillStyle = css(colourOf(value, largest, look.log, look.isDark));
      context.fillRect((cell % layer.width) * scale, Math.floor(cell / layer.width) * scale, scale, scale);
    }
    this.frame(context, layer, target.cell, scale, look.isDark);
    const what = whole ? `aggregate of ${layer.name}` : `map ${target.tile} of ${layer.name}`;
    this.canvas.setAttribute("aria-label", `The ${what}, ${layer.height} by ${layer.width} cells, in the colours of the scene`);
  }

  frame(context, layer, cell, scale, isDark) {
    const [x, y] = [(cell % layer.width) * scale, Math.floor(cell / layer.width) * scale];
    context.lineWidth = 2;
    context.strokeStyle = isDark ? "#fff" : "#000";
    context.strokeRect(x - 1, y - 1, scale + 2, scale + 2);
  }
}

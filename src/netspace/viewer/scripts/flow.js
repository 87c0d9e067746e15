// The data on their way: layer after layer lights up. A slider holds them at any layer.

import { button, make } from "./elements.js";

const PER_LAYER = 420; // milliseconds

export class Flow {
  constructor(model, stage, motion) {
    Object.assign(this, { model, stage, motion, move: null, timer: null });
    this.last = model.layers.length - 1;
    this.slider = make("input", { type: "range", min: 0, max: this.last, step: 1, value: this.last });
    this.slider.addEventListener("input", () => this.step(Number(this.slider.value)));
    this.shown = make("output");
    this.playing = button("\u25B6 Let the data flow", "From the input to the output, layer by layer", () => this.play());
    const label = make("label", {}, make("span", {}, "Data have come to"), this.slider, this.shown);
    this.element = make("div", { class: "netspace-flow" }, this.playing, label);
    this.say(this.last);
  }

  say(l) {
    const { name } = this.model.layers[l];
    this.slider.value = l;
    this.shown.textContent = name;
    this.slider.setAttribute("aria-valuetext", name);
  }

  stop() {
    if (this.move) this.motion.stop(this.move);
    clearTimeout(this.timer);
    this.move = this.timer = null;
  }

  step(l) {
    this.stop();
    this.say(l);
    this.stage.setFront(l === this.last ? 1e9 : l);
    this.motion.invalidate();
  }

  play() {
    this.stop();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.stepOn(0);
      return;
    }
    this.move = this.motion.move(PER_LAYER * this.last, (share) => {
      const front = share * this.last;
      this.stage.setFront(share < 1 ? front : 1e9);
      this.say(Math.floor(front));
    });
  }

  // Without motion: one layer after the other, each at once.
  stepOn(l) {
    this.step(l);
    if (l < this.last) this.timer = setTimeout(() => this.stepOn(l + 1), PER_LAYER);
  }
}

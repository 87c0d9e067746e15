// Names of the layers below them, as buttons of the page that open and close; names of classes beside the last layer.

import * as THREE from "three";
import { shapeName } from "./decode.js";
import { make } from "./elements.js";
import { PER_PAGE, cellCentre } from "./layout.js";

const MOST_CLASSES = 16;
const LEAST_APART = 8; // pixels from one name of a class to the next

export class Labels {
  constructor(model, places, ground, onpress) {
    Object.assign(this, { model, places, ground });
    this.element = make("div", { class: "companion-space-labels" });
    this.buttons = model.layers.map((layer) => {
      const name = make("b", {}, layer.name);
      const label = make("button", { type: "button" }, name, make("span", {}, shapeName(layer)));
      label.disabled = layer.tiles === 1;
      label.addEventListener("click", () => onpress(layer.index));
      return label;
    });
    const count = model.layers.at(-1).count;
    const classes = model.labels && count <= MOST_CLASSES ? model.labels : [];
    this.classes = classes.map((text) => make("span", { class: "companion-space-class", "aria-hidden": "true" }, text));
    this.element.append(...this.buttons, ...this.classes);
  }

  update(camera, size, view) {
    this.buttons.forEach((label, l) => this.describe(label, this.model.layers[l], view, l)); // first: the words decide how wide it is
    const seen = this.buttons.map((label, l) => this.anchor(label, l, camera, size));
    seen.sort((a, b) => a.left - b.left).forEach((one, at) => this.put(one, seen.slice(0, at), size));
    this.putClasses(camera, size, view);
  }

  anchor(label, l, camera, size) {
    const place = this.places[l];
    const point = new THREE.Vector3(place.x, this.ground, 0).project(camera);
    const width = label.offsetWidth;
    const middle = Math.min(Math.max(((point.x + 1) / 2) * size.width, width / 2 + 2), size.width - width / 2 - 2);
    return { label, width, height: label.offsetHeight, left: middle - width / 2, top: ((1 - point.y) / 2) * size.height + 5 };
  }

  // Below its layer, and as far below as is needed to cover no other label.
  put(one, others, size) {
    const isFree = () => others.every((other) => !overlap(one, other));
    for (let round = 0; round < 8 && !isFree(); round++) {
      one.top = Math.max(...others.filter((other) => overlap(one, other)).map((other) => other.top + other.height)) + 1;
    }
    one.top = Math.min(one.top, size.height - one.height - 2);
    one.label.style.transform = `translate(${one.left.toFixed(1)}px, ${one.top.toFixed(1)}px)`;
  }

  describe(label, layer, view, l) {
    if (layer.tiles > 1) label.setAttribute("aria-expanded", String(view.open[l]));
    label.title = layer.tiles === 1 ? layer.operation : `${layer.operation}. Press to ${view.open[l] ? "close" : "open"}.`;
    const pages = this.places[l].pages;
    const first = view.pages[l] * PER_PAGE;
    const part = pages > 1 && view.open[l] ? ` (${first}\u2013${Math.min(first + PER_PAGE, layer.tiles) - 1})` : "";
    label.lastChild.textContent = view.open[l] ? shapeName(layer) + part : `${view.aggregate} of |${layer.name}|`;
  }

  // Beside the last layer; where they would stand on each other only that of the largest number.
  putClasses(camera, size, view) {
    const l = this.model.layers.length - 1;
    const places = this.classes.map((_, index) => this.classPlace(l, index, camera, size, view));
    const { current } = this.model.layers[l];
    const apart = (places.at(-1)?.y - places[0]?.y) / (places.length - 1);
    this.classes.forEach((label, index) => {
      const { x, y } = places[index];
      label.hidden = !view.open[l] || (Math.abs(apart) < LEAST_APART && current.some((value) => value > current[index]));
      const left = Math.min(x + 4, size.width - label.offsetWidth - 3);
      label.style.transform = `translate(${left.toFixed(1)}px, calc(${y.toFixed(1)}px - 50%))`;
    });
  }

  classPlace(l, index, camera, size, view) {
    const centre = cellCentre(this.model.layers[l], this.places[l], index, view.pages[l], true);
    const point = new THREE.Vector3(centre.x + this.places[l].depth, centre.y, centre.z + centre.half).project(camera);
    return { x: ((point.x + 1) / 2) * size.width, y: ((1 - point.y) / 2) * size.height };
  }
}

function overlap(a, b) {
  return a.left < b.left + b.width + 1 && b.left < a.left + a.width + 1 && a.top < b.top + b.height && b.top < a.top + a.height;
}

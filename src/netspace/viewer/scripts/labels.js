// Names of the layers below them, as buttons of the page that open and close; names of classes beside the last layer.

import * as THREE from "three";
import { shapeName } from "./decode.js";
import { make } from "./elements.js";
import { PER_PAGE, cellCentre } from "./layout.js";

const MOST_CLASSES = 16;
const LEADING = 4; // pixels by which lines of words may overlap before their letters do
const LEAST_APART = 8; // pixels from one name of a class to the next

export class Labels {
  constructor(model, places, ground, onpress) {
    Object.assign(this, { model, places, ground, sizes: new Map() });
    this.element = make("div", { class: "netspace-labels" });
    this.buttons = model.layers.map((layer) => {
      const name = make("b", {}, layer.name);
      const label = make("button", { type: "button" }, name, make("span"));
      label.disabled = layer.tiles === 1;
      label.addEventListener("click", () => onpress(layer.index));
      return label;
    });
    const count = model.layers.at(-1).count;
    const classes = model.labels && count <= MOST_CLASSES ? model.labels : [];
    this.classes = classes.map((text) => make("span", { class: "netspace-class", "aria-hidden": "true" }, text));
    this.element.append(...this.buttons, ...this.classes);
  }

  // While something moves, sizes are those of the last picture at rest: to ask for them makes the browser lay out the page.
  update(camera, size, view, isMoving) {
    if (!isMoving) this.sizes.clear();
    this.buttons.forEach((label, l) => this.describe(label, this.model.layers[l], view, l)); // first: the words decide how wide it is
    const points = this.places.map(({ x }) => onScreen(new THREE.Vector3(x, this.ground, 0).project(camera), size));
    const aside = sideways(points[0], points.at(-1));
    const seen = this.buttons.map((label, l) => this.anchor(label, points[l], aside, size));
    seen.sort((a, b) => a.left - b.left).forEach((one, at) => this.put(one, seen.slice(0, at), aside, size));
    this.putClasses(camera, size, view);
  }

  sizeOf(label) {
    if (!this.sizes.has(label)) this.sizes.set(label, sizeOfWords(label));
    return this.sizes.get(label);
  }

  // Below the arrow, or beside it where it is steep.
  anchor(label, point, aside, size) {
    const { width, height, lift } = this.sizeOf(label);
    const middle = point.x + aside * (width / 2 + 2);
    const left = Math.min(Math.max(middle, width / 2 + 2), size.width - width / 2 - 2) - width / 2;
    return { label, width, height, lift, left, top: point.y + 8 - Math.abs(aside) * (height / 2 + 4) };
  }

  // As far below as is needed to cover no other label, with a line up to the arrow; above where the arrow rises steeply.
  put(one, others, aside, size) {
    const highest = one.top;
    for (let round = 0; round < 8; round++) {
      const covered = others.filter((other) => overlap(one, other));
      if (!covered.length) break;
      if (aside > 0) one.top = Math.min(...covered.map((other) => other.top)) + LEADING - one.height;
      else one.top = Math.max(...covered.map((other) => other.top + other.height)) + 1;
    }
    one.top = Math.min(one.top, size.height - one.height - one.lift - 2);
    one.label.style.setProperty("--rise", `${aside ? 0 : Math.max(one.top - highest, 0).toFixed(1)}px`);
    one.label.style.transform = `translate(${one.left.toFixed(1)}px, ${(one.top - one.lift).toFixed(1)}px)`;
  }

  describe(label, layer, view, l) {
    const pages = this.places[l].pages;
    const first = view.pages[l] * PER_PAGE;
    const part = pages > 1 && view.open[l] ? ` (${first}\u2013${Math.min(first + PER_PAGE, layer.tiles) - 1})` : "";
    const words = view.open[l] ? shapeName(layer) + part : `${view.aggregate} of |${layer.name}|`;
    if (label.lastChild.textContent === words) return;
    label.lastChild.textContent = words;
    if (layer.tiles > 1) label.setAttribute("aria-expanded", String(view.open[l]));
    label.title = layer.tiles === 1 ? layer.operation : `${layer.operation}. Press to ${view.open[l] ? "close" : "open"}.`;
    this.sizes.delete(label);
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
      if (label.hidden) return;
      const left = Math.min(x + 4, size.width - this.sizeOf(label).width - 3);
      label.style.transform = `translate(${left.toFixed(1)}px, calc(${y.toFixed(1)}px - 50%))`;
    });
  }

  classPlace(l, index, camera, size, view) {
    const centre = cellCentre(this.model.layers[l], this.places[l], index, view.pages[l], true);
    const point = new THREE.Vector3(centre.x + this.places[l].depth, centre.y, centre.z + centre.half);
    return onScreen(point.project(camera), size);
  }
}

const onScreen = ({ x, y }, { width, height }) => ({ x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height });

// From 0 where the arrow is flat to 1 where it is steep; negative where names must stand left of it.
function sideways(from, to) {
  const [dx, dy] = [to.x - from.x, from.y - to.y];
  const steepness = Math.min(Math.max(4 * (Math.abs(dy) / Math.hypot(dx, dy) - 0.25), 0), 1) || 0;
  return dx * dy < 0 ? -steepness : steepness;
}

// Of what is read, and how far below the button's upper edge that begins.
function sizeOfWords(label) {
  const height = Array.from(label.children).reduce((sum, part) => sum + part.offsetHeight, 0) || label.offsetHeight;
  return { width: label.offsetWidth, height, lift: (label.offsetHeight - height) / 2 };
}

function overlap(a, b) {
  const isAbove = (one, other) => one.top + one.height - LEADING <= other.top;
  return a.left < b.left + b.width + 1 && b.left < a.left + a.width + 1 && !isAbove(a, b) && !isAbove(b, a);
}

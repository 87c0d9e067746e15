// Lines between layers: the way of the data, and what one neuron reads.

import { cellCentre, riseOf, seenSize } from "./layout.js";

const WAY = 1.1; // half the width of a line, in pixels
const ARC = 18; // pieces of the arc over skipped layers

const rgba = (colour, alpha) => [...colour.map((one) => one / 255), alpha];

// An arrow below all layers; lines from the corners of a layer to those of the next; arcs over skipped layers.
export function wayOfTheData(model, places, ground, openness, { ink, arrow }) {
  const lines = model.layers.flatMap((layer) =>
    layer.reads.flatMap((read) => {
      const ends = [read, layer.index].map((l) => ({ ...seenSize(places[l], openness[l]), x: places[l].x, depth: places[l].depth }));
      return layer.index - read === 1 ? funnel(ends, layer.index, ink) : arc(ends, read, layer.index, ink);
    }),
  );
  return [...lines, ...arrowBelow(places, ground, arrow)];
}

function arrowBelow(places, ground, ink) {
  const colour = rgba(ink, 1);
  const pieces = places.slice(1).map(({ x }, at) => ({
    start: [places[at].x, ground, 0],
    end: [x, ground, 0],
    colour,
    flow: [1.8 * WAY, at, at + 1],
    stretch: [0, 1],
  }));
  const tip = [places.at(-1).x, ground, 0];
  const wings = [-1, 1].map((side) => ({
    start: tip,
    end: [tip[0] - 0.9, ground, 0.42 * side],
    colour,
    flow: [1.8 * WAY, places.length - 2, places.length - 1],
    stretch: [1, 1],
  }));
  return [...pieces, ...wings];
}

function funnel([from, to], index, ink) {
  const corners = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
  return corners.map(([up, right]) => ({
    start: [from.x + from.depth / 2, (up * from.height) / 2, (right * from.width) / 2],
    end: [to.x - to.depth / 2, (up * to.height) / 2, (right * to.width) / 2],
    colour: rgba(ink, 0.34),
    flow: [WAY, index - 1, index],
    stretch: [0, 1],
  }));
}

function arc([from, to], read, index, ink) {
  const rise = riseOf(from, to);
  const point = (t) => {
    const base = from.height / 2 + (to.height / 2 - from.height / 2) * t;
    return [from.x + (to.x - from.x) * t, base + rise * Math.sin(Math.PI * t) ** 0.7, 0];
  };
  return Array.from({ length: ARC }, (_, at) => ({
    start: point(at / ARC),
    end: point((at + 1) / ARC),
    colour: rgba(ink, 0.75),
    flow: [1.6 * WAY, read, index],
    stretch: [at / ARC, (at + 1) / ARC],
  }));
}

function frame(centre, colour, width) {
  const h = centre.half * 1.05;
  const corners = [[-h, -h], [-h, h], [h, h], [h, -h]].map(([y, z]) => [centre.x - 0.02, centre.y + y, centre.z + z]);
  return corners.map((corner, at) => ({
    start: corner,
    end: corners[(at + 1) % 4],
    colour: rgba(colour, 1),
    flow: [width, -1, -1],
    stretch: [0, 1],
  }));
}

// A frame around the neuron, frames around the strongest of what it reads, and a line from each, as strong as its part.
export function relationBeams(model, places, view, selected, parts, inks) {
  const centre = ({ layer, index }) => cellCentre(model.layers[layer], places[layer], index, view.pages[layer], view.open[layer]);
  const here = centre(selected);
  const beams = frame(here, inks.mark, 1.6);
  if (!parts) return beams;
  const most = Math.max(...parts.terms.map((term) => Math.abs(term.product)), 1e-30);
  for (const term of parts.terms) {
    if (!term.product) continue;
    const there = centre(term);
    const colour = term.product > 0 ? inks.positive : inks.negative;
    const part = Math.abs(term.product) / most;
    beams.push({
      start: [there.x + places[term.layer].depth, there.y, there.z],
      end: [here.x, here.y, here.z],
      colour: rgba(colour, 0.35 + 0.6 * part),
      flow: [0.5 + 1.7 * part, -1, -1],
      stretch: [0, 1],
    });
    beams.push(...frame(there, colour, 1));
  }
  return beams;
}

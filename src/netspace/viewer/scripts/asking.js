// Questions about the picture: what is where, and how fast it is drawn.

import * as THREE from "three";
import { cellCentre } from "./layout.js";
import { picked, rayThrough } from "./picking.js";

export function neuron(model, l, index) {
  const cells = model.layers[l].height * model.layers[l].width;
  return { layer: l, index, tile: Math.floor(index / cells), cell: index % cells };
}

// The neuron that is looked at while the reader points at none and holds none.
export function largestOutput(model) {
  const { index: l, current } = model.layers.at(-1);
  return { ...neuron(model, l, current.reduce((top, value, at) => (value > current[top] ? at : top), 0)), isLargest: true };
}

// What is at a place of the window: a neuron, {layer, cell, aggregate} of a closed layer, or null.
export function targetAt({ surface, stage, model, view }, x, y) {
  const box = surface.getBoundingClientRect();
  const ray = rayThrough(stage.eye.camera, (2 * (x - box.left)) / box.width - 1, 1 - (2 * (y - box.top)) / box.height);
  const found = picked(ray, model, stage.places, stage.slabs, view.open);
  if (!found) return null;
  if (found.tile === null) return { layer: found.layer, cell: found.cell, aggregate: stage.slabs[found.layer].aggregate };
  const { height, width } = model.layers[found.layer];
  return neuron(model, found.layer, found.tile * height * width + found.cell);
}

// {layer, index, value} in client coordinates; on a closed layer {layer, index: null, cell, value} of its aggregate.
export function pickedAt(viewer, x, y) {
  const found = targetAt(viewer, x, y);
  if (!found) return null;
  if (found.aggregate) return { layer: found.layer, index: null, cell: found.cell, value: found.aggregate[found.cell] };
  return { layer: found.layer, index: found.index, value: viewer.model.layers[found.layer].current[found.index] };
}

export function layersOf({ model, view, stage }) {
  return model.layers.map((layer, l) => ({
    name: layer.name,
    operation: layer.operation,
    shape: layer.shape,
    count: layer.count,
    values: layer.current, // the very numbers that are drawn
    open: view.open[l],
    aggregate: stage.slabs[l].aggregate,
  }));
}

export function statsOf({ stage, motion, flow, isAwaited, firstFrameMilliseconds }) {
  return {
    drawCalls: stage.renderer.info.render.calls,
    framesRendered: motion.rendered,
    firstFrameMilliseconds,
    framesPerSecond: motion.framesPerSecond,
    instances: stage.slabs.reduce((sum, slabs) => sum + slabs.cellsDrawn, 0),
    isAtRest: motion.isAtRest && flow.timer === null && !isAwaited,
  };
}

// Where a neuron is in the window.
export function positionOf({ surface, stage, model, view }, l, index) {
  const centre = cellCentre(model.layers[l], stage.places[l], index, view.pages[l], view.open[l]);
  const point = new THREE.Vector3(centre.x, centre.y, centre.z).project(stage.eye.camera);
  const box = surface.getBoundingClientRect();
  return { x: box.left + ((point.x + 1) / 2) * box.width, y: box.top + ((1 - point.y) / 2) * box.height };
}

export async function spun(viewer, frames) {
  const { eye, renderer } = viewer.stage;
  const gl = renderer.getContext();
  const pixel = new Uint8Array(4);
  const azimuth = eye.azimuth;
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    await new Promise(requestAnimationFrame);
    eye.azimuth = azimuth + 0.5 * Math.sin((2 * Math.PI * frame) / frames);
    viewer.draw(true);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until the picture is really drawn
  }
  const rate = (1000 * frames) / (performance.now() - start);
  eye.azimuth = azimuth;
  viewer.render();
  return rate;
}

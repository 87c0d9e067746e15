// Which neuron is under the pointer: the first box that the ray of sight meets.

import * as THREE from "three";
import { PER_PAGE, tileCentre } from "./layout.js";

// The ray through a point of the picture; x and y from -1 to 1.
export function rayThrough(camera, x, y) {
  const far = new THREE.Vector3(x, y, 0.5).unproject(camera);
  return { from: camera.position.clone(), direction: far.sub(camera.position).normalize() };
}

// Where a ray enters a box given by its centre and its size, or null.
function entry(ray, centre, size) {
  let [near, far] = [0, Infinity];
  for (const axis of ["x", "y", "z"]) {
    const [low, high] = [centre[axis] - size[axis] / 2, centre[axis] + size[axis] / 2];
    if (Math.abs(ray.direction[axis]) < 1e-12) {
      if (ray.from[axis] < low || ray.from[axis] > high) return null;
      continue;
    }
    const [a, b] = [(low - ray.from[axis]) / ray.direction[axis], (high - ray.from[axis]) / ray.direction[axis]];
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far ? near : null;
}

// Tiles that can be met, each with its centre and how much it is scaled.
function* tilesOf(place, slabs, isOpen) {
  if (!isOpen) {
    yield { tile: null, centre: { x: place.x, y: 0, z: 0 }, scale: place.closed };
    return;
  }
  for (let position = 0; position < slabs.tilesShown; position++) {
    const { y, z } = tileCentre(place, position);
    yield { tile: slabs.page * PER_PAGE + position, centre: { x: place.x, y, z }, scale: 1 };
  }
}

function cellAt(layer, place, hit, point) {
  const across = (point.z - hit.centre.z) / (place.tile.width * hit.scale) + 0.5;
  const down = 0.5 - (point.y - hit.centre.y) / (place.tile.height * hit.scale);
  const bounded = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
  return bounded(down, layer.height) * layer.width + bounded(across, layer.width);
}

// {layer, tile, cell}: `tile` is null on the aggregate of a closed layer. Null where nothing is met.
export function picked(ray, model, places, slabs, open) {
  let best = null;
  model.layers.forEach((layer, l) => {
    const place = places[l];
    for (const { tile, centre, scale } of tilesOf(place, slabs[l], open[l])) {
      const size = { x: place.depth, y: place.tile.height * scale, z: place.tile.width * scale };
      const distance = entry(ray, centre, size);
      if (distance !== null && (!best || distance < best.distance)) best = { distance, layer: l, tile, centre, scale };
    }
  });
  if (!best) return null;
  const point = ray.from.clone().addScaledVector(ray.direction, best.distance);
  return { layer: best.layer, tile: best.tile, cell: cellAt(model.layers[best.layer], places[best.layer], best, point) };
}

// From the scene's base64 to arrays. What is not needed yet is not decoded yet.

const decodedArrays = new Map();

// base64 of little-endian float32, which is the order of every machine that runs a browser.
export function floats(base64) {
  let values = decodedArrays.get(base64);
  if (!values) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    values = new Float32Array(bytes.buffer);
    decodedArrays.set(base64, values);
  }
  return values;
}

// A step's array at one checkpoint, or null where it has none (a convolution without bias).
export const arrayOf = (step, key, checkpoint) => (step[key] ? floats(step[key][checkpoint]) : null);

export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);

// Every layer is drawn as tiles of rows and columns: a map has one tile per channel, a vector one cell per neuron.
function withTiles(layer, index) {
  const [tiles, height, width] = layer.kind === "map" ? layer.shape : [layer.shape[0], 1, 1];
  return { ...layer, index, count: sizeOf(layer.shape), tiles, height, width, current: null };
}

export function decoded(scene) {
  const layers = scene.layers.map(withTiles);
  const canCompute = layers.slice(1).every((layer) => layer.steps);
  return { ...scene, layers, canCompute, stored: (layer, checkpoint, input) => floats(layer.values[checkpoint][input]) };
}

// "map 3, row 12, column 7", or "neuron 41"; counted from 0, as in PyTorch.
export function placeName(layer, index, labels) {
  if (layer.kind === "vector") return labels ? `neuron ${index} (${labels[index]})` : `neuron ${index}`;
  const cells = layer.height * layer.width;
  const rest = index % cells;
  const place = `row ${Math.floor(rest / layer.width)}, column ${rest % layer.width}`;
  return layer.tiles === 1 ? place : `map ${Math.floor(index / cells)}, ${place}`;
}

export const shapeName = (layer) => layer.shape.join(" × ");

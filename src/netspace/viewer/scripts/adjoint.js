// What one output of a step is made of: `emit(i, w)` is called for each input i with its weight w; the bias is returned.
// Exact for steps that are linear, or linear on the piece where the present input lies (relu, max pooling).

import { arrayOf } from "./decode.js";
import { convolution, origin, under, window2d } from "./steps.js";

const POINTWISE = new Set(["relu", "leaky_relu", "sigmoid", "tanh", "softmax", "identity"]);
const CURVED = new Set(["sigmoid", "tanh", "softmax"]);

export const isActivation = (step) => POINTWISE.has(step.type);
export const isCurved = (step) => CURVED.has(step.type);

function convolutionSources(step, checkpoint, at, x, emit) {
  const c = convolution(step, x.shape);
  const weight = arrayOf(step, "weight", checkpoint);
  const bias = arrayOf(step, "bias", checkpoint);
  const [o, i, j] = [Math.floor(at / (c.h * c.w)), Math.floor(at / c.w) % c.h, at % c.w];
  for (let place = 0; place < c.I * c.kh * c.kw; place++) {
    const [channel, ky, kx] = [Math.floor(place / (c.kh * c.kw)), Math.floor(place / c.kw) % c.kh, place % c.kw];
    const [y, column] = [i * c.sy - c.py + ky * c.dy, j * c.sx - c.px + kx * c.dx];
    if (y < 0 || y >= c.H || column < 0 || column >= c.W) continue;
    const from = Math.floor(o / c.perGroup) * c.I + channel;
    emit((from * c.H + y) * c.W + column, weight[o * c.I * c.kh * c.kw + place]);
  }
  return bias ? bias[o] : 0;
}

function linearSources(step, checkpoint, at, x, emit) {
  const inputs = step.weight_shape[1];
  const weight = arrayOf(step, "weight", checkpoint);
  const bias = arrayOf(step, "bias", checkpoint);
  for (let i = 0; i < inputs; i++) emit(i, weight[at * inputs + i]);
  return bias ? bias[at] : 0;
}

function poolSources(step, checkpoint, at, x, emit) {
  const p = window2d(step, x.shape);
  const cells = under(p, Math.floor(at / (p.h * p.w)), Math.floor(at / p.w) % p.h, at % p.w);
  if (step.type === "avg_pool2d") {
    cells.forEach((cell) => emit(cell, 1 / (p.kh * p.kw)));
  } else {
    emit(cells.reduce((best, cell) => (x.values[cell] > x.values[best] ? cell : best)), 1);
  }
  return 0;
}

function affineSources(step, checkpoint, at, x, emit) {
  const scale = arrayOf(step, "scale", checkpoint);
  const channel = Math.floor(at / (x.values.length / scale.length));
  emit(at, scale[channel]);
  return arrayOf(step, "shift", checkpoint)[channel];
}

function movedSources(step, checkpoint, at, x, emit) {
  const from = origin(step, x.shape).from(at);
  if (from >= 0) emit(from, 1);
  return 0;
}

function bentSources(step, checkpoint, at, x, emit) {
  emit(at, x.values[at] > 0 ? 1 : step.type === "relu" ? 0 : step.slope);
  return 0;
}

const SOURCES = {
  conv2d: convolutionSources,
  conv1d: convolutionSources,
  linear: linearSources,
  max_pool2d: poolSources,
  avg_pool2d: poolSources,
  affine: affineSources,
  relu: bentSources,
  leaky_relu: bentSources,
  identity: movedSources,
  flatten: movedSources,
  pad2d: movedSources,
  upsample2d: movedSources,
};

// One step back: from weights on the outputs of a step to weights on its inputs. Returns the bias that is picked up.
export function stepBack(step, checkpoint, weights, x) {
  const earlier = new Map();
  let bias = 0;
  for (const [at, weight] of weights) {
    bias += weight * SOURCES[step.type](step, checkpoint, at, x, (i, w) => earlier.set(i, (earlier.get(i) ?? 0) + weight * w));
  }
  return { weights: earlier, bias };
}

// Which number of which of the layers read stands at place `at` of a merge.
export function mergeSources(step, readings, at) {
  if (step.type === "add") return readings.map((_, which) => [which, at]);
  let which = 0;
  let rest = at;
  while (rest >= readings[which].values.length) rest -= readings[which++].values.length;
  return [[which, rest]];
}


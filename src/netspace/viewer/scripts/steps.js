// How each kind of step computes its output: plain loops, sums in double precision, results stored as float32.

import { arrayOf, sizeOf } from "./decode.js";

const pair = (value) => (Array.isArray(value) ? (value.length === 2 ? value : [value[0], value[0]]) : [value, value]);
const single = (value) => (Array.isArray(value) ? value[0] : value);
export const asMap = (shape) => (shape.length === 3 ? shape : shape.length === 2 ? [shape[0], 1, shape[1]] : [1, 1, shape[0]]);
const outputSide = (side, kernel, stride, padding, dilation = 1) =>
  Math.floor((side + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

// A convolution's numbers in one form; one dimension is two with a height of one.
export function convolution(step, inputShape) {
  const flat = step.type === "conv1d";
  const [O, I, ...kernel] = step.weight_shape;
  const two = (value, other) => (flat ? [other, single(value)] : pair(value));
  const [kh, kw] = flat ? [1, kernel[0]] : kernel;
  const [sy, sx] = two(step.stride, 1);
  const [py, px] = two(step.padding, 0);
  const [dy, dx] = two(step.dilation, 1);
  const [, H, W] = asMap(inputShape);
  const perGroup = O / step.groups;
  return { O, I, kh, kw, sy, sx, py, px, dy, dx, H, W, perGroup, h: outputSide(H, kh, sy, py, dy), w: outputSide(W, kw, sx, px, dx) };
}

function convolve(x, step, checkpoint) {
  const c = convolution(step, x.shape);
  const weight = arrayOf(step, "weight", checkpoint);
  const bias = arrayOf(step, "bias", checkpoint);
  const values = new Float32Array(c.O * c.h * c.w);
  for (let o = 0, at = 0; o < c.O; o++) {
    for (let i = 0; i < c.h; i++) {
      for (let j = 0; j < c.w; j++) values[at++] = (bias ? bias[o] : 0) + convolvedAt(x.values, weight, c, o, i, j);
    }
  }
  return { values, shape: [c.O, c.h, c.w] };
}

function convolvedAt(input, weight, c, o, i, j) {
  const first = Math.floor(o / c.perGroup) * c.I;
  let sum = 0;
  for (let channel = 0; channel < c.I; channel++) {
    for (let ky = 0; ky < c.kh; ky++) {
      const y = i * c.sy - c.py + ky * c.dy;
      if (y < 0 || y >= c.H) continue;
      const row = ((first + channel) * c.H + y) * c.W;
      const kernelRow = ((o * c.I + channel) * c.kh + ky) * c.kw;
      for (let kx = 0; kx < c.kw; kx++) {
        const column = j * c.sx - c.px + kx * c.dx;
        if (column >= 0 && column < c.W) sum += weight[kernelRow + kx] * input[row + column];
      }
    }
  }
  return sum;
}

function linear(x, step, checkpoint) {
  const [O, I] = step.weight_shape;
  if (x.values.length !== I) throw new Error(`a linear step takes ${I} numbers, got ${x.values.length}`);
  const weight = arrayOf(step, "weight", checkpoint);
  const bias = arrayOf(step, "bias", checkpoint);
  const values = new Float32Array(O);
  for (let o = 0; o < O; o++) {
    let sum = bias ? bias[o] : 0;
    for (let i = 0; i < I; i++) sum += weight[o * I + i] * x.values[i];
    values[o] = sum;
  }
  return { values, shape: [O] };
}

export function window2d(step, inputShape) {
  const [C, H, W] = asMap(inputShape);
  const [kh, kw] = pair(step.kernel);
  const [sy, sx] = pair(step.stride);
  const [py, px] = pair(step.padding);
  return { C, H, W, kh, kw, sy, sx, py, px, h: outputSide(H, kh, sy, py), w: outputSide(W, kw, sx, px) };
}

// Indices of the input cells under the window of output cell (channel, i, j), without the padding.
export function under(p, channel, i, j) {
  const cells = [];
  for (let y = i * p.sy - p.py; y < i * p.sy - p.py + p.kh; y++) {
    for (let x = j * p.sx - p.px; x < j * p.sx - p.px + p.kw; x++) {
      if (y >= 0 && y < p.H && x >= 0 && x < p.W) cells.push((channel * p.H + y) * p.W + x);
    }
  }
  return cells;
}

const pooled = (summary) => (x, step) => {
  const p = window2d(step, x.shape);
  const values = new Float32Array(p.C * p.h * p.w);
  for (let channel = 0, at = 0; channel < p.C; channel++) {
    for (let i = 0; i < p.h; i++) for (let j = 0; j < p.w; j++) values[at++] = summary(x.values, under(p, channel, i, j), p);
  }
  return { values, shape: [p.C, p.h, p.w] };
};

const largest = (values, cells) => cells.reduce((most, cell) => Math.max(most, values[cell]), -Infinity);
const average = (values, cells, p) => cells.reduce((sum, cell) => sum + values[cell], 0) / (p.kh * p.kw); // padding counts

const pointwise = (rule) => (x, step) => ({ values: x.values.map((value) => rule(value, step)), shape: x.shape });

function softmax(x) {
  const most = x.values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Array.from(x.values, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { values: Float32Array.from(powers, (power) => power / sum), shape: x.shape };
}

// Batch normalisation as it is after training: one factor and one shift for each channel.
function affine(x, step, checkpoint) {
  const scale = arrayOf(step, "scale", checkpoint);
  const shift = arrayOf(step, "shift", checkpoint);
  const cells = x.values.length / scale.length;
  return { values: x.values.map((v, at) => scale[Math.floor(at / cells)] * v + shift[Math.floor(at / cells)]), shape: x.shape };
}

// For steps that only move numbers: where output cell `at` comes from, or -1 for a zero; and the output's shape.
export function origin(step, inputShape) {
  if (step.type === "pad2d") {
    const [C, H, W] = asMap(inputShape);
    const [left, right, top, bottom] = step.padding;
    const [h, w] = [H + top + bottom, W + left + right];
    const from = (at) => {
      const [channel, y, x] = [Math.floor(at / (h * w)), (Math.floor(at / w) % h) - top, (at % w) - left];
      return y < 0 || y >= H || x < 0 || x >= W ? -1 : (channel * H + y) * W + x;
    };
    return { shape: [C, h, w], from };
  }
  if (step.type === "upsample2d") {
    const [C, H, W] = asMap(inputShape);
    const [fy, fx] = pair(step.factor);
    const [h, w] = [H * fy, W * fx];
    const from = (at) => (Math.floor(at / (h * w)) * H + Math.floor((Math.floor(at / w) % h) / fy)) * W + Math.floor((at % w) / fx);
    return { shape: [C, h, w], from };
  }
  return { shape: step.type === "flatten" ? [sizeOf(inputShape)] : inputShape, from: (at) => at };
}

function moved(x, step) {
  const { shape, from } = origin(step, x.shape);
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, at) => (from(at) < 0 ? 0 : x.values[from(at)]));
  return { values, shape };
}

const STEPS = {
  conv2d: convolve,
  conv1d: convolve,
  linear,
  max_pool2d: pooled(largest),
  avg_pool2d: pooled(average),
  relu: pointwise((value) => Math.max(value, 0)),
  leaky_relu: pointwise((value, step) => (value < 0 ? step.slope * value : value)),
  sigmoid: pointwise((value) => 1 / (1 + Math.exp(-value))),
  tanh: pointwise(Math.tanh),
  softmax,
  affine,
  identity: (x) => x,
  flatten: moved,
  pad2d: moved,
  upsample2d: moved,
};

export function applied(step, x, checkpoint) {
  if (!(step.type in STEPS)) throw new Error(`the scene has a step of type ${step.type}, which the page cannot compute`);
  return STEPS[step.type](x, step, checkpoint);
}

// The first step of a layer that reads several layers.
export function merged(step, readings) {
  if (step.type === "add") {
    const values = readings[0].values.map((_, at) => readings.reduce((sum, one) => sum + one.values[at], 0));
    return { values, shape: readings[0].shape };
  }
  const values = new Float32Array(readings.reduce((total, one) => total + one.values.length, 0));
  readings.reduce((at, one) => (values.set(one.values, at), at + one.values.length), 0);
  return { values, shape: [readings.reduce((total, one) => total + one.shape[0], 0), ...readings[0].shape.slice(1)] };
}

export const isMerge = (step) => step?.type === "add" || step?.type === "concatenate";

// The network computed again in the page, and one neuron taken apart.

import { isActivation, isCurved, mergeSources, stepBack } from "./adjoint.js";
import { applied, isMerge, merged } from "./steps.js";

// What a layer computes from the values of the layers that it reads: the result of each of its steps.
function traced(layer, readings, checkpoint) {
  const [first, ...rest] = layer.steps;
  const start = isMerge(first) ? merged(first, readings) : readings[0];
  const steps = isMerge(first) ? rest : layer.steps;
  const states = [start];
  steps.forEach((step) => states.push(applied(step, states.at(-1), checkpoint)));
  return { merge: isMerge(first) ? first : null, steps, states };
}

// All layers' values for an input of one's own.
export function forward(model, pixels, checkpoint = 0) {
  if (!model.canCompute) throw new Error("this scene does not hold what is needed to compute its layers in the page");
  const [input] = model.layers;
  if (pixels.length !== input.count) throw new Error(`the input has ${input.count} numbers, got ${pixels.length}`);
  const found = [{ values: Float32Array.from(pixels), shape: input.shape }];
  for (const layer of model.layers.slice(1)) {
    found.push(traced(layer, layer.reads.map((read) => found[read]), checkpoint).states.at(-1));
  }
  return found.map((state) => state.values);
}

const readingsOf = (model, layer) =>
  layer.reads.map((read) => ({ values: model.layers[read].current, shape: model.layers[read].shape }));

// The steps up to the sum s = bias + (weights times what is read) before the layer's activation; null if there is none.
function upToSum(steps) {
  let end = steps.length;
  while (end > 0 && isActivation(steps[end - 1])) end -= 1;
  return steps.slice(0, end).some(isCurved) ? null : end;
}

// s = bias + sum of w * a over everything that is read: all terms, the largest |w * a| first.
export function decomposed(model, l, index, checkpoint) {
  const layer = model.layers[l];
  if (!layer.steps || !layer.reads.length) return null;
  const readings = readingsOf(model, layer);
  layer.trace ??= traced(layer, readings, checkpoint); // forgotten when the values change
  const { merge, steps, states } = layer.trace;
  const end = upToSum(steps);
  if (end === null) return null;
  const { weights, bias } = walkBack(steps.slice(0, end), states, index, checkpoint);
  const terms = termsOf(layer, merge, readings, weights).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const sum = terms.reduce((total, term) => total + term.product, bias);
  return { bias, preactivation: states[end].values[index], sum, terms };
}

// The `count` strongest terms, and their share of the sum of all |w * a|.
export function strongest(parts, count) {
  const size = (terms) => terms.reduce((total, term) => total + Math.abs(term.product), 0);
  const terms = parts.terms.slice(0, count);
  const all = size(parts.terms);
  return { ...parts, count: parts.terms.length, terms, share: all ? size(terms) / all : 1 };
}

function walkBack(steps, states, index, checkpoint) {
  let weights = new Map([[index, 1]]);
  let bias = 0;
  for (let at = steps.length - 1; at >= 0; at--) {
    const back = stepBack(steps[at], checkpoint, weights, states[at]);
    weights = back.weights;
    bias += back.bias;
  }
  return { weights, bias };
}

function termsOf(layer, merge, readings, weights) {
  const terms = [];
  for (const [at, weight] of weights) {
    for (const [which, index] of merge ? mergeSources(merge, readings, at) : [[0, at]]) {
      const value = readings[which].values[index];
      terms.push({ layer: layer.reads[which], index, weight, value, product: weight * value });
    }
  }
  return terms;
}

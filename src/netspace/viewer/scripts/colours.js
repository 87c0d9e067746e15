// Truthful colours: one scale for a whole layer (or for all), never for one map. Zero has one colour of its own, and the
// smallest number that is not zero already differs from it. Blue is negative, orange positive: told apart by everyone.

const DAY = {
  zero: [226, 228, 233],
  positive: [[250, 222, 178], [247, 166, 78], [214, 96, 16], [112, 37, 4]],
  negative: [[196, 219, 240], [108, 167, 214], [33, 105, 178], [8, 40, 92]],
};
const NIGHT = {
  zero: [52, 58, 68],
  positive: [[116, 62, 22], [196, 98, 22], [247, 162, 56], [255, 238, 196]],
  negative: [[34, 74, 116], [38, 112, 178], [96, 172, 230], [214, 238, 255]],
};
// Every channel of a ramp goes one way only: a larger number never stands out less.
const STEPS = 256;
const DECADES = 3; // of the logarithmic scale
const LIFT = 10 ** DECADES - 1;

const mix = (a, b, t) => a.map((one, at) => Math.round(one + (b[at] - one) * t));

function ramp(stops) {
  return Array.from({ length: STEPS }, (_, at) => {
    const place = (at / (STEPS - 1)) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    return mix(stops[from], stops[from + 1], place - from);
  });
}

const tables = [DAY, NIGHT].map(({ zero, positive, negative }) => ({ zero, positive: ramp(positive), negative: ramp(negative) }));
export const palette = (isDark) => tables[isDark ? 1 : 0];

// The number that has the strongest colour.
export function largestOf(layer, model, mode) {
  if (mode === "global") return Math.max(...model.layers.map((one) => largestOf(one, model, "layer")));
  if (layer.scale === "probability") return 1;
  return Math.max(Math.abs(layer.low), Math.abs(layer.high)) || 1;
}

// Strength of the colour, from 0 for nothing to 1 for the largest number.
export function strength(value, largest, isLog) {
  const share = Math.min(Math.abs(value) / largest, 1);
  return isLog ? Math.log1p(share * LIFT) / Math.log1p(LIFT) : share;
}

// The share of the largest number that has a given strength: what the legend writes beside its colours.
export const shareAt = (t, isLog) => (isLog ? Math.expm1(t * Math.log1p(LIFT)) / LIFT : t);

export function colourOf(value, largest, isLog, isDark) {
  const table = palette(isDark);
  if (value === 0) return table.zero;
  const at = Math.round(strength(value, largest, isLog) * (STEPS - 1));
  return (value > 0 ? table.positive : table.negative)[at];
}

export const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

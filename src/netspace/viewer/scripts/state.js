// What can be set in a scene, and how it is at first.

const MOST_OPEN = 64; // layers of more channels start closed

export function firstState({ layers, checkpoints }) {
  return {
    input: 0, // null for an input of the reader's own
    checkpoint: checkpoints.length - 1,
    scale: "layer", // or "global": whose largest number has the strongest colour
    log: false,
    aggregate: "mean", // or "max": of |value| over the channels, in closed layers
    selected: null,
    open: layers.map((layer) => layer.tiles <= MOST_OPEN || layer.kind === "vector"),
    pages: layers.map(() => 0),
    camera: null, // the first view, until the reader turns it
    isDark: false,
  };
}

// Where everything stands. Data flow along x; a layer stands across it, its columns along z and its rows down y.

const SHAPE = 0.8; // width over height of a layer's grid: upright, so that layers hide less of each other
const COLUMN = 16; // a vector this short stands as one column
const PER_PAGE = 256; // tiles of a layer that are shown at once
const LARGEST = 10; // height or width of the largest layer
const VECTOR_CELL = 3; // a neuron of a vector counts as three cells of a map
const APART = 0.38; // least way from layer to layer, in heights of the tallest
const MOST_CELL = 1.4; // side of the largest cell

// The grid of a layer's tiles, in cells: how many columns and rows of tiles, how far apart, how large the whole.
function gridOf(layer) {
  const shown = Math.min(layer.tiles, PER_PAGE);
  const gap = layer.kind === "vector" ? 0.45 : Math.max(0.6, 0.14 * Math.max(layer.width, layer.height));
  const ideal = Math.sqrt((shown * SHAPE * (layer.height + gap)) / (layer.width + gap));
  const isColumn = layer.kind === "vector" && shown <= COLUMN;
  const columns = isColumn ? 1 : Math.min(Math.max(Math.round(ideal), 1), shown);
  const rows = Math.ceil(shown / columns);
  const width = columns * (layer.width + gap) - gap;
  const height = rows * (layer.height + gap) - gap;
  return { shown, gap, columns, rows, width, height, pages: Math.ceil(layer.tiles / PER_PAGE) };
}

const extentOf = (layer, grid) => Math.max(grid.width, grid.height) * (layer.kind === "vector" ? VECTOR_CELL : 1);

export function arranged(model) {
  const grids = model.layers.map(gridOf);
  const largest = Math.max(...grids.map((grid, at) => extentOf(model.layers[at], grid)));
  const places = grids.map((grid, at) => placed(model.layers[at], grid, largest));
  const tallest = Math.max(...places.map((place) => place.height));
  let x = 0;
  places.forEach((place, at) => {
    if (at > 0) x += Math.max(1.7 + 0.33 * (places[at - 1].width + place.width), APART * tallest);
    place.x = x;
  });
  places.forEach((place) => (place.x -= x / 2));
  return places;
}

function placed(layer, grid, largest) {
  const extent = Math.max(grid.width, grid.height);
  const cell = Math.min((LARGEST * Math.sqrt(extentOf(layer, grid) / largest)) / extent, MOST_CELL);
  const depth = layer.kind === "vector" ? Math.min(0.8 * cell, 0.5) : 0.16;
  const tile = { width: layer.width * cell, height: layer.height * cell };
  const share = layer.kind === "vector" ? 0.25 : 0.55; // of the open layer's size
  const closed = Math.max(1, (share * extent * cell) / Math.max(tile.width, tile.height));
  return { ...grid, cell, depth, tile, closed, gap: grid.gap * cell, width: grid.width * cell, height: grid.height * cell };
}

// Height of the line below all layers, along which the data flow and the names stand.
export const groundOf = (places) => -Math.max(...places.map((place) => place.height)) / 2 - 0.9;

// How high the way over skipped layers rises above both of them.
export const riseOf = (from, to) => 1 + 0.07 * (to.x - from.x);

// Centre of the tile that is shown at `position` of the page: its z and its y.
export function tileCentre(place, position) {
  const column = position % place.columns;
  const row = Math.floor(position / place.columns);
  return {
    z: column * (place.tile.width + place.gap) + place.tile.width / 2 - place.width / 2,
    y: place.height / 2 - row * (place.tile.height + place.gap) - place.tile.height / 2,
  };
}

// Height and width of what is seen of a layer now, between closed (0) and open (1).
export function seenSize(place, openness) {
  const closed = { width: place.tile.width * place.closed, height: place.tile.height * place.closed };
  return {
    width: Math.max(place.width * openness, closed.width * (1 - openness)),
    height: Math.max(place.height * openness, closed.height * (1 - openness)),
  };
}

// Centre of one neuron, at the front of its layer; in a closed layer the centre of the aggregate's cell.
export function cellCentre(layer, place, index, page, isOpen) {
  const cells = layer.height * layer.width;
  const position = Math.floor(index / cells) - page * PER_PAGE;
  const row = Math.floor((index % cells) / layer.width);
  const column = index % layer.width;
  const isShown = isOpen && position >= 0 && position < place.shown;
  const scale = isShown ? 1 : place.closed;
  const centre = isShown ? tileCentre(place, position) : { z: 0, y: 0 };
  return {
    x: place.x - place.depth / 2,
    y: centre.y + scale * (place.tile.height / 2 - (row + 0.5) * place.cell),
    z: centre.z + scale * (-place.tile.width / 2 + (column + 0.5) * place.cell),
    half: (scale * place.cell) / 2,
  };
}

export { PER_PAGE };

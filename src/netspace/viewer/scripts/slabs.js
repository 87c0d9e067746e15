// One layer as one mesh, drawn by one call: a tile for each map or neuron, and one more for the closed layer's aggregate.

import * as THREE from "three";
import { colourOf, largestOf } from "./colours.js";
import { PER_PAGE, tileCentre } from "./layout.js";
import { SLAB_FRAGMENT, SLAB_VERTEX } from "./shaders.js";

// Of a box are seen three faces at most, one across each axis: their corners, on whichever side the eye is.
const AXES = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const SQUARE = [[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]];
const TRIANGLES = [0, 1, 2, 2, 1, 3];
const INDICES = AXES.length * TRIANGLES.length; // of a box
const CORNERS = AXES.flatMap((axis, at) => SQUARE.map((square) => [[...square.slice(0, at), 0.5, ...square.slice(at)], axis]));

// What a closed layer shows: over its channels, the mean or the largest of |value|, cell by cell.
export function aggregated(layer, rule) {
  const cells = layer.height * layer.width;
  const values = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    let most = 0;
    for (let tile = 0; tile < layer.tiles; tile++) {
      const size = Math.abs(layer.current[tile * cells + cell]);
      sum += size;
      if (size > most) most = size;
    }
    values[cell] = rule === "max" ? most : sum / layer.tiles;
  }
  return values;
}

export class Slabs {
  constructor(layer, place) {
    Object.assign(this, { layer, place, page: 0 });
    this.columns = Math.max(1, Math.ceil(Math.sqrt(((layer.tiles + 1) * layer.height) / layer.width)));
    const rows = Math.ceil((layer.tiles + 1) / this.columns);
    const [width, height] = [this.columns * layer.width, rows * layer.height];
    this.texture = new THREE.DataTexture(new Uint8Array(4 * width * height).fill(255), width, height);
    this.mesh = new THREE.Mesh(this.geometry(), this.material());
    this.mesh.position.set(place.x, 0, 0);
    this.mesh.frustumCulled = false;
    this.showPage(0);
  }

  // Not instances: a graphics processor that is only software draws these one by one.
  geometry() {
    const geometry = new THREE.BufferGeometry();
    const count = this.place.shown + 1;
    const corners = Array.from({ length: count }, () => CORNERS).flat();
    geometry.setAttribute("position", new THREE.BufferAttribute(Float32Array.from(corners.flatMap(([corner]) => corner)), 3));
    geometry.setAttribute("normal", new THREE.BufferAttribute(Float32Array.from(corners.flatMap(([, axis]) => axis)), 3));
    geometry.setAttribute("tile", new THREE.BufferAttribute(new Float32Array(4 * corners.length), 4));
    geometry.setAttribute("isWhole", new THREE.BufferAttribute(new Float32Array(corners.length), 1));
    const faces = Array.from({ length: 3 * count }, (_, face) => TRIANGLES.map((corner) => 4 * face + corner));
    geometry.setIndex(faces.flat());
    return geometry;
  }

  material() {
    const { layer, place } = this;
    const uniforms = {
      atlas: { value: this.texture },
      extent: { value: new THREE.Vector3(place.depth, place.tile.height, place.tile.width) },
      cells: { value: new THREE.Vector2(layer.width, layer.height) },
      closedScale: { value: place.closed },
      openness: { value: 1 },
      reached: { value: 1 },
      ground: { value: new THREE.Vector3() },
      edge: { value: new THREE.Vector3() },
    };
    return new THREE.ShaderMaterial({ vertexShader: SLAB_VERTEX, fragmentShader: SLAB_FRAGMENT, uniforms, side: THREE.DoubleSide });
  }

  get uniforms() {
    return this.mesh.material.uniforms;
  }

  // Long layers are turned like a book: `page` says which tiles stand in the grid.
  showPage(page) {
    this.page = page;
    const { layer, place, columns } = this;
    const tile = this.mesh.geometry.attributes.tile;
    const first = page * PER_PAGE;
    this.tilesShown = Math.min(place.shown, layer.tiles - first);
    const texel = (number) => [(number % columns) * layer.width, Math.floor(number / columns) * layer.height];
    const put = (position, ...numbers) => {
      for (let at = 0; at < CORNERS.length; at++) tile.setXYZW(CORNERS.length * position + at, ...numbers);
    };
    for (let position = 0; position < this.tilesShown; position++) {
      const centre = tileCentre(place, position);
      put(position, centre.z, centre.y, ...texel(first + position));
    }
    put(this.tilesShown, 0, 0, ...texel(layer.tiles));
    const isWhole = this.mesh.geometry.attributes.isWhole;
    isWhole.array.fill(0).fill(1, CORNERS.length * this.tilesShown);
    tile.needsUpdate = isWhole.needsUpdate = true;
    this.setOpenness(this.uniforms.openness.value);
  }

  // From 0 for closed, which is the aggregate alone, to 1 for open, which is all tiles without it.
  setOpenness(openness) {
    this.uniforms.openness.value = openness;
    const first = openness > 0 ? 0 : this.tilesShown;
    const end = openness < 1 ? this.tilesShown + 1 : this.tilesShown;
    this.mesh.geometry.setDrawRange(INDICES * first, INDICES * (end - first));
  }

  // Cells that are drawn now: a texel of a tile each.
  get cellsDrawn() {
    const tiles = this.uniforms.openness.value > 0.5 ? this.tilesShown : 1;
    return tiles * this.layer.height * this.layer.width;
  }

  paint(model, look) {
    const { layer } = this;
    const largest = largestOf(layer, model, look.scale);
    const paintTile = (values, start, number) => {
      for (let cell = 0; cell < layer.height * layer.width; cell++) {
        this.setTexel(number, cell, colourOf(values[start + cell], largest, look.log, look.isDark));
      }
    };
    for (let tile = 0; tile < layer.tiles; tile++) paintTile(layer.current, tile * layer.height * layer.width, tile);
    this.aggregate = aggregated(layer, look.aggregate);
    paintTile(this.aggregate, 0, layer.tiles);
    this.texture.needsUpdate = true;
  }

  texelAt(number, cell) {
    const { layer, columns } = this;
    const x = (number % columns) * layer.width + (cell % layer.width);
    const y = Math.floor(number / columns) * layer.height + Math.floor(cell / layer.width);
    return 4 * (y * columns * layer.width + x);
  }

  setTexel(number, cell, colour) {
    this.texture.image.data.set(colour, this.texelAt(number, cell));
  }

  // The colours that are drawn, read back: red, green and blue of each neuron, in the order of the values.
  get drawnColours() {
    const cells = this.layer.height * this.layer.width;
    const colours = new Uint8Array(3 * this.layer.count);
    for (let index = 0; index < this.layer.count; index++) {
      const at = this.texelAt(Math.floor(index / cells), index % cells);
      colours.set(this.texture.image.data.subarray(at, at + 3), 3 * index);
    }
    return colours;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
  }
}

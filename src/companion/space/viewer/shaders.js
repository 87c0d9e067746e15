// What the graphics processor does: tiles whose texels are values' colours, and lines of a width in pixels.
// Colours are written as they are, without light: the middle of a cell's face has exactly the colour of the legend.

export const SLAB_VERTEX = `
attribute vec4 tile;      // centre z and y in the open layer, first texel in the atlas
attribute float isWhole;  // 1 for the aggregate that is shown while the layer is closed
uniform vec3 extent;      // depth, height, width of a tile
uniform float openness;
uniform float closedScale;
varying vec2 place;
flat varying vec2 corner;
varying float shade;
void main() {
  float grown = isWhole > 0.5 ? closedScale * (1.0 - openness) : openness;
  vec3 local = position * extent * vec3(1.0, grown, grown);
  if (grown < 0.001) local = vec3(0.0);
  local += vec3(0.0, tile.y * openness, tile.x * openness);
  place = vec2(position.z + 0.5, 0.5 - position.y);
  corner = tile.zw;
  shade = abs(normal.x) > 0.5 ? 1.0 : (normal.y > 0.5 ? 0.88 : 0.72);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(local, 1.0);
}`;

export const SLAB_FRAGMENT = `
uniform sampler2D atlas;
uniform vec2 cells;       // columns and rows of a tile
uniform vec3 ground;
uniform vec3 edge;
uniform float reached;    // how much of the data has arrived
varying vec2 place;
flat varying vec2 corner;
varying float shade;
void main() {
  vec2 at = clamp(place, 0.0001, 0.9999) * cells;
  vec3 colour = texelFetch(atlas, ivec2(corner + floor(at) + 0.5), 0).rgb;
  vec2 cellsPerPixel = fwidth(place * cells);
  vec2 fromEdge = min(place, 1.0 - place) * cells / max(cellsPerPixel, 1e-6);
  vec2 fromLine = min(fract(at), 1.0 - fract(at)) / max(cellsPerPixel, 1e-6);
  float isEdge = 1.0 - smoothstep(0.6, 1.4, min(fromEdge.x, fromEdge.y));
  float isLine = (1.0 - smoothstep(0.3, 0.9, min(fromLine.x, fromLine.y))) * step(max(cellsPerPixel.x, cellsPerPixel.y), 0.11);
  colour = mix(colour, edge, shade > 0.95 ? max(0.55 * isEdge, 0.3 * isLine) : 0.0);
  colour = mix(mix(edge, colour, shade), colour, step(0.95, shade));
  gl_FragColor = vec4(mix(ground, colour, 0.13 + 0.87 * reached), 1.0);
}`;

export const BEAM_VERTEX = `
attribute vec3 start;
attribute vec3 end;
attribute vec4 colour;
attribute vec3 flow;      // width in pixels, first and last layer of the way (or -1 where nothing flows)
attribute vec2 stretch;   // which part of the way this piece is
uniform vec2 size;        // of the picture in pixels
uniform float front;      // how far the data have come, in layers
varying vec4 tint;
varying float along;
varying float progress;
void main() {
  vec4 a = projectionMatrix * modelViewMatrix * vec4(start, 1.0);
  vec4 b = projectionMatrix * modelViewMatrix * vec4(end, 1.0);
  vec2 direction = normalize((b.xy / b.w - a.xy / a.w) * size + vec2(1e-5, 0.0));
  vec4 here = mix(a, b, position.x);
  here.xy += vec2(-direction.y, direction.x) * position.y * flow.x * here.w / size;
  here.z -= 0.0002 * here.w;
  tint = colour;
  along = mix(stretch.x, stretch.y, position.x);
  progress = flow.y < 0.0 ? 2.0 : (front - flow.y) / (flow.z - flow.y);
  gl_Position = here;
}`;

export const BEAM_FRAGMENT = `
uniform vec3 pulse;
varying vec4 tint;
varying float along;
varying float progress;
void main() {
  float arrived = progress > 1.5 ? 1.0 : mix(0.3, 1.0, step(along, progress));
  float glow = progress > 0.0 && progress < 1.0 ? (1.0 - smoothstep(0.0, 0.22, progress - along)) * step(along, progress) : 0.0;
  gl_FragColor = vec4(mix(tint.rgb, pulse, glow), max(tint.a * arrived, glow));
}`;

// What the graphics processor does: tiles whose texels are values' colours, and lines of a width in pixels.
// Colours are written as they are, without light: the middle of a cell's face has exactly the colour of the legend.

export const SLAB_VERTEX = `
attribute vec4 tile;      // centre z and y in the open layer, first texel in the atlas
attribute float isWhole;  // 1 for the aggregate that is shown while the layer is closed
uniform vec3 extent;      // depth, height, width of a tile
uniform float openness;
uniform float closedScale;
uniform vec2 cells;       // columns and rows of a tile
varying vec2 at;          // where in the tile, in cells
flat varying vec2 corner;
flat varying float shade; // how much of its colour a face keeps
void main() {
  float grown = isWhole > 0.5 ? closedScale * (1.0 - openness) : openness;
  vec3 size = extent * vec3(1.0, grown, grown);
  vec3 middle = vec3(0.0, tile.y * openness, tile.x * openness);
  vec3 toEye = cameraPosition - modelMatrix[3].xyz - middle;
  vec3 place = mix(position, 0.5 * sign(toEye), normal);
  bool isSeen = grown > 0.001 && dot(abs(toEye) - 0.5 * size, normal) > 0.0;
  at = vec2(place.z + 0.5, 0.5 - place.y) * cells;
  corner = tile.zw;
  shade = normal.x > 0.5 ? 1.0 : (normal.y * place.y > 0.0 ? 0.88 : 0.72);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(middle + (isSeen ? size * place : vec3(0.0)), 1.0);
}`;

export const SLAB_FRAGMENT = `
uniform sampler2D atlas;
uniform vec2 cells;
uniform vec3 ground;
uniform vec3 edge;
uniform float reached;    // how much of the data has arrived
varying vec2 at;
flat varying vec2 corner;
flat varying float shade;
void main() {
  vec3 colour = texelFetch(atlas, ivec2(corner + clamp(floor(at), vec2(0.0), cells - 1.0)), 0).rgb;
  vec2 pixels = 1.0 / max(fwidth(at), 1e-6); // that a cell is wide and high
  vec2 fromEdge = min(at, cells - at) * pixels;
  vec2 fromLine = (0.5 - abs(fract(at) - 0.5)) * pixels;
  float isEdge = clamp(1.75 - 1.25 * min(fromEdge.x, fromEdge.y), 0.0, 1.0);
  float isLine = clamp(1.5 - 1.7 * min(fromLine.x, fromLine.y), 0.0, 1.0) * step(9.0, min(pixels.x, pixels.y));
  float dark = shade < 1.0 ? 1.0 - shade : max(0.55 * isEdge, 0.3 * isLine);
  gl_FragColor = vec4(mix(ground, mix(colour, edge, dark), 0.13 + 0.87 * reached), 1.0);
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
varying vec2 across;      // from the middle, and the width, in pixels
varying float progress;
void main() {
  vec4 a = projectionMatrix * modelViewMatrix * vec4(start, 1.0);
  vec4 b = projectionMatrix * modelViewMatrix * vec4(end, 1.0);
  vec2 direction = normalize((b.xy / b.w - a.xy / a.w) * size + vec2(1e-5, 0.0));
  vec4 here = mix(a, b, position.x);
  across = vec2(0.5 * position.y * (flow.x + 1.0), flow.x);
  here.xy += 2.0 * vec2(-direction.y, direction.x) * across.x * here.w / size;
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
varying vec2 across;
varying float progress;
void main() {
  float arrived = progress > 1.5 ? 1.0 : mix(0.3, 1.0, step(along, progress));
  float glow = progress > 0.0 && progress < 1.0 ? (1.0 - smoothstep(0.0, 0.22, progress - along)) * step(along, progress) : 0.0;
  float cover = clamp(0.5 + 0.5 * across.y - abs(across.x), 0.0, min(across.y, 1.0));
  gl_FragColor = vec4(mix(tint.rgb, pulse, glow), cover * max(tint.a * arrived, glow));
}`;

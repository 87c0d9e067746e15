// The picture itself: three.js draws one mesh for each layer, one for the way of the data, one for what a neuron reads.

import * as THREE from "three";
import { Beams } from "./beams.js";
import { Eye } from "./camera.js";
import { arranged, groundOf, riseOf } from "./layout.js";
import { relationBeams, wayOfTheData } from "./relations.js";
import { Slabs } from "./slabs.js";

const DAY = {
  ground: 0xfafbfd,
  edge: 0x5d6674,
  ink: [70, 80, 98],
  arrow: [0, 116, 95],
  pulse: [0, 133, 111],
  mark: [0, 0, 0],
  positive: [201, 84, 0],
  negative: [18, 92, 170],
};
const NIGHT = {
  ground: 0x14181e,
  edge: 0xa9b4c4,
  ink: [168, 180, 198],
  arrow: [70, 190, 162],
  pulse: [95, 240, 208],
  mark: [255, 255, 255],
  positive: [255, 170, 70],
  negative: [104, 180, 240],
};
// Edges are smoothed where nothing moves, and then by a target of its own: a moving picture is drawn straight to the canvas.
const SAMPLES = 4;
const CONTEXT = { antialias: false, alpha: false, preserveDrawingBuffer: true, powerPreference: "low-power" };

// Of the picture's width: names of classes stand right of the last layer, and in a tall picture names of layers too.
const LABELLED = 0.92;
const NAMED = 0.84;

const vector = (hex) => [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255].map((part) => part / 255);

// A WebGL2 context for the canvas, or null where the browser has none to give.
export const contextOf = (canvas) => canvas.getContext("webgl2", CONTEXT);

export class Stage {
  constructor(model, canvas, context) {
    Object.assign(this, { model, canvas, size: { width: 1, height: 1 } });
    this.renderer = new THREE.WebGLRenderer({ canvas, context, ...CONTEXT });
    this.smooth = new THREE.WebGLRenderTarget(1, 1, { samples: SAMPLES, resolveDepthBuffer: false });
    this.renderer.outputColorSpace = THREE.LinearSRGBColorSpace; // the shaders write the screen's own numbers
    this.scene = new THREE.Scene();
    this.eye = new Eye();
    this.places = arranged(model);
    this.ground = groundOf(this.places);
    this.slabs = model.layers.map((layer) => new Slabs(layer, this.places[layer.index]));
    this.way = new Beams();
    this.relations = new Beams();
    this.scene.add(...this.slabs.map((slabs) => slabs.mesh), this.way.mesh, this.relations.mesh);
  }

  get openness() {
    return this.slabs.map((slabs) => slabs.uniforms.openness.value);
  }

  paint(look) {
    const { ground, edge, pulse } = (this.colours = look.isDark ? NIGHT : DAY);
    this.renderer.setClearColor(new THREE.Color().setRGB(...vector(ground)), 1);
    for (const slabs of this.slabs) {
      slabs.uniforms.ground.value.fromArray(vector(ground));
      slabs.uniforms.edge.value.fromArray(vector(edge));
      slabs.paint(this.model, look);
    }
    for (const beams of [this.way, this.relations]) beams.uniforms.pulse.value.fromArray(pulse.map((one) => one / 255));
    this.drawWay();
  }

  drawWay() {
    this.way.set(wayOfTheData(this.model, this.places, this.ground, this.openness, this.colours));
  }

  drawRelations(view, target, parts) {
    this.relations.set(target.aggregate ? [] : relationBeams(this.model, this.places, view, target, parts, this.colours));
  }

  setOpenness(l, openness) {
    this.slabs[l].setOpenness(openness);
    this.drawWay();
  }

  // How far the data have come, in layers.
  setFront(front) {
    this.way.uniforms.front.value = front;
    this.slabs.forEach((slabs, l) => (slabs.uniforms.reached.value = Math.min(Math.max(1 + (front - l) / 0.2, 0), 1)));
  }

  resize(width, height) {
    this.size = { width, height };
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    this.renderer.setSize(width, height, false);
    this.eye.resize(width, height);
    for (const beams of [this.way, this.relations]) beams.uniforms.size.value.set(width, height);
    this.smooth.setSize(this.canvas.width, this.canvas.height);
  }

  // The corners of all layers, which the first view must show.
  home() {
    const corners = this.places.flatMap(({ x, width, height, closed, tile }) => {
      const [w, h] = [Math.max(width, closed * tile.width) / 2, Math.max(height, closed * tile.height) / 2];
      return [[1, 1], [1, -1], [-1, 1], [-1, -1]].map(([up, right]) => new THREE.Vector3(x, up * h, right * w));
    });
    const arcs = this.model.layers.flatMap(({ index, reads }) =>
      reads.filter((read) => index - read > 1).map((read) => this.arcTop(read, index)),
    );
    const ends = [this.places[0].x, this.places.at(-1).x].map((x) => new THREE.Vector3(x, this.ground, 0));
    const share = this.model.labels ? LABELLED : 1;
    this.eye.home([...corners, ...arcs, ...ends], this.eye.isWide ? share : NAMED);
  }

  arcTop(read, index) {
    const [from, to] = [this.places[read], this.places[index]];
    return new THREE.Vector3((from.x + to.x) / 2, (from.height + to.height) / 4 + riseOf(from, to), 0);
  }

  // While something moves, without smooth edges: software takes three times as long for them.
  render(isMoving) {
    this.eye.place();
    this.renderer.setRenderTarget(isMoving ? null : this.smooth);
    this.renderer.render(this.scene, this.eye.camera);
    if (!isMoving) this.copySmooth();
  }

  copySmooth() {
    const { renderer, smooth } = this;
    const gl = renderer.getContext();
    renderer.setRenderTarget(null);
    renderer.state.bindFramebuffer(gl.READ_FRAMEBUFFER, renderer.properties.get(smooth).__webglFramebuffer);
    const whole = [0, 0, smooth.width, smooth.height];
    gl.blitFramebuffer(...whole, ...whole, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    renderer.state.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
  }

  dispose() {
    [...this.slabs, this.way, this.relations].forEach((part) => part.dispose());
    this.smooth.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}

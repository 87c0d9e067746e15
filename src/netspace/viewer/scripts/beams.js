// Many lines of given widths in pixels as one mesh, drawn by one call.

import * as THREE from "three";
import { BEAM_FRAGMENT, BEAM_VERTEX } from "./shaders.js";

const SIZES = { start: 3, end: 3, colour: 4, flow: 3, stretch: 2 };

export class Beams {
  constructor() {
    const uniforms = { size: { value: new THREE.Vector2(1, 1) }, front: { value: 1e9 }, pulse: { value: new THREE.Vector3() } };
    const material = { vertexShader: BEAM_VERTEX, fragmentShader: BEAM_FRAGMENT, uniforms, transparent: true, depthWrite: false };
    this.mesh = new THREE.Mesh(new THREE.BufferGeometry(), new THREE.ShaderMaterial({ ...material, side: THREE.DoubleSide }));
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  get uniforms() {
    return this.mesh.material.uniforms;
  }

  // Each beam: {start: [x, y, z], end: [x, y, z], colour: [r, g, b, a], flow: [width, from, to], stretch: [0, 1]}.
  set(beams) {
    this.mesh.geometry.dispose();
    const geometry = new THREE.BufferGeometry();
    const add = (name, size, values) => geometry.setAttribute(name, new THREE.BufferAttribute(Float32Array.from(values), size));
    add("position", 3, beams.flatMap(() => [0, -1, 0, 1, -1, 0, 1, 1, 0, 0, 1, 0]));
    for (const [name, size] of Object.entries(SIZES)) add(name, size, beams.flatMap((beam) => Array(4).fill(beam[name]).flat()));
    geometry.setIndex(beams.flatMap((_, at) => [0, 1, 2, 0, 2, 3].map((corner) => 4 * at + corner)));
    this.mesh.geometry = geometry;
    this.mesh.visible = beams.length > 0;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

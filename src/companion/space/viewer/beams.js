// Many lines of given widths in pixels as one mesh, drawn by one call.

import * as THREE from "three";
import { BEAM_FRAGMENT, BEAM_VERTEX } from "./shaders.js";

const SIZES = { start: 3, end: 3, colour: 4, flow: 3, stretch: 2 };

export class Beams {
  constructor() {
    const uniforms = { size: { value: new THREE.Vector2(1, 1) }, front: { value: 1e9 }, pulse: { value: new THREE.Vector3() } };
    const material = { vertexShader: BEAM_VERTEX, fragmentShader: BEAM_FRAGMENT, uniforms, transparent: true, depthWrite: false };
    this.mesh = new THREE.Mesh(new THREE.InstancedBufferGeometry(), new THREE.ShaderMaterial({ ...material, side: THREE.DoubleSide }));
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  get uniforms() {
    return this.mesh.material.uniforms;
  }

  // Each beam: {start: [x, y, z], end: [x, y, z], colour: [r, g, b, a], flow: [width, from, to], stretch: [0, 1]}.
  set(beams) {
    this.mesh.geometry.dispose();
    const geometry = new THREE.InstancedBufferGeometry();
    const corners = new Float32Array([0, -1, 0, 1, -1, 0, 1, 1, 0, 0, 1, 0]);
    geometry.setAttribute("position", new THREE.BufferAttribute(corners, 3));
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    for (const [name, size] of Object.entries(SIZES)) {
      const values = Float32Array.from(beams.flatMap((beam) => beam[name]));
      geometry.setAttribute(name, new THREE.InstancedBufferAttribute(values, size));
    }
    geometry.instanceCount = beams.length;
    this.mesh.geometry = geometry;
    this.mesh.visible = beams.length > 0;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

// The eye: on a sphere around a point. Azimuth 0 looks along the flow of the data, 90 degrees looks across it.

import * as THREE from "three";

const DEGREE = Math.PI / 180;
const FIELD = 13; // degrees from top to bottom
const ROOM = { left: -0.95, right: 0.95, bottom: -0.74, top: 0.9 }; // of the picture; labels stand below
const WIDE = { azimuth: 58 * DEGREE, elevation: 12 * DEGREE };
const TALL = { azimuth: 34 * DEGREE, elevation: 30 * DEGREE };

export class Eye {
  constructor() {
    this.camera = new THREE.PerspectiveCamera(FIELD, 1, 0.1, 1000);
    this.target = new THREE.Vector3();
    Object.assign(this, { azimuth: WIDE.azimuth, elevation: WIDE.elevation, distance: 60, fitted: 60 });
  }

  get state() {
    return { azimuth: this.azimuth, elevation: this.elevation, distance: this.distance };
  }

  get isWide() {
    return this.camera.aspect > 1.25;
  }

  resize(width, height) {
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  // The first view: everything in the picture, as large as it can be. `corners` are points that must be seen,
  // in this `share` of the width.
  home(corners, share = 1) {
    Object.assign(this, this.isWide ? WIDE : TALL);
    this.target.set(0, 0, 0);
    this.distance = 120;
    for (let round = 0; round < 24; round++) this.improve(corners, share);
    this.fitted = this.distance;
  }

  improve(corners, share) {
    const rightmost = ROOM.left + share * (ROOM.right - ROOM.left);
    this.place();
    const seen = corners.map((corner) => corner.clone().project(this.camera));
    const [xs, ys] = [seen.map((one) => one.x), seen.map((one) => one.y)];
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const unit = this.distance * Math.tan((FIELD / 2) * DEGREE); // of the world, from the middle to the top of the picture
    const aside = (left + right - ROOM.left - rightmost) / 2;
    const above = (bottom + top - ROOM.bottom - ROOM.top) / 2;
    this.shift(aside * unit * this.camera.aspect, above * unit);
    this.distance *= Math.max((right - left) / (rightmost - ROOM.left), (top - bottom) / (ROOM.top - ROOM.bottom));
  }

  shift(right, up) {
    const axes = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()];
    this.camera.matrixWorld.extractBasis(...axes);
    this.target.addScaledVector(axes[0], right).addScaledVector(axes[1], up);
  }

  rotate(azimuth, elevation) {
    this.azimuth += azimuth;
    this.elevation = Math.min(Math.max(this.elevation + elevation, -85 * DEGREE), 85 * DEGREE);
  }

  zoom(factor) {
    this.distance = Math.min(Math.max(this.distance / factor, 0.12 * this.fitted), 3 * this.fitted);
  }

  place() {
    const { azimuth, elevation, distance, target, camera } = this;
    const flat = Math.cos(elevation);
    camera.position.set(
      target.x - distance * Math.cos(azimuth) * flat,
      target.y + distance * Math.sin(elevation),
      target.z + distance * Math.sin(azimuth) * flat,
    );
    camera.near = Math.max(0.05, distance / 200);
    camera.far = distance + 400;
    camera.lookAt(target);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
  }
}

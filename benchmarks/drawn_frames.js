// What a page draws, for benchmarks/scenes.py, which runs this before any script of the page: a frame is all draw calls
// of one run of scripts into a canvas that is shown. The benchmark sets `isShown`: whether frames show the activations.

"use strict";
window.probe = { calls: [], first: null, gl: null, isShown: null };

// Reading a pixel waits until the frame is drawn.
probe.finish = () => {
  const { gl } = probe;
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
};

(() => {
  let isOpen = false;

  const close = () => {
    isOpen = false;
    if (probe.first !== null || !probe.isShown()) return;
    probe.finish();
    probe.first = performance.now();
  };

  const count = (gl) => {
    if (!gl.canvas.isConnected) return; // TensorFlow.js can compute by drawing where nobody sees it
    probe.gl = gl;
    if (!isOpen) {
      probe.calls.push(0);
      queueMicrotask(close);
    }
    isOpen = true;
    probe.calls[probe.calls.length - 1] += 1;
  };

  for (const { prototype } of [WebGLRenderingContext, WebGL2RenderingContext]) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (!/^draw(Arrays|Elements|RangeElements)/.test(name)) continue;
      const draw = prototype[name];
      prototype[name] = function (...parts) {
        draw.apply(this, parts);
        count(this);
      };
    }
  }
})();

// Turns the scene in each of `frames` frames, which the page's own loop draws: their number a second, and their calls.
probe.spin = async (turn, frames) => {
  const next = () => new Promise(requestAnimationFrame);
  await next();
  probe.calls = [];
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    turn();
    await next();
    probe.finish();
  }
  return [(1000 * frames) / (performance.now() - start), probe.calls];
};

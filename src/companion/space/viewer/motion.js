// Frames on demand: one picture when something changed, a row of them while something moves, none at rest.

const RECENT = 20; // frames of which the rate is the average

export class Motion {
  constructor(draw) {
    Object.assign(this, { draw, moving: new Set(), waiting: null, times: [], rendered: 0 });
  }

  get isAtRest() {
    return this.waiting === null && !this.moving.size;
  }

  get framesPerSecond() {
    const spans = this.times.slice(1).map((time, at) => time - this.times[at]);
    return spans.length ? (1000 * spans.length) / spans.reduce((a, b) => a + b, 0) : null;
  }

  invalidate() {
    this.waiting ??= requestAnimationFrame((time) => this.frame(time));
  }

  frame(time) {
    this.waiting = null;
    for (const move of [...this.moving]) {
      move.start ??= time;
      const share = Math.min((time - move.start) / move.duration, 1);
      move.work(share);
      if (share >= 1) this.moving.delete(move);
    }
    if (this.times.length && time - this.times.at(-1) > 1000) this.times = []; // a rest lies between: another row begins
    this.times = [...this.times, time].slice(-RECENT);
    this.draw();
    if (this.moving.size) this.invalidate();
  }

  // Calls `work` with shares from 0 to 1; at once with 1 for who asked for no motion.
  move(duration, work) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      work(1);
      this.invalidate();
      return null;
    }
    const move = { duration, work, start: null };
    this.moving.add(move);
    this.invalidate();
    return move;
  }

  stop(move) {
    this.moving.delete(move);
  }

  dispose() {
    if (this.waiting !== null) cancelAnimationFrame(this.waiting);
    this.moving.clear();
  }
}

export const eased = (share) => share * share * (3 - 2 * share);

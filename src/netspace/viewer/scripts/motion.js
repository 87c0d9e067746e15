// Frames on demand: one picture when something changed, a row of them while something moves, none at rest. Those of a row
// are drawn quickly, and the last of them once more as well as it can be.

const PAUSE = 150; // milliseconds without a new frame end a row
const RECENT = 20; // frames of which the rate is the average

export class Motion {
  // `draw` is told whether the picture is one of a row.
  constructor(draw) {
    Object.assign(this, { draw, moving: new Set(), waiting: null, pause: null, isInRow: false, times: [], rendered: 0 });
  }

  get isAtRest() {
    return this.waiting === null && !this.moving.size && !this.isInRow;
  }

  get framesPerSecond() {
    const spans = this.times.slice(1).map((time, at) => time - this.times[at]);
    return spans.length ? (1000 * spans.length) / spans.reduce((a, b) => a + b, 0) : null;
  }

  invalidate() {
    if (this.waiting !== null) return;
    this.isInRow ||= this.pause !== null;
    clearTimeout(this.pause);
    this.waiting = requestAnimationFrame((time) => this.frame(time));
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
    this.isInRow ||= this.moving.size > 0;
    this.draw(this.isInRow);
    this.pause = setTimeout(() => this.endRow(), PAUSE);
    if (this.moving.size) this.invalidate();
  }

  endRow() {
    this.pause = null;
    if (this.isInRow) this.draw(false);
    this.isInRow = false;
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
    clearTimeout(this.pause);
    this.moving.clear();
  }
}

export const eased = (share) => share * share * (3 - 2 * share);

// Drag to turn, wheel or two fingers to come nearer, keys for both. The page must stay scrollable: the wheel zooms only
// once the scene has the focus (or with Ctrl), and a finger that goes up or down scrolls until the scene was tapped.

const TURN = 0.008; // radians for a pixel
const STILL = 5; // pixels: less than that is a press, not a drag
const KEYS = {
  ArrowLeft: (view) => view.rotate(-12, 0),
  ArrowRight: (view) => view.rotate(12, 0),
  ArrowUp: (view) => view.rotate(0, 12),
  ArrowDown: (view) => view.rotate(0, -12),
  "+": (view) => view.zoom(1.15),
  "=": (view) => view.zoom(1.15),
  "-": (view) => view.zoom(1 / 1.15),
  Home: (view) => view.reset(),
};

export class Pointer {
  constructor(element, view) {
    Object.assign(this, { element, view, fingers: new Map(), moved: 0, spread: 0 });
    const listen = (type, work, options) => element.addEventListener(type, work, options);
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.up(event));
    listen("pointercancel", (event) => this.fingers.delete(event.pointerId));
    listen("pointerleave", () => view.hover(null));
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("keydown", (event) => this.key(event));
  }

  down(event) {
    if (event.button !== 0) return;
    if (!this.fingers.size) this.moved = 0;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.element.setPointerCapture(event.pointerId);
    this.spread = this.distance();
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.view.hover(event.clientX, event.clientY);
      return;
    }
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    this.moved += Math.hypot(dx, dy);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.fingers.size > 1) this.pinch();
    else if (this.moved > STILL) this.view.rotate(dx, dy);
  }

  pinch() {
    const spread = this.distance();
    if (this.spread && spread) this.view.zoom(spread / this.spread);
    this.spread = spread;
  }

  distance() {
    const [a, b] = [...this.fingers.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  up(event) {
    const wasAlone = this.fingers.size === 1;
    if (!this.fingers.delete(event.pointerId)) return;
    this.spread = this.distance();
    if (wasAlone && this.moved <= STILL) this.view.press(event.clientX, event.clientY);
  }

  wheel(event) {
    if (document.activeElement !== this.element && !event.ctrlKey) return;
    event.preventDefault();
    this.view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.04 : 0.0014)));
  }

  key(event) {
    if (!(event.key in KEYS) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    KEYS[event.key](this.view);
  }
}

export { TURN };

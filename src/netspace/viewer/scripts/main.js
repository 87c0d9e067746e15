// Scenes of the page: `window.netspace` mounts a viewer into a figure, gives it up again, and hands it to who asks.

import style from "./viewer.css";
import { decoded } from "./decode.js";
import { make } from "./elements.js";
import { contextOf } from "./stage.js";
import { Viewer } from "./viewer.js";

const SEEN = 0.4; // share of a picture that must be in the window
const PATIENCE = 3; // how often a scene comes back that the browser took the graphics memory from
const PAUSE = 500; // milliseconds until it does
const viewers = new Map(); // name -> viewer
const lost = new Map(); // name -> how often
const kept = new Map(); // name -> what a viewer that was given up had been set to
const models = new Map(); // name -> decoded scene

function addStyle() {
  if (document.getElementById("netspace-style")) return;
  document.head.append(make("style", { id: "netspace-style" }, style));
}

function modelOf(figure) {
  const text = figure.querySelector("script[type='application/json']").textContent;
  if (!models.has(figure.id)) models.set(figure.id, decoded(JSON.parse(text)));
  return models.get(figure.id);
}

// Says below the still picture why there is no more than it.
function explain(figure, reason) {
  figure.dataset.space = "still";
  figure.querySelector(".netspace-note")?.remove();
  figure.querySelector(".netspace-stage").after(make("p", { class: "netspace-note" }, reason));
}

// When a scene is seen for the first time the data run through it once, unless the reader asked for no motion.
function playWhenSeen(viewer) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  viewer.isAwaited = true; // whether it is seen is not known yet
  viewer.sight = new IntersectionObserver(
    ([entry]) => {
      viewer.isAwaited = false;
      if (entry.intersectionRatio < SEEN) return;
      viewer.sight.disconnect();
      viewer.play();
    },
    { threshold: SEEN },
  );
  viewer.sight.observe(viewer.picture);
}

// A browser may take the graphics memory at any time: the still picture is back at once, and the scene a little later.
function comeBackWhenLost(figure, canvas, viewer) {
  canvas.addEventListener("webglcontextlost", () => {
    if (viewers.get(figure.id) !== viewer) return; // it was given up, which loses it as well
    dispose(figure);
    lost.set(figure.id, (lost.get(figure.id) ?? 0) + 1);
    if (lost.get(figure.id) <= PATIENCE) setTimeout(() => mount(figure), PAUSE);
    else explain(figure, "This is a still picture: the browser takes the graphics memory away again and again.");
  });
}

function mount(figure) {
  if (viewers.has(figure.id) || figure.dataset.space === "still") return viewers.get(figure.id) ?? null;
  const canvas = make("canvas", { "aria-hidden": "true" });
  const context = contextOf(canvas);
  if (!context) {
    explain(figure, "This is a still picture: this browser offers no WebGL 2, which the scene in three dimensions needs.");
    return null;
  }
  addStyle();
  const stage = figure.querySelector(".netspace-stage");
  const alt = stage.dataset.alt ?? "";
  const viewer = new Viewer(modelOf(figure), { canvas, context, alt, ...kept.get(figure.id) });
  viewers.set(figure.id, viewer);
  comeBackWhenLost(figure, canvas, viewer);
  stage.append(viewer.element);
  stage.style.minHeight = "";
  figure.dataset.space = "live";
  viewer.resize();
  if (!kept.has(figure.id)) playWhenSeen(viewer);
  return viewer;
}

// Gives the graphics memory back; the still picture returns, and the next mount goes on where this one was.
function dispose(figure) {
  const viewer = viewers.get(figure.id);
  if (!viewer) return;
  const stage = figure.querySelector(".netspace-stage");
  const height = `${stage.clientHeight}px`;
  kept.set(figure.id, { kept: viewer.view, pixels: viewer.pixels });
  viewer.dispose();
  viewers.delete(figure.id);
  delete figure.dataset.space;
  stage.style.minHeight = height; // what stands below stays where it is
}

const figures = () => document.querySelectorAll("figure.netspace");

window.netspace = {
  mount,
  dispose,
  explain,
  get: (name) => viewers.get(name) ?? null,
  mountAll: () => figures().forEach(mount),
};

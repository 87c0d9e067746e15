// Draws the figures that readers move. Plotly comes from the book itself, once a figure is about to be seen.
(() => {
  "use strict";

  const figures = () => document.querySelectorAll("figure.companion-interactive");
  const root = document.documentElement.dataset.content_root || "./";
  let plotly;

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}vendor/plotly.min.js`;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error("plotly.min.js could not be loaded"));
      document.head.append(script);
    });
    return plotly;
  }

  const isDark = () => document.documentElement.dataset.theme === "dark";

  // The cycle of all figures, petroff10, and the same hues lighter for the night.
  const DAY = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"];
  const NIGHT = ["#6fb1ec", "#ffc04d", "#ff8266", "#c3cfcd", "#c39bea", "#d6a594", "#ff9a4d", "#d8cd96", "#adb2bd", "#b5eaec"];

  // Colours are the page's: those of the text on a transparent ground. The legend stands above, where it hides nothing.
  function themed(layout) {
    const ink = isDark() ? "#e6e6e6" : "#222";
    const grid = isDark() ? "#4a4f57" : "#dcdcdc";
    const out = { ...layout, dragmode: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true };
    out.colorway = isDark() ? NIGHT : DAY;
    out.font = { ...layout.font, color: ink };
    out.margin = { l: 55, r: 15, t: 20, b: 50, ...layout.margin };
    out.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom" };
    for (const key of Object.keys({ xaxis: 0, yaxis: 0, ...layout })) {
      if (/^[xy]axis\d*$/.test(key)) {
        // where two axes have one scale, the panel becomes smaller, and the axes end where the figure says
        out[key] = { constrain: "domain", ...layout[key], gridcolor: grid, zerolinecolor: grid, linecolor: ink, automargin: true };
      }
    }
    return out;
  }

  // Panels that stand side by side stand below each other where there is no room, on a phone.
  const NARROW = 560;
  const PANEL = 320;
  function arranged(layout, width) {
    const panels = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key) && layout[key].domain);
    const isRow = panels.length > 1 && !panels.some((key) => layout[key.replace("x", "y")]?.domain);
    if (width >= NARROW || !isRow) return layout;
    const out = { ...layout, height: PANEL * panels.length + 120 };
    panels.forEach((key, i) => {
      const [top, bottom] = [1 - i / panels.length, 1 - (i + 1) / panels.length];
      const y = key.replace("x", "y");
      out[key] = { ...layout[key], domain: [0, 1] };
      out[y] = { ...layout[y], domain: [i < panels.length - 1 ? bottom + 0.14 : bottom, top] };
    });
    return out;
  }

  // A bar of colours beside panels would take the width that a phone has; there it lies below them.
  const LYING = { orientation: "h", x: 0.5, xanchor: "center", y: -0.16, yanchor: "top", len: 0.95, thickness: 14 };
  function withColoursBelow(trace) {
    const colorbar = trace.marker?.colorbar;
    return colorbar ? { ...trace, marker: { ...trace.marker, colorbar: { ...colorbar, ...LYING } } } : trace;
  }

  // Theory is black and dashed in every figure; at night it is white, since black on black says nothing.
  function themedTraces(traces) {
    const ink = isDark() ? "#f2f2f2" : "black";
    return traces.map((trace) => {
      const line = { ...trace.line };
      const isTheory = /^theory\b/i.test(trace.name ?? "") && !line.color;
      if (isTheory || /^(black|#000|#000000)$/i.test(line.color ?? "")) line.color = ink;
      if (isTheory) line.dash ??= "dash";
      return { ...trace, line };
    });
  }

  function frameIndex(controls, positions) {
    return controls.reduce((index, control, i) => index * control.values.length + positions[i], 0);
  }

  function makeSlider(figure, control, onChange) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("output");
    const text = (position) => String(control.values[position]);
    Object.assign(input, { type: "range", min: 0, max: control.values.length - 1, step: 1, value: control.initial });
    input.name = control.name;
    input.id = `${figure.id}-${control.name}`;
    shown.htmlFor = input.id;
    const tell = () => {
      shown.textContent = text(input.value);
      input.setAttribute("aria-valuetext", text(input.value));
    };
    input.addEventListener("input", () => {
      tell();
      onChange(Number(input.value));
    });
    const caption = document.createElement("span");
    caption.append(`${control.label}: `, shown);
    label.append(caption, input);
    tell();
    return label;
  }

  const nearest = (values, wanted) =>
    values.reduce((best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? i : best), 0);

  // Two sliders follow the pointer over the plot: one along the x axis, one along the y axis.
  function makeDraggable(figure, plot, spec) {
    const dragged = spec.drag.map((name) => spec.controls.find((control) => control.name === name));
    const sliders = spec.drag.map((name) => figure.querySelector(`input[name="${name}"]`));
    const follow = (event) => {
      const { xaxis, yaxis } = plot._fullLayout;
      const box = plot.getBoundingClientRect();
      const here = [xaxis.p2d(event.clientX - box.left - xaxis._offset), yaxis.p2d(event.clientY - box.top - yaxis._offset)];
      sliders.forEach((slider, i) => {
        const position = String(nearest(dragged[i].values, here[i]));
        if (slider.value === position) return;
        slider.value = position;
        slider.dispatchEvent(new Event("input"));
      });
    };
    let holding = false;
    plot.classList.add("companion-draggable");
    plot.addEventListener("pointerdown", (event) => {
      holding = true;
      plot.setPointerCapture(event.pointerId);
      follow(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (holding) follow(event);
    });
    for (const end of ["pointerup", "pointercancel"]) plot.addEventListener(end, () => { holding = false; });
  }

  async function start(figure) {
    await window.companionNumbers.fill(figure);
    const plot = figure.querySelector(".companion-plot");
    plot.textContent = ""; // what a failure has left
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const positions = spec.controls.map((control) => control.initial);

    const draw = async () => {
      const Plotly = await loadPlotly();
      const frame = spec.frames[frameIndex(spec.controls, positions)] ?? [];
      const moved = spec.data.map((trace, i) => ({ ...trace, ...frame[i] }));
      const traces = plot.clientWidth < NARROW ? moved.map(withColoursBelow) : moved;
      const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
      const layout = themed(arranged(spec.layout, plot.clientWidth));
      plot.style.height = layout.height ? `${layout.height}px` : ""; // Plotly asks the box when the window changes its size
      await Plotly.react(plot, themedTraces(traces), layout, config);
      figure.dataset.drawn = positions.join(",");
    };

    const bar = document.createElement("div");
    bar.className = "companion-controls";
    spec.controls.forEach((control, i) => {
      bar.append(makeSlider(figure, control, (position) => {
        positions[i] = position;
        draw();
      }));
    });
    plot.after(bar);
    new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    let isNarrow = plot.clientWidth < NARROW;
    new ResizeObserver(() => {
      if (plot.clientWidth < NARROW === isNarrow) return;
      isNarrow = !isNarrow;
      draw();
    }).observe(plot);
    draw().then(() => {
      if (spec.drag) makeDraggable(figure, plot, spec);
    }).catch(() => {
      plot.textContent = plot.getAttribute("aria-label");
    });
  }

  // A figure whose numbers did not come says so, and tries again when it comes near again.
  function watch() {
    const starting = new Set();
    const seen = new IntersectionObserver((entries) => {
      for (const figure of entries.filter((e) => e.isIntersecting && !starting.has(e.target)).map((e) => e.target)) {
        starting.add(figure);
        start(figure).then(() => seen.unobserve(figure), (error) => {
          const plot = figure.querySelector(".companion-plot");
          plot.textContent = `${plot.getAttribute("aria-label")} (${error.message})`;
          starting.delete(figure);
        });
      }
    }, { rootMargin: "300px" });
    figures().forEach((figure) => seen.observe(figure));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();

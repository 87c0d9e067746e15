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

  // Colours are the page's: those of the text on a transparent ground.
  function themed(layout) {
    const ink = isDark() ? "#e6e6e6" : "#222";
    const grid = isDark() ? "#4a4f57" : "#dcdcdc";
    const out = { ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true };
    out.font = { ...layout.font, color: ink };
    out.margin = { l: 60, r: 15, t: 25, b: 55, ...layout.margin };
    for (const key of Object.keys({ xaxis: 0, yaxis: 0, ...layout })) {
      if (/^[xy]axis\d*$/.test(key)) {
        out[key] = { ...layout[key], gridcolor: grid, zerolinecolor: grid, linecolor: ink, automargin: true };
      }
    }
    return out;
  }

  // A black line is theory; at night it would be black on black.
  function themedTraces(traces) {
    const night = isDark();
    return traces.map((trace) => {
      const line = trace.line && { ...trace.line };
      if (line && night && /^(black|#000|#000000)$/i.test(line.color ?? "")) line.color = "#f2f2f2";
      return line ? { ...trace, line } : trace;
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

  function start(figure) {
    const plot = figure.querySelector(".companion-plot");
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const positions = spec.controls.map((control) => control.initial);

    const draw = async () => {
      const Plotly = await loadPlotly();
      const frame = spec.frames[frameIndex(spec.controls, positions)] ?? [];
      const traces = spec.data.map((trace, i) => ({ ...trace, ...frame[i] }));
      const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
      await Plotly.react(plot, themedTraces(traces), themed(spec.layout), config);
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
    draw().catch(() => {
      plot.textContent = plot.getAttribute("aria-label");
    });
  }

  function watch() {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((e) => e.isIntersecting)) {
        seen.unobserve(entry.target);
        start(entry.target);
      }
    }, { rootMargin: "300px" });
    figures().forEach((figure) => seen.observe(figure));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();

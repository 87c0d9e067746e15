// Short ways to make pieces of the page.

// make("button", {type: "button", class: "x", onclick: f}, "text", child, ...)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name === "class" ? "class" : name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const button = (text, title, onclick) => make("button", { type: "button", title, onclick }, text);

export function choice(label, options, chosen, onchoice) {
  const select = make("select", { onchange: () => onchoice(select.value) });
  options.forEach(([value, text]) => select.append(make("option", { value, selected: value === chosen }, text)));
  return { select, element: make("label", {}, make("span", {}, label), select) };
}

export function tick(label, checked, onchoice) {
  const box = make("input", { type: "checkbox", checked, onchange: () => onchoice(box.checked) });
  return { box, element: make("label", { class: "netspace-tick" }, box, make("span", {}, label)) };
}

// Up to four significant digits, without a comma that is a point elsewhere.
export function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace("-", "\u2212");
}

export const percent = (share) => `${(100 * share).toFixed(1)} %`;

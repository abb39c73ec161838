"use strict";
// The section of a layer: its maps, why they have this shape, and its filters.
const Sections = (() => {
  const { make, signed } = Page;
  const { layers, end, parameter, shape, name } = Network;

  function makeSection(layer) {
    const own = layers[layer];
    const [height, width, count] = shape(layer);
    const size = height * width === 1 ? `${count.toLocaleString("en")} values` : `${height} × ${width} × ${count}`;
    const title = layer < 0 ? "picture" : layer === end ? "softmax" : `${own.name}: ${own.title}`;
    const canvas = make("canvas", {
      class: "pixels", tabindex: 0, role: "application", "aria-describedby": "keys",
      "aria-label": `${name(layer)}, ${size}: arrow keys move, Enter goes to where a value comes from`,
    });
    const parameters = own?.parameters ? `, ${own.parameters.toLocaleString("en")} parameters` : "";
    const element = make("section", { class: "panel", "aria-label": title },
      make("h3", {}, title, make("span", { class: "faint" }, `  ${size}${parameters}`)), canvas,
      own?.explanation.length
        ? make("details", {}, make("summary", {}, "Why this shape"),
          ...own.explanation.map((line) => make("p", { class: "faint" }, line))) : null,
      own?.kind === "conv" ? filterDetails(layer) : null);
    Moving.listen(layer, canvas);
    Maps.sections.set(layer, { element, canvas });
    return element;
  }

  /** The filters of a convolution, drawn when they are asked for. */
  function filterDetails(layer) {
    const [height, width] = layers[layer].window.size;
    const channels = shape(layers[layer].from[0])[2] / layers[layer].groups, filters = shape(layer)[2];
    const canvas = make("canvas", { class: "pixels still", role: "img", "aria-label": `filters of ${name(layer)}` });
    const input = make("input", { type: "number", min: 0, max: channels - 1, value: 0 });
    const text = channels === 3 ? "each on its own scale: gray is zero, more red a larger weight for red"
      : "each on its own scale: blue negative, red positive";
    const details = make("details", {}, make("summary", {}, `The ${filters} filters`),
      channels === 3 || channels === 1 ? null : make("label", {}, "Channel", input), canvas,
      make("p", { class: "faint" }, text));
    const paintFilters = () => {
      const channel = Math.max(0, Math.min(channels - 1, Math.floor(Number(input.value)) || 0));
      const weight = parameter(layer, "weight");
      const scale = Math.max(2, Math.floor(36 / Math.max(height, width)));
      const columns = Math.max(1, Math.min(filters, Math.floor(details.clientWidth / (width * scale + 4))));
      [canvas.width, canvas.height] = [columns * (width * scale + 4),
        Math.ceil(filters / columns) * (height * scale + 4)];
      const context = canvas.getContext("2d");
      for (let f = 0; f < filters; f += 1) {
        const tap = (place, c) => weight[(place * channels + c) * filters + f];
        const shown = channels === 3 ? [0, 1, 2] : [channel];
        let most = 1e-12;
        for (let place = 0; place < height * width; place += 1) {
          for (const c of shown) most = Math.max(most, Math.abs(tap(place, c)));
        }
        for (let place = 0; place < height * width; place += 1) {
          const ink = channels === 3
            ? `rgb(${shown.map((c) => Math.round(127.5 + 127.5 * tap(place, c) / most)).join(",")})`
            : signed(tap(place, channel) / most);
          const left = f % columns * (width * scale + 4) + place % width * scale;
          const top = Math.floor(f / columns) * (height * scale + 4) + Math.floor(place / width) * scale;
          context.fillStyle = "#fff";
          context.fillRect(left, top, scale, scale);
          context.fillStyle = ink;
          context.fillRect(left, top, scale, scale);
        }
      }
    };
    details.addEventListener("toggle", () => { if (details.open) paintFilters(); });
    input.addEventListener("input", paintFilters);
    return details;
  }

  return { make: makeSection };
})();

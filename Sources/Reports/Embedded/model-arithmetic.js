"use strict";
// The chosen value: its name, and the numbers, products and sums that it was made of.
const Arithmetic = (() => {
  const { $, make, fill, short, signed, cellGrid, group } = Page;
  const { data, layers, inputShape, end, state, parameter, values, levels, shape, place, value, name, label, at,
    source }
    = Network;
  const { seen, taps, contributions, sumOf } = Parts;

  function goButton(text, target, attributes = {}) {
    return make("button", {
      type: "button", title: label(target.layer, target.y, target.x, target.c), ...attributes,
      on: { click: () => Moving.choose(target, true) },
    }, text);
  }

  function tinted(number, most) { return { background: signed(most > 0 ? number / most : 0) }; }

  const largest = (numbers) => numbers.reduce((a, n) => Math.max(a, Math.abs(n)), 0);

  /** Samples to press; `nothing` stands beyond the border. */
  function samples(cells, from, nothing, chosen = -1) {
    const most = largest(cells.map((cell) => cell.sample));
    return cells.map((cell, index) => (cell.isInside
      ? goButton(short(cell.sample, 4), { layer: from, ...cell }, {
        class: `cell${index === chosen ? " chosen" : ""}`, style: tinted(cell.sample, most),
      })
      : make("span", { class: "outside", title: "beyond the border" }, nothing)));
  }

  function activated(own, sum, result) {
    return own.activation ? ` → ${own.activation}(${short(sum)}) = ${short(result)}` : "";
  }

  /** How well the weights of a layer are known here. */
  function precision(own) {
    if (typeof own.weight !== "object") return null;
    const { error } = own.weight;
    return make("p", { class: "faint" }, error
      ? `To keep the page small, the weights of this layer are rounded here, by ${short(error * 100, 2)} % of their usual `
        + "size, and then moved by a hair so that the products make the command's value."
        + (data.rounding ? ` Values of maps are rounded, too, by ${short(data.rounding * 100, 2)} %.` : "")
      : "The weights are written with five digits here, to keep the page small.");
  }

  function explainConvolution(own, result) {
    const from = own.from[0], { first, per: count } = seen(own, shape(from)[2]);
    const sums = Array.from({ length: count }, (_, c) => sumOf(taps(c)));
    const order = sums.map((_, c) => c).sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a]));
    const channel = state.channel !== null && state.channel < count ? state.channel : order[0];
    const cells = taps(channel);
    const width = own.window.size[1];
    const bias = own.bias === undefined ? 0 : parameter(state.layer, "bias")[state.c];
    const total = sums.reduce((a, b) => a + b, 0) + bias;
    const mostTap = largest(cells.map((cell) => cell.tap)), mostProduct = largest(cells.map((c) => c.product));
    const parts = [];
    if (count > 1) {
      const choose = make("select", {
        on: { change: (event) => { state.channel = Number(event.target.value); explain(); } },
      }, ...order.map((c) => make("option", { value: c, selected: c === channel },
        `map ${first + c}: ${short(sums[c], 4)}`)));
      parts.push(make("label", {}, `Channel of ${name(from)}, the weightiest first`, choose));
    }
    if (cells.length <= 121) {
      parts.push(make("div", { class: "row wide" },
        group("samples", cellGrid(width, samples(cells, from, "0"))), make("span", { class: "sign" }, "·"),
        group("weights", cellGrid(width, cells.map((cell) =>
          make("span", { style: tinted(cell.tap, mostTap) }, short(cell.tap, 4))))),
        make("span", { class: "sign" }, "="),
        group("products", cellGrid(width, cells.map((cell) =>
          make("span", { style: tinted(cell.product, mostProduct) }, short(cell.product, 4)))))));
    }
    parts.push(make("p", { class: "mono" }, `sum of the products: ${short(sums[channel])}`));
    if (count > 1) {
      parts.push(make("p", { class: "mono" },
        `${own.groups > 1 ? "the filter's" : "all"} ${count} channels: ${short(total - bias)}`
        + (count <= 4 ? ` = ${sums.map((s) => short(s, 5)).join(" + ")}` : "")));
    }
    parts.push(make("p", { class: "mono" },
      `${short(total - bias)} + bias ${short(bias)} = ${short(total)}${activated(own, total, result)}`),
    precision(own));
    return parts;
  }

  function explainDense(own, result) {
    const from = own.from[0];
    const list = contributions();
    const bias = own.bias === undefined ? 0 : parameter(state.layer, "bias")[state.c];
    const sum = sumOf(list);
    const shown = list.slice(0, 12);
    const rest = list.length - shown.length;
    const row = (first, ...cells) => make("tr", {}, make("td", {}, first),
      ...cells.map((text) => make("td", { class: "number" }, text)));
    const table = make("table", {}, make("tr", {}, make("th", {}, "input"),
      ...["value", "weight", "product"].map((text) => make("th", { class: "number" }, text))),
    ...shown.map(({ index, sample, tap, product }) => {
      const target = at(from, index);
      return row(goButton(label(from, target.y, target.x, target.c), target, { class: "link" }),
        short(sample, 4), short(tap, 4), short(product, 4));
    }),
    rest > 0 ? row(`${rest.toLocaleString("en")} others`, "", "", short(sum - sumOf(shown), 4)) : null);
    return [
      heat(from, list), make("div", { class: "wide" }, table),
      make("p", { class: "mono" }, `sum of ${list.length.toLocaleString("en")} products: ${short(sum)}`),
      make("p", { class: "mono" },
        `${short(sum)} + bias ${short(bias)} = ${short(sum + bias)}${activated(own, sum + bias, result)}`),
      precision(own),
    ];
  }

  /** Where in the map that was flattened the inputs of a neuron speak for it (red) or against (blue). */
  function heat(from, list) {
    const map = layers[from]?.kind === "flatten" ? layers[from].from[0] : from;
    const [height, width, count] = shape(map);
    if (height * width < 4) return null;
    const sums = new Float64Array(height * width);
    for (const { index, product } of list) sums[Math.floor(index / count)] += product;
    const most = largest(Array.from(sums)) || 1;
    const scale = Math.max(1, Math.floor(110 / Math.max(height, width)));
    const canvas = make("canvas", {
      class: "still", role: "img",
      "aria-label": "where the inputs speak for this neuron, summed over all maps",
    });
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const context = canvas.getContext("2d");
    sums.forEach((sum, i) => {
      context.fillStyle = signed(sum / most);
      context.fillRect(i % width * scale, Math.floor(i / width) * scale, scale, scale);
    });
    return make("figure", {}, canvas, make("figcaption", {},
      `products summed over the ${count} maps of ${name(map)}: red speaks for it, blue against`));
  }

  function explainPool(own, result) {
    const from = own.from[0];
    const cells = taps(state.c);
    const inside = cells.filter((cell) => cell.isInside);
    const winner = own.pool === "average" ? -1 : cells.findIndex((c) => c.isInside && c.sample === result);
    const list = inside.map((cell) => short(cell.sample, 5)).join(", ");
    return [
      cells.length <= 121
        ? group("samples", cellGrid(own.window.size[1], samples(cells, from, "–", winner))) : null,
      make("p", { class: "mono" }, own.pool === "average"
        ? `(${list}): ${short(inside.reduce((a, c) => a + c.sample, 0))} / ${inside.length} = ${short(result)}`
        : `${own.pool === "maximum" ? "max" : "min"}(${list}) = ${short(result)}`),
    ];
  }

  function explainSoftmax(result) {
    const logits = Array.from(values(end - 1));
    const top = Math.max(...logits);
    const powers = logits.map((z) => Math.exp(z - top));
    const total = powers.reduce((a, b) => a + b, 0);
    return [
      make("p", { class: "mono" }, `e^(${short(logits[state.c])} − ${short(top)}) / Σ e^(z − ${short(top)})`),
      make("p", { class: "mono" }, `${short(powers[state.c])} / ${short(total)} = ${short(result)}`),
      make("p", {}, "The output before it: ", goButton(label(end - 1, 0, 0, state.c),
        { layer: end - 1, y: 0, x: 0, c: state.c }, { class: "link" })),
    ];
  }

  function sourceButton(from, index) {
    const target = source(from, index);
    const sample = value(target.layer, target.y, target.x, target.c);
    return goButton(`${label(from, target.y, target.x, target.c)} = ${short(sample)}`, target,
      { class: "link" });
  }

  function explained(result) {
    if (state.layer < 0) {
      const level = levels(state.picture)[place(-1, state.y, state.x, state.c)];
      const names = inputShape[2] === 3 ? ["red", "green", "blue"] : ["gray"];
      return [make("p", { class: "mono" },
        `level ${level} (${names[state.c] ?? state.c}) · ${short(data.scale[state.c])} + `
        + `${short(data.shift[state.c])} = ${short(result)}`)];
    }
    if (state.layer === end) return explainSoftmax(result);
    const own = layers[state.layer];
    const index = place(state.layer, state.y, state.x, state.c);
    switch (own.kind) {
      case "conv": return explainConvolution(own, result);
      case "dense": return explainDense(own, result);
      case "pool": return explainPool(own, result);
      case "global": {
        const [height, width] = shape(own.from[0]);
        return [make("p", {}, `The ${own.pool} of the ${height} × ${width} values of map ${state.c} of `
          + `${name(own.from[0])}: ${short(result)}.`)];
      }
      case "flatten": return [make("p", {}, "The same value, in a row: ", sourceButton(own.from[0], index))];
      case "activation":
        return [make("p", {}, `${own.title} of `, sourceButton(own.from[0], index), ` is ${short(result)}.`)];
      case "sum":
        return [make("p", {}, "The sum of ", sourceButton(own.from[0], index), " and ",
          sourceButton(own.from[1], index), own.activation ? `, then ${own.activation}` : "",
          `: ${short(result)}.`)];
      case "product":
        return [make("p", {}, "The product of ", sourceButton(own.from[0], index), " and its factor ",
          sourceButton(own.from[1], index), `: ${short(result)}.`)];
      case "scale":
        return [make("p", {}, sourceButton(own.from[0], index), ` · ${short(own.factor)} = ${short(result)}`)];
      case "norm": {
        const channel = own.flat ? index : state.c;
        const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
          .map((key) => parameter(state.layer, key)[channel]);
        const sample = values(own.from[0])[index];
        return [make("p", {}, "From ", sourceButton(own.from[0], index)),
          make("p", { class: "mono" }, `${short(weight)} · (${short(sample)} − ${short(mean)}) / `
            + `√(${short(variance)} + ${short(own.epsilon)}) + ${short(bias)} = ${short(result)}`)];
      }
      default: return [make("p", {}, `${own.title}: ${short(result)}.`)];
    }
  }

  let announcing = 0;

  function explain() {
    const result = value(state.layer, state.y, state.x, state.c);
    const text = `${label(state.layer, state.y, state.x, state.c)} = ${short(result)}`;
    $("detail-heading").textContent = text;
    $("detail-heading").title = String(result);
    $("back").disabled = state.history.length === 0;
    fill($("arithmetic"), ...explained(result));
    clearTimeout(announcing);
    announcing = setTimeout(() => { $("announcement").textContent = text; }, 500);
  }

  return { show: explain, goButton };
})();

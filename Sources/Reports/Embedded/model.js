"use strict";
// The page of a model and pictures: every layer's maps, and for any value what it was made of.
(() => {
  const { $, make, fill, short, signed } = Page;
  const data = Page.data();
  const layers = data.layers;
  const classes = data.classes;
  const inputShape = data.input;
  // Layers by number; −1 is the picture as the network sees it, `end` the softmax.
  const end = layers.length;
  const state = {
    picture: 0, layer: -1, y: 0, x: 0, c: 0, channel: null, isHeld: false, history: [],
    isShared: false, isGray: false,
  };
  const ramp = Array.from({ length: 256 }, (_, i) =>
    [0, 2, 4].map((k) => parseInt(data.ramp.slice(6 * i + k, 6 * i + k + 2), 16)));

  // MARK: Numbers

  /** A tensor of the data; what is written short has lost its last digits. */
  function tensor(json) {
    if (typeof json === "string") return Page.floats(json);
    const bytes = Page.bytes(json.short);
    const bits = new Uint32Array(bytes.length / 3);
    for (let i = 0; i < bits.length; i += 1) {
      bits[i] = (bytes[3 * i] << 8) | (bytes[3 * i + 1] << 16) | (bytes[3 * i + 2] << 24);
    }
    return new Float32Array(bits.buffer);
  }

  const tensors = new Map();

  function parameter(layer, name) {
    const key = `${layer}.${name}`;
    if (!tensors.has(key) && layers[layer][name] !== undefined) {
      tensors.set(key, tensor(layers[layer][name]));
    }
    return tensors.get(key);
  }

  const kept = new Map();

  /** The values after a layer, channel innermost. */
  function values(layer, picture = state.picture) {
    const key = `${picture}.${layer}`;
    if (kept.has(key)) return kept.get(key);
    let result;
    if (layer < 0) {
      const channels = inputShape[2];
      result = Float32Array.from(levels(picture), (level, i) =>
        Math.fround(Math.fround(level * Math.fround(data.scale[i % channels]))
          + Math.fround(data.shift[i % channels])));
    } else if (layer === end) {
      result = Float32Array.from(data.pictures[picture].probabilities);
    } else {
      const json = data.pictures[picture].maps[layer];
      result = json === null ? values(layers[layer].from[0], picture) : Page.floats(json);
    }
    kept.set(key, result);
    return result;
  }

  const knownLevels = new Map();

  function levels(picture) {
    if (!knownLevels.has(picture)) {
      knownLevels.set(picture, Page.bytes(data.pictures[picture].levels));
    }
    return knownLevels.get(picture);
  }

  /** Rows, columns and channels as they are shown: a vector is one row of nothing but channels. */
  function shape(layer) {
    if (layer < 0) return inputShape;
    if (layer === end) return [1, 1, classes.length];
    const { shape: own, flat } = layers[layer];
    return flat ? [1, 1, own[0] * own[1] * own[2]] : own;
  }

  const place = (layer, y, x, c) => (y * shape(layer)[1] + x) * shape(layer)[2] + c;
  const value = (layer, y, x, c) => values(layer)[place(layer, y, x, c)];
  const name = (layer) => (layer < 0 ? "picture" : layer === end ? "softmax" : layers[layer].name);

  function label(layer, y, x, c) {
    const [height, width] = shape(layer);
    if (layer === end || (layer === end - 1 && classes.length === shape(layer)[2])) {
      return `${name(layer)}[${classes[c]}]`;
    }
    return height * width === 1 ? `${name(layer)}[${c}]` : `${name(layer)}[y ${y}, x ${x}, map ${c}]`;
  }

  // MARK: Maps

  function color(share) {
    const step = Number.isNaN(share) ? 0 : Math.max(0, Math.min(255, Math.round(share * 255)));
    return state.isGray ? [step, step, step] : ramp[step];
  }

  function range(numbers) {
    let low = Infinity, high = -Infinity;
    for (const n of numbers) {
      if (n < low) low = n;
      if (n > high) high = n;
    }
    return [low, high];
  }

  /** How the tiles of a layer lie in a canvas `room` wide. */
  function layout(layer, room) {
    const [height, width, count] = shape(layer);
    const isVector = height * width === 1;
    // Long vectors are a page of dots.
    const cell = count > 20000 ? 2 : count > 1000 ? 5 : 13;
    const scale = isVector ? cell : Math.max(1, Math.floor((layer < 0 ? 128 : 72) / Math.max(height, width)));
    const gap = isVector ? (cell > 5 ? 1 : 0) : 4;
    const [wide, high] = [width * scale + gap, height * scale + gap];
    const most = Math.max(1, Math.min(count, Math.floor((room + gap) / wide)));
    // Full rows, where they are not much shorter for it.
    let columns = most;
    while (count % columns && columns > most * 0.6) columns -= 1;
    if (count % columns) columns = most;
    const rows = Math.ceil(count / columns);
    return { scale, gap, wide, high, columns, rows, width: columns * wide - gap, height: rows * high - gap };
  }

  const sections = new Map();

  /** Paints all maps of a layer once; marks are laid over a copy. */
  function paint(layer) {
    const section = sections.get(layer);
    const room = Math.max(120, section.element.clientWidth - 16);
    const grid = layout(layer, room);
    section.grid = grid;
    const [height, width, count] = shape(layer);
    const all = values(layer);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [grid.width, grid.height];
    const context = canvas.getContext("2d");
    const common = state.isShared || height * width === 1 ? range(all) : null;
    const tile = document.createElement("canvas");
    [tile.width, tile.height] = [width, height];
    const inner = tile.getContext("2d");
    context.imageSmoothingEnabled = false;
    for (let c = 0; c < count; c += 1) {
      const own = new Float32Array(height * width);
      for (let i = 0; i < own.length; i += 1) own[i] = all[i * count + c];
      const [low, high] = common ?? range(own);
      const image = inner.createImageData(width, height);
      for (let i = 0; i < own.length; i += 1) {
        const share = high > low ? (own[i] - low) / (high - low) : 0;
        image.data.set([...(layer < 0 ? gray(levels(state.picture)[i * count + c]) : color(share)), 255], 4 * i);
      }
      inner.putImageData(image, 0, 0);
      context.drawImage(tile, c % grid.columns * grid.wide, Math.floor(c / grid.columns) * grid.high,
        width * grid.scale, height * grid.scale);
    }
    section.painted = canvas;
  }

  const gray = (level) => [level, level, level];

  function draw(layer) {
    const section = sections.get(layer);
    const { canvas, painted, grid } = section;
    [canvas.width, canvas.height] = [painted.width, painted.height];
    const context = canvas.getContext("2d");
    context.drawImage(painted, 0, 0);
    const box = (y, x, c, rows, columns, ink, line) => {
      const left = c % grid.columns * grid.wide + x * grid.scale;
      const top = Math.floor(c / grid.columns) * grid.high + y * grid.scale;
      context.lineWidth = line + 2;
      context.strokeStyle = "#000";
      context.strokeRect(left - 1, top - 1, columns * grid.scale + 2, rows * grid.scale + 2);
      context.lineWidth = line;
      context.strokeStyle = ink;
      context.strokeRect(left - 1, top - 1, columns * grid.scale + 2, rows * grid.scale + 2);
    };
    for (const mark of marks()) {
      if (mark.layer === layer) box(mark.y, mark.x, mark.c, mark.rows, mark.columns, "#ff9d5c", 1.5);
    }
    if (state.layer === layer) box(state.y, state.x, state.c, 1, 1, "#fff", 2);
  }

  /** The windows that the chosen value was made of, in the layers before it. */
  function marks() {
    if (state.layer < 0) return [];
    if (state.layer === end) {
      return classes.map((_, c) => ({ layer: end - 1, y: 0, x: 0, c, rows: 1, columns: 1 }));
    }
    const own = layers[state.layer];
    return own.from.flatMap((from) => {
      const [height, width, count] = shape(from);
      if (own.kind === "conv" || own.kind === "pool") {
        const { size, stride, dilation, before } = own.window;
        const span = [0, 1].map((k) => dilation[k] * (size[k] - 1) + 1);
        const top = state.y * stride[0] - before[0], left = state.x * stride[1] - before[1];
        const y = Math.max(0, top), x = Math.max(0, left);
        const rows = Math.min(height, top + span[0]) - y, columns = Math.min(width, left + span[1]) - x;
        const channels = own.kind === "conv" ? Array.from({ length: count }, (_, c) => c) : [state.c];
        return channels.map((c) => ({ layer: from, y, x, c, rows, columns }));
      }
      if (own.kind === "global") return [{ layer: from, y: 0, x: 0, c: state.c, rows: height, columns: width }];
      if (own.kind === "dense") {
        return contributions().slice(0, 12).map(({ index }) => ({ ...at(from, index), rows: 1, columns: 1 }));
      }
      return [{ ...at(from, place(state.layer, state.y, state.x, state.c)), rows: 1, columns: 1 }];
    });
  }

  /** Where the value of that number lies in a layer. */
  function at(layer, index) {
    const [, width, count] = shape(layer);
    const pixel = Math.floor(index / count);
    return { layer, y: Math.floor(pixel / width), x: pixel % width, c: index % count };
  }

  // MARK: What a value was made of

  /** The taps of one channel of a convolution's window. */
  function taps(channel) {
    const own = layers[state.layer], from = own.from[0];
    const { size, stride, dilation, before } = own.window;
    const [height, width, count] = shape(from);
    const filters = shape(state.layer)[2];
    const weight = own.kind === "conv" ? parameter(state.layer, "weight") : null;
    const all = values(from);
    const cells = [];
    for (let j = 0; j < size[0]; j += 1) {
      for (let i = 0; i < size[1]; i += 1) {
        const y = state.y * stride[0] + j * dilation[0] - before[0];
        const x = state.x * stride[1] + i * dilation[1] - before[1];
        const isInside = y >= 0 && x >= 0 && y < height && x < width;
        const sample = isInside ? all[(y * width + x) * count + channel] : 0;
        const tap = weight ? weight[((j * size[1] + i) * count + channel) * filters + state.c] : 1;
        cells.push({ y, x, c: channel, isInside, sample, tap, product: sample * tap });
      }
    }
    return cells;
  }

  /** What each input adds to the chosen value of a dense layer, the largest first. */
  function contributions() {
    const own = layers[state.layer], from = own.from[0];
    const input = values(from), weight = parameter(state.layer, "weight");
    const outputs = shape(state.layer)[2];
    const key = `${state.picture}.${state.layer}.${state.c}`;
    if (contributions.key !== key) {
      contributions.key = key;
      contributions.list = Array.from(input, (sample, index) => {
        const tap = weight[index * outputs + state.c];
        return { index, sample, tap, product: sample * tap };
      }).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
    }
    return contributions.list;
  }

  const sumOf = (cells) => cells.reduce((a, cell) => a + cell.product, 0);

  function cellGrid(width, children) {
    return make("div", {
      class: "cells", style: { "grid-template-columns": `repeat(${width}, auto)` },
    }, ...children);
  }

  function group(text, grid) {
    return make("div", { role: "group", "aria-label": text }, make("div", { class: "faint" }, text), grid);
  }

  function goButton(text, target, attributes = {}) {
    return make("button", {
      type: "button", title: label(target.layer, target.y, target.x, target.c), ...attributes,
      on: { click: () => choose(target, true) },
    }, text);
  }

  function tinted(number, most) { return { background: signed(most > 0 ? number / most : 0) }; }

  const largest = (numbers) => numbers.reduce((a, n) => Math.max(a, Math.abs(n)), 0);

  function samples(cells, from, chosen = -1) {
    const most = largest(cells.map((cell) => cell.sample));
    return cells.map((cell, index) => (cell.isInside
      ? goButton(short(cell.sample, 4), { layer: from, ...cell }, {
        class: `cell${index === chosen ? " chosen" : ""}`, style: tinted(cell.sample, most),
      })
      : make("span", { class: "outside", title: "beyond the border" }, "0")));
  }

  function activated(own, sum, result) {
    return own.activation ? ` → ${own.activation}(${short(sum)}) = ${short(result)}` : "";
  }

  function explainConvolution(own, result) {
    const from = own.from[0], count = shape(from)[2];
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
        `map ${c}: ${short(sums[c], 4)}`)));
      parts.push(make("label", {}, `Channel of ${name(from)}, the weightiest first`, choose));
    }
    if (cells.length <= 121) {
      parts.push(make("div", { class: "row wide" },
        group("samples", cellGrid(width, samples(cells, from))), make("span", { class: "sign" }, "·"),
        group("weights", cellGrid(width, cells.map((cell) =>
          make("span", { style: tinted(cell.tap, mostTap) }, short(cell.tap, 4))))),
        make("span", { class: "sign" }, "="),
        group("products", cellGrid(width, cells.map((cell) =>
          make("span", { style: tinted(cell.product, mostProduct) }, short(cell.product, 4)))))));
    }
    parts.push(make("p", { class: "mono" }, `sum of the products: ${short(sums[channel])}`));
    if (count > 1) {
      parts.push(make("p", { class: "mono" },
        `all ${count} channels: ${short(total - bias)}`
        + (count <= 4 ? ` = ${sums.map((s) => short(s, 5)).join(" + ")}` : "")));
    }
    parts.push(make("p", { class: "mono" },
      `${short(total - bias)} + bias ${short(bias)} = ${short(total)}${activated(own, total, result)}`));
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
      data.isShort && typeof own.weight === "object"
        ? make("p", { class: "faint" }, "The weights are written with five digits here, to keep the page small.")
        : null,
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
        ? group("samples", cellGrid(own.window.size[1], samples(cells, from, winner))) : null,
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
    const target = at(from, index);
    return goButton(`${label(from, target.y, target.x, target.c)} = ${short(values(from)[index])}`, target,
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

  // MARK: Moving

  /** Chooses a value; `isStep` where one goes from a value to one that it was made of. */
  function choose(target, isStep = false) {
    if (isStep) {
      const { layer, y, x, c } = state;
      state.history.push({ layer, y, x, c });
      state.isHeld = true;
    }
    const [height, width, count] = shape(target.layer);
    const within = (n, most) => Math.max(0, Math.min(Math.floor(n), most - 1));
    const old = new Set([state.layer, ...marks().map((mark) => mark.layer)]);
    if (target.layer !== state.layer || target.c !== state.c) state.channel = null;
    Object.assign(state, {
      layer: target.layer, y: within(target.y, height), x: within(target.x, width), c: within(target.c, count),
    });
    for (const layer of new Set([...old, state.layer, ...marks().map((mark) => mark.layer)])) draw(layer);
    explain();
    if (isStep) {
      const section = sections.get(state.layer).element;
      const box = section.getBoundingClientRect();
      if (box.bottom < 0 || box.top > innerHeight) section.scrollIntoView({ block: "nearest" });
    }
  }

  function back() {
    const last = state.history.pop();
    if (state.history.length === 0) state.isHeld = false;
    if (last) choose(last);
  }

  /** Goes from the chosen value to the one that it owes most to. */
  function deeper() {
    if (state.layer < 0) return;
    if (state.layer === end) return choose({ layer: end - 1, y: 0, x: 0, c: state.c }, true);
    const own = layers[state.layer], from = own.from[0];
    if (own.kind === "dense") return choose(at(from, contributions()[0].index), true);
    if (own.kind === "conv" || own.kind === "pool") {
      const channels = own.kind === "pool" ? [state.c]
        : Array.from({ length: shape(from)[2] }, (_, c) => c);
      const cells = channels.flatMap((c) => taps(c)).filter((cell) => cell.isInside);
      const result = value(state.layer, state.y, state.x, state.c);
      const best = own.kind === "pool" && own.pool !== "average"
        ? cells.find((cell) => cell.sample === result)
        : cells.sort((a, b) => Math.abs(b.product) - Math.abs(a.product))[0];
      return choose({ layer: from, ...best }, true);
    }
    if (own.kind === "global") return choose({ layer: from, y: 0, x: 0, c: state.c }, true);
    return choose(at(from, place(state.layer, state.y, state.x, state.c)), true);
  }

  function pointed(layer, event) {
    const { canvas, grid } = sections.get(layer);
    const box = canvas.getBoundingClientRect();
    const px = (event.clientX - box.left) * canvas.width / box.width;
    const py = (event.clientY - box.top) * canvas.height / box.height;
    const column = Math.floor(px / grid.wide), row = Math.floor(py / grid.high);
    const c = row * grid.columns + column;
    const [height, width, count] = shape(layer);
    const x = Math.floor((px - column * grid.wide) / grid.scale);
    const y = Math.floor((py - row * grid.high) / grid.scale);
    if (c < 0 || c >= count || column >= grid.columns || x >= width || y >= height || x < 0 || y < 0) return null;
    return { layer, y, x, c };
  }

  function keyed(layer, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = state.layer === layer ? state : { layer, y: 0, x: 0, c: 0 };
    const [height, width, count] = shape(layer);
    const isVector = height * width === 1;
    const { columns } = sections.get(layer).grid;
    const go = (dy, dx, dc) => choose({ layer, y: here.y + dy, x: here.x + dx, c: here.c + dc });
    const actions = {
      ArrowLeft: () => (isVector ? go(0, 0, -1) : go(0, -1, 0)),
      ArrowRight: () => (isVector ? go(0, 0, 1) : go(0, 1, 0)),
      ArrowUp: () => (isVector ? go(0, 0, here.c >= columns ? -columns : 0) : go(-1, 0, 0)),
      ArrowDown: () => (isVector ? go(0, 0, here.c + columns < count ? columns : 0) : go(1, 0, 0)),
      "[": () => go(0, 0, -1), "]": () => go(0, 0, 1),
      Home: () => choose({ layer, y: 0, x: 0, c: isVector ? 0 : here.c }),
      End: () => choose({ layer, y: height - 1, x: width - 1, c: isVector ? count - 1 : here.c }),
      Enter: deeper, Backspace: back,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    if (state.layer !== layer && event.key !== "Backspace") choose(here);
    action();
  }

  // MARK: The page

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
    canvas.addEventListener("pointermove", (event) => {
      const target = pointed(layer, event);
      if (target && (!state.isHeld || event.buttons)) choose(target);
    });
    canvas.addEventListener("pointerdown", (event) => {
      const target = pointed(layer, event);
      if (!target) return;
      choose(target);
      if (event.pointerType === "mouse") state.isHeld = !state.isHeld;
    });
    canvas.addEventListener("keydown", (event) => keyed(layer, event));
    sections.set(layer, { element, canvas });
    return element;
  }

  /** The filters of a convolution, drawn when they are asked for. */
  function filterDetails(layer) {
    const [height, width] = layers[layer].window.size;
    const channels = shape(layers[layer].from[0])[2], filters = shape(layer)[2];
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

  function picturePixels(index) {
    const [height, width, channels] = inputShape;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const own = levels(index);
    for (let i = 0; i < height * width; i += 1) {
      const pixel = channels === 3 ? [own[3 * i], own[3 * i + 1], own[3 * i + 2]] : gray(own[i * channels]);
      image.data.set([...pixel, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function drawEnlarged(canvas, source, side) {
    const scale = Math.max(1, Math.floor(side / Math.max(source.width, source.height)));
    [canvas.width, canvas.height] = [source.width * scale, source.height * scale];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return context;
  }

  function percent(share) { return `${(share * 100).toFixed(share >= 0.001 || share === 0 ? 1 : 4)} %`; }

  function showAnswer() {
    const picture = data.pictures[state.picture];
    drawEnlarged($("picture"), picturePixels(state.picture), 192);
    $("picture").setAttribute("aria-label", `${picture.name} as the model sees it`);
    const order = picture.probabilities.map((_, c) => c)
      .sort((a, b) => picture.probabilities[b] - picture.probabilities[a]);
    const bars = (list) => make("div", { class: "bars" }, ...list.flatMap((c) => [
      goButton(classes[c], { layer: end, y: 0, x: 0, c }, { class: "link", title: "where it comes from" }),
      make("span", { class: "bar" }, make("span", { style: { width: `${picture.probabilities[c] * 100}%` } })),
      make("span", { class: "number" }, percent(picture.probabilities[c])),
    ]));
    fill($("probabilities"), make("p", { class: "large", id: "best" }, classes[order[0]]),
      bars(order.slice(0, 5)));
    fill($("all"), bars(order));
    return order[0];
  }

  function showAttention() {
    const picture = data.pictures[state.picture];
    const chosen = picture.attention.find((one) => String(one.class) === $("attention-class").value)
      ?? picture.attention[0];
    const layer = $("attention-layer").value;
    if (!chosen || !layer) return;
    const [height, width] = layers.find((one) => one.name === layer).shape;
    const heat = Page.bytes(chosen[layer]);
    const small = document.createElement("canvas");
    [small.width, small.height] = [width, height];
    const image = small.getContext("2d").createImageData(width, height);
    for (let i = 0; i < heat.length; i += 1) image.data.set([...color(heat[i] / 255), 165], 4 * i);
    small.getContext("2d").putImageData(image, 0, 0);
    const context = drawEnlarged($("attention"), picturePixels(state.picture), 224);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, $("attention").width, $("attention").height);
    const says = heat.some((level) => level > 0)
      ? "brighter where it speaks for the class" : "nothing there speaks for the class";
    $("attention").setAttribute("aria-label", `${picture.name}, ${layer}: ${says}`);
    $("attention-text").textContent = `${height} × ${width} places of ${layer}, ${says}.`;
  }

  function showPicture() {
    for (const [index, button] of [...$("pictures").children].entries()) {
      button.setAttribute("aria-pressed", String(index === state.picture));
    }
    const best = showAnswer();
    const picture = data.pictures[state.picture];
    fill($("attention-class"), ...picture.attention.map((one) =>
      make("option", { value: one.class, selected: one.class === best },
        `${classes[one.class]} (${percent(picture.probabilities[one.class])})`)));
    const known = layers.filter((one) => picture.attention[0]?.[one.name] !== undefined);
    const before = $("attention-layer").value;
    fill($("attention-layer"), ...known.map((one) => make("option", { value: one.name }, one.name)));
    $("attention-layer").value = known.some((one) => one.name === before) ? before : known.at(-1)?.name ?? "";
    $("attention-panel").hidden = known.length === 0;
    showAttention();
    repaint();
  }

  function repaint() {
    for (const layer of sections.keys()) paint(layer);
    for (const layer of sections.keys()) draw(layer);
    explain();
  }

  function start() {
    $("title").textContent = data.title;
    $("lead").textContent = data.lead;
    $("command").textContent = data.command;
    fill($("facts"), ...Object.entries(data.facts).flatMap(([key, text]) =>
      [make("dt", { class: "faint" }, key), make("dd", {}, text)]));
    Page.schemeButton($("scheme"));
    $("copy").addEventListener("click", () => Page.copy(data.command, $("copy")));
    fill($("pictures"), ...data.pictures.map((picture, index) => {
      const small = picturePixels(index);
      small.style.cssText = "width:2.5rem;height:auto;image-rendering:pixelated;cursor:pointer";
      small.setAttribute("aria-hidden", "true");
      return make("button", {
        type: "button", on: { click: () => { state.picture = index; showPicture(); } },
      }, small, picture.name);
    }));
    $("pictures").hidden = data.pictures.length < 2;
    fill($("layers"), ...[-1, ...layers.keys(), end].map(makeSection));
    $("back").addEventListener("click", back);
    $("attention-class").addEventListener("change", showAttention);
    $("attention-layer").addEventListener("change", showAttention);
    $("shared").addEventListener("change", () => { state.isShared = $("shared").checked; repaint(); });
    $("gray").addEventListener("change", () => {
      state.isGray = $("gray").checked;
      repaint();
      showAttention();
    });
    document.addEventListener("scheme", explain);
    let resizing = 0;
    addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(repaint, 100); });
    const probabilities = data.pictures[0].probabilities;
    Object.assign(state, { layer: end, c: probabilities.indexOf(Math.max(...probabilities)) });
    showPicture();
  }

  start();
  // For those who want the numbers: a value by layer, row, column and map; −1 is the picture.
  globalThis.explorer = { value, values, choose, deeper, back, taps, contributions, state: () => state, layers, parameter };
})();

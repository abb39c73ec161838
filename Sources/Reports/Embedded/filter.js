"use strict";
// The page of one filter on one picture: a window that slides, and what it computes.
(() => {
  const { $, make, fill, short, signed, level } = Page;
  const data = Page.data();
  const original = Page.picture(data.picture);
  const expected = Page.picture(data.expected);
  // Multiplications beyond which a page would stand still.
  const mostWork = 6e8;
  const mostCells = 121;

  let state;
  // What each stage gets; the last one is the result.
  let pictures = [original];
  // Drawings of the current stage's picture, with what stands beyond its border, and of its result.
  let drawings = {};

  function start() {
    state = {
      stages: structuredClone(data.stages), range: data.range, current: data.stages.length - 1,
      x: 0, y: 0, channel: 0, member: 0, isHeld: false, zoom: 1, isEdited: false,
      touched: data.stages.map(() => false),
    };
  }

  const stage = () => state.stages[state.current];
  const before = () => pictures[state.current];
  const after = () => pictures[state.current + 1];
  const axes = () => Engine.geometry(stage(), before());
  const kernelOf = (one) => (one.pool ? null : one.kernels[Math.min(state.member, one.kernels.length - 1)]);

  // MARK: Computing

  function setTargets() {
    const isSigned = (one) => !one.pool && one.kernels.every((k) => Engine.weights(k, "0").zero);
    const signedStages = state.stages.filter(isSigned);
    const last = state.stages.filter((one) => !one.pool).at(-1);
    for (const one of state.stages) {
      one.isTarget = signedStages.length ? signedStages.includes(one) : one === last;
    }
  }

  /** Computes all stages anew; says what stands in the way, and keeps the pictures then. */
  function compute() {
    setTargets();
    const made = [original];
    for (const [index, one] of state.stages.entries()) {
      const where = state.stages.length > 1 ? `Step ${index + 1}: ` : "";
      const { x, y } = Engine.geometry(one, made[index]);
      for (const [name, axis] of [["row", x], ["column", y]]) {
        if (axis.output < 1) {
          return `${where}the window spans ${axis.span} samples, but the padded ${name} has only `
            + `${axis.input + axis.before + axis.after}`;
        }
      }
      if (Engine.work(one, made[index]) > mostWork) {
        return `${where}this is too much work for a page; the command does it`;
      }
      made.push(Engine.run(one, made[index], state.range));
    }
    pictures = made;
    return "";
  }

  function recompute() {
    $("geometry-problem").textContent = compute();
    refresh();
  }

  function touch() {
    state.isEdited = true;
    state.touched[state.current] = true;
    recompute();
  }

  function refresh() {
    const { x, y } = axes();
    state.x = Math.max(0, Math.min(state.x, Math.min(x.output, after().width) - 1));
    state.y = Math.max(0, Math.min(state.y, Math.min(y.output, after().height) - 1));
    state.channel = Math.min(state.channel, before().channels - 1);
    drawings = { input: padded(before()), output: drawn(after()) };
    showSizes();
    showCommand();
    showMove();
  }

  // MARK: Pictures

  function color(picture, place) {
    const scale = 255 / picture.top;
    const at = (c) => Math.round(picture.samples[place * picture.channels + c] * scale);
    return picture.channels === 1 ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
  }

  function surface(width, height, paint) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) image.data.set(paint(x, y), (y * width + x) * 4);
    }
    context.putImageData(image, 0, 0);
    return { canvas, width, height };
  }

  function drawn(picture) {
    const result = surface(picture.width, picture.height,
      (x, y) => [...color(picture, y * picture.width + x), 255]);
    return {
      ...result, picture,
      level: (x, y) => (x < picture.width && y < picture.height
        ? picture.samples[y * picture.width + x] : null),
    };
  }

  /** The picture with the samples that the padding adds, which are drawn paler. */
  function padded(picture) {
    const { x, y } = axes();
    const padding = stage().padding;
    const border = Array.from({ length: picture.channels },
      (_, c) => Engine.outside(stage(), picture, c));
    const result = surface(x.before + picture.width + x.after, y.before + picture.height + y.after,
      (column, row) => {
        const i = column - x.before, j = row - y.before;
        const isInside = i >= 0 && j >= 0 && i < picture.width && j < picture.height;
        const from = [Engine.source(i, picture.width, padding),
          Engine.source(j, picture.height, padding)];
        if (from[0] >= 0 && from[1] >= 0) {
          return [...color(picture, from[1] * picture.width + from[0]), isInside ? 255 : 130];
        }
        if (border[0] === null) return [0, 0, 0, 0];
        const levels = border.map((v) => Math.round(v * 255 / picture.top));
        return [...(levels.length === 1 ? [levels[0], levels[0], levels[0]] : levels), 130];
      });
    const level = (column, row) => {
      const i = Engine.source(column - x.before, picture.width, padding);
      const j = Engine.source(row - y.before, picture.height, padding);
      return i >= 0 && j >= 0 ? picture.samples[j * picture.width + i] : border[0];
    };
    return { ...result, picture, level };
  }

  /** Draws a picture into its canvas, and returns how its pixels lie there. */
  function show(canvas, drawing, focus) {
    const room = canvas.parentElement.clientWidth;
    const [wide, high] = [drawing.width / state.zoom, drawing.height / state.zoom];
    const scale = Math.min(room / wide, Math.max(240, innerHeight * 0.6) / high);
    const ratio = devicePixelRatio || 1;
    canvas.style.width = `${Math.max(1, Math.round(wide * scale))}px`;
    canvas.style.height = `${Math.max(1, Math.round(high * scale))}px`;
    canvas.width = Math.max(1, Math.round(wide * scale * ratio));
    canvas.height = Math.max(1, Math.round(high * scale * ratio));
    const place = (middle, shown, all) => Math.max(0, Math.min(middle - shown / 2, all - shown));
    const view = {
      scale, x: place(focus[0], wide, drawing.width), y: place(focus[1], high, drawing.height),
    };
    canvas.view = view;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    const s = scale * ratio;
    context.setTransform(s, 0, 0, s, -view.x * s, -view.y * s);
    context.drawImage(drawing.canvas, 0, 0);
    if (scale >= 30) writeLevels(context, drawing, view, wide, high, scale);
    return { context, line: 2 / scale, right: view.x + wide, bottom: view.y + high, view };
  }

  /** The numbers of a gray picture, in pixels that have room for them. */
  function writeLevels(context, drawing, view, wide, high, scale) {
    const { picture } = drawing;
    if (picture.channels !== 1) return;
    context.textAlign = "center";
    context.textBaseline = "middle";
    // Small letters cannot be asked for by all browsers: they are drawn larger, and scaled.
    const size = Math.min(0.38, 15 / scale) * (picture.top > 255 ? 0.7 : 1);
    context.font = "20px system-ui, sans-serif";
    for (let y = Math.floor(view.y); y < view.y + high; y += 1) {
      for (let x = Math.floor(view.x); x < view.x + wide; x += 1) {
        const value = drawing.level(x, y);
        if (value === null) continue;
        context.save();
        context.translate(x + 0.5, y + 0.5);
        context.scale(size / 20, size / 20);
        context.fillStyle = value / picture.top < 0.5 ? "#fff" : "#000";
        context.fillText(short(value, 5), 0, 0);
        context.restore();
      }
    }
  }

  function outline({ context, line, right, bottom, view }, x, y, width, height, color) {
    const grown = Math.max(0, line * 2.5 - width) / 2;
    const inside = (value, low, high) => Math.max(low + line, Math.min(value, high - line));
    const left = inside(x - grown, view.x, right), top = inside(y - grown, view.y, bottom);
    const box = [left, top, inside(x + width + grown, view.x, right) - left,
      inside(y + height + grown, view.y, bottom) - top];
    context.lineWidth = line * 2.5;
    context.strokeStyle = Page.variable("--paper");
    context.strokeRect(...box);
    context.lineWidth = line * 1.4;
    context.strokeStyle = color;
    context.strokeRect(...box);
  }

  function showPictures() {
    const { x, y } = axes();
    const left = state.x * x.stride, top = state.y * y.stride;
    const input = show($("input"), drawings.input, [left + x.span / 2, top + y.span / 2]);
    const edge = Page.variable("--window");
    if (stage().dilation.some((d) => d > 1) && x.taps * y.taps <= 400) {
      for (let j = 0; j < y.taps; j += 1) {
        for (let i = 0; i < x.taps; i += 1) {
          input.context.fillStyle = edge;
          input.context.globalAlpha = 0.5;
          input.context.fillRect(left + i * x.dilation, top + j * y.dilation, 1, 1);
          input.context.globalAlpha = 1;
        }
      }
    }
    outline(input, left, top, x.span, y.span, edge);
    const output = show($("output"), drawings.output, [state.x + 0.5, state.y + 0.5]);
    outline(output, state.x, state.y, 1, 1, Page.variable("--result"));
    const size = (p) => `${p.width} × ${p.height}${p.channels > 1 ? ` × ${p.channels}` : ""}`;
    const ring = x.before + x.after + y.before + y.after > 0
      ? "; paler: what the padding adds" : "";
    $("input-caption").textContent = `${size(before())} samples${ring}`;
    $("output-caption").textContent = `${size(after())} samples`;
  }

  // MARK: The arithmetic of one window

  function cellGrid(width, children) {
    return make("div", {
      class: "cells", style: { "grid-template-columns": `repeat(${width}, auto)` },
    }, ...children);
  }

  function tinted(value) {
    const share = value / before().top * 255;
    const name = before().channels === 1 ? [share, share, share]
      : [0, 1, 2].map((c) => (c === state.channel ? share : 0));
    return level(...name.map(Math.round));
  }

  function product(tap, value) { return `${short(Number(tap), 8)}·${short(value, 8)}`; }

  function showArithmetic() {
    const one = stage(), kernel = kernelOf(one);
    const { x, y } = axes();
    const channel = Math.min(state.channel, before().channels - 1);
    const cells = Engine.window(one, before(), state.x, state.y, channel, kernel);
    const result = after();
    const outChannel = result.channels === 1 ? 0 : channel;
    const value = result.samples[(state.y * result.width + state.x) * result.channels + outChannel];
    $("value").textContent = String(value);
    const isSmall = cells.length <= mostCells;
    const samples = cells.map((cell) => make("span", {
      class: cell.isInside ? null : "outside",
      title: cell.isInside ? `x ${cell.column}, y ${cell.row}` : "beyond the border",
      style: cell.value === null ? {} : tinted(cell.value),
    }, cell.value === null ? "–" : short(cell.value, 5)));
    if (one.pool) return showPooling(cells, samples, isSmall, value);
    const known = cells.filter((cell) => cell.value !== null);
    const products = cells.map((cell) =>
      (cell.value === null ? null : Number(cell.tap) * cell.value));
    const most = Math.max(...products.map((p) => Math.abs(p ?? 0)), 1e-12);
    if (isSmall) {
      const largest = Math.max(...kernel.taps.map((t) => Math.abs(Number(t))), 1e-12);
      const taps = cells.map((cell) => make("span",
        { style: { "background-color": signed(Number(cell.tap) / largest) } },
        short(Number(cell.tap), 5)));
      const made = products.map((p) => make("span",
        { style: { "background-color": signed((p ?? 0) / most) } }, p === null ? "–" : short(p, 5)));
      fill($("arithmetic"), make("div", { class: "row" },
        labelled("samples", cellGrid(x.taps, samples)), make("span", { class: "sign" }, "·"),
        labelled("taps", cellGrid(x.taps, taps)), make("span", { class: "sign" }, "="),
        labelled("products", cellGrid(x.taps, made))));
    } else {
      fill($("arithmetic"), make("p", { class: "faint" },
        `The window has ${cells.length} samples, too many to show each.`));
    }
    const terms = known.filter((cell) => Number(cell.tap) !== 0);
    const sum = products.reduce((a, p) => a + (p ?? 0), 0);
    const text = terms.length <= 30
      ? terms.map((cell) => product(cell.tap, cell.value)).join(" + ").replaceAll("+ −", "− ")
      : `the sum of ${terms.length} products`;
    $("sum").textContent = `${text || "0"} = ${short(sum, 12)}`;
    showEnding(one, kernel, sum, known, value);
  }

  function labelled(text, grid) {
    return make("div", { role: "group", "aria-label": text },
      make("div", { class: "faint" }, text), grid);
  }

  /** The sum over all channels, divided, raised, rounded and cut. */
  function showEnding(one, kernel, sum, known, value) {
    const parts = [];
    let total = sum;
    if (kernel.depth > 1) {
      const sums = Array.from({ length: kernel.depth }, (_, c) =>
        Engine.window(one, before(), state.x, state.y, c, kernel)
          .reduce((a, cell) => a + (cell.value === null ? 0 : Number(cell.tap) * cell.value), 0));
      total = sums.reduce((a, b) => a + b, 0);
      parts.push(`over the channels ${sums.map((s) => short(s, 8)).join(" + ")} = ${short(total, 10)}`);
    }
    const weight = Engine.weights(kernel, one.kernels.length > 1 ? "0" : one.offset);
    let raw = total / weight.divisor;
    if (one.padding === "truncate" && known.length < kernel.width * kernel.height) {
      const live = known.reduce((a, cell) => a + Number(cell.tap), 0);
      if (live !== 0 && Math.sign(live) === Math.sign(weight.sum)) {
        raw *= weight.sum / live;
        parts.push(`times ${short(weight.sum)} / ${short(live)}, all taps by those inside`);
      }
    }
    if (weight.divisor !== 1) parts.push(`divided by ${short(weight.divisor, 8)}: ${short(raw, 8)}`);
    if (one.isTarget && state.range === "abs") {
      raw = Math.abs(raw);
      parts.push(`its magnitude ${short(raw, 8)}`);
    }
    raw += weight.offset;
    if (weight.offset !== 0) parts.push(`plus ${short(weight.offset)}: ${short(raw, 8)}`);
    if (one.isTarget && state.range === "offset" && one.kernels.length === 1) {
      raw += (before().top + 1) / 2;
      parts.push(`plus half of the range: ${short(raw, 8)}`);
    }
    if (one.kernels.length > 1) {
      const words = { max: "the largest", min: "the smallest", sum: "the sum",
        l2: "the square root of the sum of squares" };
      const all = one.kernels.map((k) => short(kernelResult(one, k), 8));
      parts.push(`kernel ${state.member + 1} of ${one.kernels.length}; ${words[one.combine]} of `
        + `${all.join(", ")}`);
    } else {
      const rounded = Math.floor(raw + 0.5);
      if (Math.abs(raw - rounded) > 1e-9) parts.push(`rounded ${short(rounded)}`);
      if (rounded !== value && (rounded < 0 || rounded > before().top)) {
        parts.push(`cut to 0…${before().top}`);
      }
    }
    $("ending").textContent = parts.length ? `← ${parts.join("; ")}` : "";
  }

  /** What one kernel of a set yields in the window, before the set is combined. */
  function kernelResult(one, kernel) {
    const weight = Engine.weights(kernel, "0");
    let sum = 0;
    for (let c = 0; c < kernel.depth; c += 1) {
      const channel = kernel.depth > 1 ? c : Math.min(state.channel, before().channels - 1);
      for (const cell of Engine.window(one, before(), state.x, state.y, channel, kernel)) {
        sum += cell.value === null ? 0 : Number(cell.tap) * cell.value;
      }
    }
    const value = sum / weight.divisor + weight.offset;
    return one.isTarget && state.range === "abs" ? Math.abs(value) : value;
  }

  function showPooling(cells, samples, isSmall, value) {
    const one = stage();
    const inside = cells.filter((cell) => cell.value !== null && (one.padding !== "zero" || cell.isInside));
    if (one.pool !== "average") {
      const winner = cells.findIndex((cell) => cell.value === value && inside.includes(cell));
      if (winner >= 0) samples[winner].classList.add("chosen");
    }
    fill($("arithmetic"), isSmall
      ? make("div", { class: "row" }, labelled("samples", cellGrid(one.width, samples)))
      : make("p", { class: "faint" }, `The window has ${cells.length} samples, too many to show each.`));
    const values = inside.map((cell) => cell.value);
    const list = values.length <= 30 ? values.join(", ") : `${values.length} samples`;
    const sum = values.reduce((a, b) => a + b, 0);
    $("sum").textContent = one.pool === "average"
      ? `(${list}): ${sum} / ${values.length} = ${short(sum / values.length, 8)}`
      : `${one.pool === "maximum" ? "max" : "min"}(${list}) = ${value}`;
    $("ending").textContent = "";
  }

  // MARK: Moving

  let announcing = 0;

  function showMove() {
    [$("x").value, $("y").value] = [state.x, state.y];
    [$("x").max, $("y").max] = [after().width - 1, after().height - 1];
    showPictures();
    showArithmetic();
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      $("announcement").textContent = `x ${state.x}, y ${state.y}: ${$("value").textContent}`;
    }, 500);
  }

  function move(x, y) {
    const nextX = Math.max(0, Math.min(Math.round(x), after().width - 1));
    const nextY = Math.max(0, Math.min(Math.round(y), after().height - 1));
    if (Number.isNaN(nextX) || Number.isNaN(nextY)) return;
    [state.x, state.y] = [nextX, nextY];
    showMove();
  }

  function hold(isHeld) {
    state.isHeld = isHeld;
    $("hold").setAttribute("aria-pressed", String(isHeld));
  }

  function pointed(canvas, event) {
    const box = canvas.getBoundingClientRect();
    const px = (event.clientX - box.left) / canvas.view.scale + canvas.view.x;
    const py = (event.clientY - box.top) / canvas.view.scale + canvas.view.y;
    if (canvas.id === "output") return [Math.floor(px), Math.floor(py)];
    const { x, y } = axes();
    return [(px - x.span / 2) / x.stride, (py - y.span / 2) / y.stride];
  }

  let sliding = 0;

  function slide(isSliding) {
    clearInterval(sliding);
    sliding = 0;
    $("play").setAttribute("aria-pressed", String(isSliding));
    if (!isSliding) return;
    sliding = setInterval(() => {
      const isLast = state.x + 1 >= after().width;
      move(isLast ? 0 : state.x + 1,
        isLast ? (state.y + 1) % after().height : state.y);
    }, 120);
  }

  function zoom(by) {
    const options = [...$("zoom").options].map((o) => Number(o.value));
    const next = options.indexOf(state.zoom) + by;
    if (next < 0 || next >= options.length) return;
    state.zoom = options[next];
    $("zoom").value = String(state.zoom);
    showMove();
  }

  function keyed(event) {
    const step = event.shiftKey ? 10 : 1;
    const actions = {
      ArrowLeft: () => move(state.x - step, state.y), ArrowRight: () => move(state.x + step, state.y),
      ArrowUp: () => move(state.x, state.y - step), ArrowDown: () => move(state.x, state.y + step),
      Home: () => move(0, 0), End: () => move(after().width - 1, after().height - 1),
      "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), "−": () => zoom(-1),
      " ": () => slide(!sliding),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  // MARK: Editing

  function edited(input, check, apply, problem) {
    input.addEventListener("input", () => {
      const isRight = check(input.value);
      input.setAttribute("aria-invalid", String(!isRight));
      $("kernel-problem").textContent = isRight ? "" : `'${input.value}': ${problem}`;
      if (!isRight) return;
      apply(input.value);
      touch();
    });
    return input;
  }

  const isWhole = (least, most) => (text) =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  const isNumber = (text) => Engine.decimal(text) !== null && Math.abs(Number(text)) <= 1e9;

  function number(label, value, check, apply, problem, attributes = {}) {
    const input = make("input", {
      type: "text", inputmode: "decimal", size: 5, value, autocomplete: "off", ...attributes,
    });
    return make("label", {}, label, edited(input, check, apply, problem));
  }

  function resize(kernel, width, height) {
    const left = Math.floor(width / 2) - Math.floor(kernel.width / 2);
    const top = Math.floor(height / 2) - Math.floor(kernel.height / 2);
    const taps = [];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const isOld = x >= left && y >= top && x < left + kernel.width && y < top + kernel.height;
        for (let c = 0; c < kernel.depth; c += 1) {
          taps.push(isOld
            ? kernel.taps[((y - top) * kernel.width + x - left) * kernel.depth + c] : "0");
        }
      }
    }
    Object.assign(kernel, {
      width, height, taps, anchor: [Math.floor(width / 2), Math.floor(height / 2)],
    });
  }

  function turn(kernel) {
    const { width, height, depth, taps } = kernel;
    const turned = [];
    for (let y = 0; y < width; y += 1) {
      for (let x = 0; x < height; x += 1) {
        for (let c = 0; c < depth; c += 1) {
          turned.push(taps[((height - 1 - x) * width + y) * depth + c]);
        }
      }
    }
    Object.assign(kernel, {
      width: height, height: width, taps: turned,
      anchor: [height - 1 - kernel.anchor[1], kernel.anchor[0]],
    });
  }

  function changeKernel(change) {
    change(kernelOf(stage()));
    touch();
    showKernel();
  }

  function showKernel() {
    const one = stage();
    $("kernel-problem").textContent = "";
    $("kernel-heading").textContent = one.pool ? "Pooling" : "Kernel";
    const members = one.pool || one.kernels.length < 2 ? [] : one.kernels.map((kernel, index) =>
      make("button", {
        type: "button", "aria-pressed": String(index === state.member),
        on: { click: () => { state.member = index; showKernel(); showMove(); } },
      }, `kernel ${index + 1}`));
    fill($("members"), ...members);
    if (one.pool) return showPoolControls(one);
    const kernel = kernelOf(one);
    const isSingle = one.kernels.length === 1;
    const sides = isSingle && Math.max(kernel.width, kernel.height) <= 15 ? [
      number("Columns", kernel.width, isWhole(1, 15), (t) => { resize(kernel, Number(t), kernel.height); showTaps(kernel); }, "a whole number from 1 to 15"),
      number("Rows", kernel.height, isWhole(1, 15), (t) => { resize(kernel, kernel.width, Number(t)); showTaps(kernel); }, "a whole number from 1 to 15"),
    ] : [];
    const presets = make("select", {
      on: { change: (event) => {
        const preset = data.presets[event.target.value];
        if (preset) changeKernel((old) => Object.assign(old, structuredClone(preset.kernel)));
      } },
    }, make("option", { value: "" }, "…"),
    ...data.presets.map((p, index) => make("option", { value: index, title: p.title }, p.name)));
    fill($("kernel-size"), ...sides,
      isSingle && kernel.depth === 1 ? make("label", {}, "Take another", presets) : null);
    showTaps(kernel);
    fill($("kernel-more"),
      number("Divisor (empty: the sum)", kernel.scale ?? "",
        (t) => t.trim() === "" || (isNumber(t) && Number(t) !== 0),
        (t) => { kernel.scale = t.trim() === "" ? null : t.trim(); }, "a number other than 0, or nothing"),
      isSingle
        ? number("Offset", kernel.offset, isNumber, (t) => { kernel.offset = t.trim(); }, "a number")
        : null,
      make("button", { type: "button", on: { click: () => changeKernel(turn) } }, "Turn 90°"),
      make("button", {
        type: "button", title: "the convolution of mathematics instead of correlation",
        on: { click: () => changeKernel((k) => { turn(k); turn(k); }) },
      }, "Turn 180° (convolution)"));
  }

  function showTaps(kernel) {
    if (kernel.taps.length / kernel.depth > mostCells) {
      fill($("kernel"), make("p", { class: "faint" },
        `${kernel.width} × ${kernel.height} taps, too many to show each.`));
      return;
    }
    const channel = kernel.depth > 1 ? Math.min(state.channel, kernel.depth - 1) : 0;
    const inputs = [];
    for (let place = 0; place < kernel.width * kernel.height; place += 1) {
      const index = place * kernel.depth + channel;
      const input = make("input", {
        type: "text", inputmode: "decimal", value: kernel.taps[index], autocomplete: "off",
        "aria-label": `tap at column ${place % kernel.width}, row ${Math.floor(place / kernel.width)}`,
        style: { background: signed(0) },
      });
      edited(input, isNumber, (text) => { kernel.taps[index] = text.trim(); paint(); }, "no number");
      inputs.push(input);
    }
    function paint() {
      const most = Math.max(...kernel.taps.map((t) => Math.abs(Number(t))), 1e-12);
      inputs.forEach((input, place) => {
        input.style.background = signed(Number(kernel.taps[place * kernel.depth + channel]) / most);
      });
    }
    paint();
    fill($("kernel"), kernel.depth > 1
      ? make("p", { class: "faint" }, `channel ${channelName(channel)} of ${kernel.depth}`) : null,
    cellGrid(kernel.width, inputs));
  }

  function showPoolControls(one) {
    const kind = make("select", {
      on: { change: (event) => { one.pool = event.target.value; touch(); } },
    }, ...["maximum", "minimum", "average"].map((name) =>
      make("option", { value: name, selected: one.pool === name }, name)));
    const side = (name, key, axis) => number(name, one[key], isWhole(1, 99), (text) => {
      one[key] = Number(text);
      one.anchor[axis] = Math.floor(one[key] / 2);
    }, "a whole number from 1 to 99");
    fill($("kernel-size"), make("label", {}, "Yields the", kind), side("Columns", "width", 0),
      side("Rows", "height", 1));
    fill($("kernel"));
    fill($("kernel-more"));
  }

  const paddings = [
    ["zero", "zeros"], ["constant", "one level"], ["replicate", "the edge sample"],
    ["reflect", "mirrored, edge repeated"], ["reflect101", "mirrored"], ["wrap", "the other end"],
    ["valid", "nothing: it shrinks"], ["truncate", "nothing: divided by the taps inside"],
    ["full", "zeros for every window that sees a sample"],
  ];

  function showGeometry() {
    const one = stage();
    [$("stride-x").value, $("stride-y").value] = one.stride;
    [$("dilation-x").value, $("dilation-y").value] = one.dilation;
    const isOwn = one.padding === "levels" || (one.extent && one.extent !== "full")
      || (one.extent === "full" && one.padding !== "zero") || (one.values.length > 1);
    fill($("padding"), isOwn ? make("option", { value: "own" }, "as the kernel says") : null,
      ...paddings.map(([value, text]) => make("option", { value }, text)));
    $("padding").value = isOwn ? "own" : one.extent === "full" ? "full" : one.padding;
    $("constant-label").hidden = one.padding !== "constant" || isOwn;
    $("constant").value = one.values[0] ?? 0;
    $("range").value = state.range;
  }

  function setPadding(value) {
    const one = stage();
    if (value === "own") {
      const own = data.stages[state.current];
      Object.assign(one, structuredClone({ padding: own.padding, extent: own.extent, values: own.values }));
    } else if (value === "full") Object.assign(one, { padding: "zero", extent: "full", values: [] });
    else {
      Object.assign(one, {
        padding: value, extent: null, values: value === "constant" ? [Number($("constant").value) || 0] : [],
      });
    }
    touch();
    showGeometry();
  }

  // MARK: Words

  function channelName(channel) {
    return before().channels === 1 ? "gray" : ["red", "green", "blue"][channel];
  }

  function showSizes() {
    const { x, y } = axes();
    const line = (name, axis) => `${name}: ⌊(${axis.input} + ${axis.before} + ${axis.after} − `
      + `${axis.span}) / ${axis.stride}⌋ + 1 = ${axis.output}`;
    const span = (axis) => `${axis.dilation} · (${axis.taps} − 1) + 1 = ${axis.span}`;
    fill($("sizes"), line("columns", x), make("br"), line("rows", y), make("br"),
      `a window spans ${span(x)} columns, ${span(y)} rows`, make("br"),
      `${(x.output * y.output * x.taps * y.taps * before().channels).toLocaleString("en")} `
      + `${stage().pool ? "samples looked at" : "multiplications"}`);
    const one = stage();
    const weight = one.pool ? null : Engine.weights(kernelOf(one), one.offset);
    const times = (letter, factor) => (factor === 1 ? letter : `${factor}·${letter}`);
    const place = (axis, o, t) => times(o, axis.stride) + ` + ${times(t, axis.dilation)}`
      + (axis.before ? ` − ${axis.before}` : "");
    const at = `in[${place(y, "y", "j")}, ${place(x, "x", "i")}]`;
    $("formula").textContent = one.pool
      ? `out[y, x] = ${one.pool} of ${at}\n\nj = 0 … ${y.taps - 1}, i = 0 … ${x.taps - 1}`
      : `out[y, x] = (Σ taps[j, i] · ${at})${weight.divisor === 1 ? "" : ` / ${short(weight.divisor, 8)}`}`
        + `${weight.offset ? ` + ${short(weight.offset)}` : ""}\n\n`
        + `j = 0 … ${y.taps - 1}, i = 0 … ${x.taps - 1}; rounded, halves up, and cut to 0 … ${before().top}`;
  }

  function keys(one, index) {
    const own = data.stages[index];
    const pairs = [];
    const [sx, sy] = one.stride, [dx, dy] = one.dilation;
    const usual = one.pool ? [one.width, one.height] : [1, 1];
    if (sx !== usual[0] || sy !== usual[1]) pairs.push(sx === sy ? `stride=${sx}` : `stride-x=${sx},stride-y=${sy}`);
    if (dx !== 1 || dy !== 1) pairs.push(dx === dy ? `dilation=${dx}` : `dilation-x=${dx},dilation-y=${dy}`);
    const padding = one.extent === "full" ? (one.padding === "zero" ? "full" : `full:${one.padding}`)
      : one.padding === "constant" ? `constant:${one.values[0]}` : one.padding;
    const standard = one.pool ? "valid" : "replicate";
    if (padding !== standard && one.padding !== "levels" && !(one.extent && one.extent !== "full")
      && own) pairs.push(`padding=${padding}`);
    return pairs;
  }

  function inline(kernel) {
    const usual = [Math.floor(kernel.width / 2), Math.floor(kernel.height / 2)];
    const isUsual = kernel.anchor[0] === usual[0] && kernel.anchor[1] === usual[1];
    const size = `${kernel.width}x${kernel.height}${kernel.depth > 1 ? `x${kernel.depth}` : ""}`
      + (isUsual ? "" : `+${kernel.anchor[0]}+${kernel.anchor[1]}`);
    const planes = Array.from({ length: kernel.depth }, (_, c) =>
      kernel.taps.filter((_, i) => i % kernel.depth === c));
    return `${size}: ${planes.flat().join(",")}`;
  }

  function spec(one, index) {
    const pairs = keys(one, index);
    if (one.pool) {
      const name = { maximum: "maxpool", minimum: "minpool", average: "avgpool" }[one.pool];
      pairs.unshift(`size=${one.width === one.height ? one.width : `${one.width}x${one.height}`}`);
      return `${name}:${pairs.join(",")}`;
    }
    return one.kernels.map((kernel, member) => {
      const own = [];
      if (kernel.scale !== null) own.push(`scale=${kernel.scale}`);
      if (Number(kernel.offset) !== 0) own.push(`offset=${kernel.offset}`);
      const isLast = member === one.kernels.length - 1;
      if (member === 0) own.push(...pairs);
      if (isLast && one.kernels.length > 1) own.push(`combine=${one.combine}`);
      return inline(kernel) + (own.length ? `:${own.join(",")}` : "");
    }).join("; ");
  }

  function command() {
    if (!state.isEdited) return data.command;
    const words = ["convfilter", "apply"];
    for (const text of data.prelude) words.push("-k", text);
    state.stages.forEach((one, index) => words.push("-k", spec(one, index)));
    if (state.range !== "clamp") words.push("--range", state.range);
    const set = state.stages.find((one) => !one.pool && one.kernels.length > 1 && Number(one.offset) !== 0);
    if (set) words.push("--offset", set.offset);
    words.push(data.file, "out.png");
    return words.map(Page.shellQuoted).join(" ");
  }

  function showCommand() {
    $("command").textContent = command();
    const isExact = state.stages.every((one) => one.pool || (one.padding !== "levels"
      && one.kernels.every((k) => Engine.weights(k, one.offset).exact)));
    const check = $("check");
    check.className = isExact ? "good" : "faint";
    if (state.isEdited) {
      check.textContent = isExact
        ? "Computed here in whole numbers, as the command does it: equal to the last bit."
        : "These taps have too many digits for whole numbers: a level more or less is possible.";
      return;
    }
    const made = pictures.at(-1);
    let differing = 0, most = 0;
    for (let i = 0; i < expected.samples.length; i += 1) {
      const distance = Math.abs(expected.samples[i] - made.samples[i]);
      if (distance) { differing += 1; most = Math.max(most, distance); }
    }
    const all = expected.samples.length.toLocaleString("en");
    if (made.samples.length !== expected.samples.length) {
      [check.className, check.textContent] = ["bad", "This is not what the command made: a fault of this page."];
    } else if (differing) {
      check.textContent = `Within ${most} ${most === 1 ? "level" : "levels"} of what the command made; `
        + `${differing.toLocaleString("en")} of ${all} samples differ, as its taps come from a formula.`;
    } else {
      check.className = "good";
      check.textContent = `Equal to what the command made, in all ${all} samples.`;
    }
  }

  // MARK: The page

  function showSteps() {
    fill($("steps"), ...(state.stages.length < 2 ? [] : state.stages.map((one, index) =>
      make("button", {
        type: "button", "aria-pressed": String(index === state.current),
        on: { click: () => { state.current = index; state.member = 0; showAll(); } },
      }, `${index + 1}: ${one.name}`))));
    $("steps").hidden = state.stages.length < 2;
  }

  function showChannels() {
    fill($("channel"), ...Array.from({ length: before().channels }, (_, c) =>
      make("option", { value: c, selected: c === state.channel }, channelName(c))));
    $("channel-label").hidden = before().channels === 1;
  }

  function showAll() {
    showSteps();
    showChannels();
    showKernel();
    showGeometry();
    refresh();
  }

  function listen() {
    for (const id of ["input", "output"]) {
      const canvas = $(id);
      canvas.addEventListener("keydown", keyed);
      canvas.addEventListener("pointermove", (event) => {
        if (event.pointerType === "mouse" && state.isHeld && !event.buttons) return;
        move(...pointed(canvas, event));
      });
      canvas.addEventListener("pointerdown", (event) => {
        slide(false);
        move(...pointed(canvas, event));
        if (event.pointerType === "mouse") hold(!state.isHeld);
      });
    }
    for (const id of ["x", "y"]) {
      $(id).addEventListener("input", () => {
        if ($(id).value !== "") move(Number($("x").value), Number($("y").value));
      });
    }
    const steps = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
    for (const [id, [dx, dy]] of Object.entries(steps)) {
      $(id).addEventListener("click", () => move(state.x + dx, state.y + dy));
    }
    $("play").addEventListener("click", () => slide(!sliding));
    $("hold").addEventListener("click", () => hold(!state.isHeld));
    $("zoom").addEventListener("change", () => { state.zoom = Number($("zoom").value); showMove(); });
    $("channel").addEventListener("change", () => {
      state.channel = Number($("channel").value);
      showKernel();
      showMove();
    });
    for (const [name, key, most] of [["stride", "stride", 999], ["dilation", "dilation", 99]]) {
      for (const [axis, letter] of ["x", "y"].entries()) {
        $(`${name}-${letter}`).addEventListener("input", (event) => {
          const isRight = isWhole(1, most)(event.target.value);
          event.target.setAttribute("aria-invalid", String(!isRight));
          $("geometry-problem").textContent = isRight ? "" : `${name}: a whole number from 1 to ${most}`;
          if (!isRight) return;
          stage()[key][axis] = Number(event.target.value);
          touch();
        });
      }
    }
    $("padding").addEventListener("change", () => setPadding($("padding").value));
    $("constant").addEventListener("input", () => {
      if ($("constant").value !== "") { stage().values = [Number($("constant").value)]; touch(); }
    });
    $("range").addEventListener("change", () => { state.range = $("range").value; touch(); });
    $("copy").addEventListener("click", () => Page.copy($("command").textContent, $("copy")));
    $("reset").addEventListener("click", () => { slide(false); start(); compute(); showAll(); hold(false); });
    document.addEventListener("scheme", showPictures);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showPictures);
    addEventListener("resize", showPictures);
  }

  $("title").textContent = data.title;
  $("lead").textContent = data.lead;
  Page.schemeButton($("scheme"));
  start();
  listen();
  $("geometry-problem").textContent = compute();
  state.x = Math.floor(after().width / 2);
  state.y = Math.floor(after().height / 2);
  showAll();
  // For those who want the numbers: explorer.pictures() are what each stage gets and yields.
  globalThis.explorer = { pictures: () => pictures, state: () => state, move, command };
})();

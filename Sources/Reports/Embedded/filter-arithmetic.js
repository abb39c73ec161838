"use strict";
// The arithmetic of one window: samples, taps, products, and how their sum becomes a level.
const Arithmetic = (() => {
  const { $, make, fill, short, signed, level, cellGrid, group } = Page;
  const { state, stage, before, after, axes, kernelOf } = Chain;
  // Cells beyond which a window is summed up in words.
  const mostCells = 121;

  function tinted(value) {
    const share = value / before().top * 255;
    const name = before().channels === 1 ? [share, share, share]
      : [0, 1, 2].map((c) => (c === state.channel ? share : 0));
    return level(...name.map(Math.round));
  }

  /** A level on a ground of its own brightness. */
  function sampleCell(value, name, title) {
    return make("span", { class: name, title, style: value === null ? {} : tinted(value) },
      value === null ? "–" : short(value, 5));
  }

  function product(tap, value) { return `${short(Number(tap), 8)}·${short(value, 8)}`; }

  function showArithmetic() {
    const one = stage(), kernel = kernelOf(one);
    const { x, y } = axes();
    const channel = Math.min(state.channel, before().channels - 1);
    const cells = Windows.window(one, before(), state.x, state.y, channel, kernel);
    const result = after();
    const outChannel = result.channels === 1 ? 0 : channel;
    const value = result.samples[(state.y * result.width + state.x) * result.channels + outChannel];
    $("value").textContent = String(value);
    const isSmall = cells.length <= mostCells;
    const samples = cells.map((cell) => (cell.isMember
      ? sampleCell(cell.value, cell.isInside ? null : "outside",
        cell.isInside ? `x ${cell.column}, y ${cell.row}` : "beyond the border")
      : make("span", { class: "faint", title: "no member" }, "·")));
    const work = Works.of(one);
    if (work) return work.show(one, cells, samples, value);
    if (!kernel) return Picks.showArithmetic(cells, samples, isSmall, value);
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
        group("samples", cellGrid(x.taps, samples)), make("span", { class: "sign" }, "·"),
        group("taps", cellGrid(x.taps, taps)), make("span", { class: "sign" }, "="),
        group("products", cellGrid(x.taps, made))));
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
    if (one.unsharp) showSharpening(one, kernel, sum, value);
    else showEnding(one, kernel, sum, known, value);
  }

  /** The sum over all channels, divided, raised, rounded and cut. */
  function showEnding(one, kernel, sum, known, value) {
    const parts = [];
    let total = sum;
    if (kernel.depth > 1) {
      const sums = Array.from({ length: kernel.depth }, (_, c) =>
        Windows.window(one, before(), state.x, state.y, c, kernel)
          .reduce((a, cell) => a + (cell.value === null ? 0 : Number(cell.tap) * cell.value), 0));
      total = sums.reduce((a, b) => a + b, 0);
      parts.push(`over the channels ${sums.map((s) => short(s, 8)).join(" + ")} = ${short(total, 10)}`);
    }
    const weight = Weights.weights(kernel, one.kernels.length > 1 ? "0" : one.offset);
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
    const weight = Weights.weights(kernel, "0");
    let sum = 0;
    for (let c = 0; c < kernel.depth; c += 1) {
      const channel = kernel.depth > 1 ? c : Math.min(state.channel, before().channels - 1);
      for (const cell of Windows.window(one, before(), state.x, state.y, channel, kernel)) {
        sum += cell.value === null ? 0 : Number(cell.tap) * cell.value;
      }
    }
    const value = sum / weight.divisor + weight.offset;
    return one.isTarget && state.range === "abs" ? Math.abs(value) : value;
  }

  /** How the blurred level sharpens the sample that the window is laid on. */
  function showSharpening(one, kernel, sum, value) {
    const divisor = Weights.weights(kernel, "0").divisor;
    const channel = Math.min(state.channel, before().channels - 1);
    const own = Unsharp.own(one, before(), axes(), state.x, state.y, channel);
    const unit = before().top > 255 ? 1 : 257;
    const soft = Math.floor(sum / divisor * unit + 0.5);
    const made = Unsharp.sharpened(one, before(), own, soft);
    const { amount } = one.unsharp, threshold = Unsharp.threshold(one, before());
    $("ending").textContent = `← ${made.isOver
      ? `${own} + ${short(Number(amount))} · (${own} − ${short(soft / unit, 8)}) = ${short(made.value, 8)}`
      : `${own} stays: |${own} − ${short(soft / unit, 8)}| is ${one.unsharp.fraction === undefined ? "not above" : "below"} ${short(threshold)}`}`
      + (made.value < -0.5 || made.value >= before().top + 0.5 ? `; cut to 0…${before().top}`
        : Number.isInteger(made.value) ? "" : `; rounded ${value}`);
  }

  return { show: showArithmetic, sampleCell, mostCells };
})();

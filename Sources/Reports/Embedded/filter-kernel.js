"use strict";
// The kernel, or the size of a pooling, to be edited.
const KernelPanel = (() => {
  const { $, make, fill, short, signed, cellGrid, isWhole } = Page;
  const { data, state, stage, kernelOf, touch, channelName } = Chain;
  // Taps beyond which a kernel is not shown.
  const mostCells = 121;

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

  const isNumber = (text) => Weights.decimal(text) !== null && Math.abs(Number(text)) <= 1e9;

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
    const work = Works.of(one);
    $("kernel-heading").textContent = work ? work.title : one.pool ? "Pooling" : one.pick ? "Members" : one.unsharp ? "Blur" : "Kernel";
    const members = one.kernels.length < 2 ? [] : one.kernels.map((kernel, index) =>
      make("button", {
        type: "button", "aria-pressed": String(index === state.member),
        on: { click: () => { state.member = index; showKernel(); Moving.show(); } },
      }, `kernel ${index + 1}`));
    fill($("members"), ...members);
    if (work) return WorksPanel.showControls(one);
    if (one.kernels.length === 0) return Picks.showControls(one);
    if (one.unsharp) return showBlur(one);
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

  /** The Gaussian of an unsharp mask, which its sigma makes, and what is done with the difference. */
  function showBlur(one) {
    const kernel = kernelOf(one);
    fill($("kernel-size"));
    const most = Math.max(...kernel.taps.map((t) => Math.abs(Number(t))), 1e-12);
    fill($("kernel"), kernel.taps.length > mostCells
      ? make("p", { class: "faint" }, `${kernel.width} × ${kernel.height} taps, too many to show each.`)
      : cellGrid(kernel.width, kernel.taps.map((tap) =>
        make("span", { style: { "background-color": signed(Number(tap) / most) } }, short(Number(tap), 2)))));
    fill($("kernel-more"),
      number("Amount", one.unsharp.amount, isNumber, (t) => { one.unsharp.amount = t.trim(); }, "a number"),
      one.unsharp.fraction === undefined
        ? number("Threshold", one.unsharp.threshold, (t) => isNumber(t) && Number(t) >= 0,
          (t) => { one.unsharp.threshold = t.trim(); }, "a number of levels from 0")
        : number("Threshold, half of it of full scale", one.unsharp.fraction, (t) => isNumber(t) && Number(t) >= 0,
          (t) => { one.unsharp.fraction = t.trim(); }, "a number from 0"));
  }

  return { show: showKernel, number, isNumber };
})();

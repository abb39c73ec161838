"use strict";
// The command line that makes what the page shows, and whether the page makes the same.
const CommandLine = (() => {
  const { $ } = Page;
  const { data, state } = Chain;
  const expected = Page.picture(data.expected);

  function keys(one, index) {
    const own = data.stages[index];
    const pairs = [];
    const [sx, sy] = one.stride, [dx, dy] = one.dilation;
    const usual = one.pool ? [one.width, one.height] : [1, 1];
    if (sx !== usual[0] || sy !== usual[1]) pairs.push(sx === sy ? `stride=${sx}` : `stride-x=${sx},stride-y=${sy}`);
    if (dx !== 1 || dy !== 1) pairs.push(dx === dy ? `dilation=${dx}` : `dilation-x=${dx},dilation-y=${dy}`);
    const name = one.padding === "constant" ? `constant:${one.values.join(",")}` : one.padding;
    const padding = one.extent !== "full" ? name : one.padding === "zero" ? "full" : `full:${name}`;
    const isExtreme = ["erode", "dilate", "gradient"].includes(one.pick);
    const standard = one.pool ? "valid" : isExtreme ? "truncate" : "replicate";
    if (padding !== standard && one.padding !== "levels" && !(one.extent && one.extent !== "full")
      && own) pairs.push(`padding=${padding}`);
    return pairs;
  }

  function inline(kernel) {
    const usual = [Math.floor(kernel.width / 2), Math.floor(kernel.height / 2)];
    const isUsual = kernel.anchor[0] === usual[0] && kernel.anchor[1] === usual[1];
    const size = `${kernel.width}x${kernel.height}${kernel.depth > 1 ? `x${kernel.depth}` : ""}`
      + (isUsual && !data.anchor ? "" : `+${kernel.anchor[0]}+${kernel.anchor[1]}`);
    const planes = Array.from({ length: kernel.depth }, (_, c) =>
      kernel.taps.filter((_, i) => i % kernel.depth === c));
    return `${size}: ${planes.flat().join(",")}`;
  }

  function spec(one, index) {
    const pairs = keys(one, index);
    if (one.pool) {
      const name = { maximum: "maxpool", minimum: "minpool", average: "avgpool" }[one.pool];
      pairs.unshift(size(one));
      return `${name}:${pairs.join(",")}`;
    }
    if (one.pick) {
      pairs.unshift(...element(one));
      if (one.pick === "rank") pairs.unshift(`percent=${one.percent}`);
      return `${one.pick}:${pairs.join(",")}`;
    }
    if (one.work) return `${one.work}:${[...Works.of(one).words(one), ...pairs].join(",")}`;
    if (one.unsharp) return unsharp(one, pairs);
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

  function size(one) { return `size=${one.width === one.height ? one.width : `${one.width}x${one.height}`}`; }

  /** Which samples of a window are members. */
  function element(one) {
    if (!one.members) return [size(one)];
    const rows = Array.from({ length: one.height }, (_, y) =>
      one.members.slice(y * one.width, (y + 1) * one.width).map((is) => (is ? "1" : "0")).join(""));
    return [`mask=${rows.join("/")}`];
  }

  /** What was typed, with the amount, the threshold and the windows as they are now. */
  function unsharp(one, pairs) {
    const [head, ...rest] = one.name.split(":");
    const kept = [];
    for (const part of rest.join(":").split(",").map((text) => text.trim()).filter((text) => text)) {
      if (!part.includes("=") && kept.some((pair) => pair.includes("="))) kept[kept.length - 1] += `,${part}`;
      else kept.push(part);
    }
    const isOwn = /^(amount|threshold|fraction|(stride|dilation)(-[xy])?|padding|extent)\s*=/;
    const words = kept.filter((pair) => pair.includes("=")).filter((pair) => !isOwn.test(pair));
    let places = kept.filter((pair) => !pair.includes("=")).slice(0, 2);
    // ImageMagick's radius x sigma + amount + threshold.
    const numbers = places.length === 1 ? places[0].toLowerCase().split(/[x+]/) : [];
    if (numbers.length > 1) places = [`radius=${numbers[0]}`, `sigma=${numbers[1]}`];
    const { amount, fraction } = one.unsharp;
    return `${head}:${[...places, ...words, `amount=${amount}`,
      fraction === undefined ? `threshold=${one.unsharp.threshold}` : `fraction=${fraction}`, ...pairs].join(",")}`;
  }

  /** The filters of all steps; several steps may be one. */
  function specs() {
    const said = [];
    for (let index = 0; index < state.stages.length; index += 1) {
      const one = state.stages[index], next = state.stages[index + 1];
      if (Chain.isMirrored(one)) {
        said.push(`${one.link.name}:${[...element(one), ...keys(next, index + 1)].join(",")}`);
        index += state.stages[index + 2]?.work === "difference" ? 2 : 1;
      } else if (one.link?.part === 0 && next?.work === "canny" && isUntouched(one, index)) {
        said.push(`${spec(next, index + 1)},sigma=${next.parameters.sigma}`
          + keys(one, index).map((pair) => `,${pair}`).join(""));
        index += 1;
      } else said.push(spec(one, index));
    }
    return said;
  }

  /** Whether the kernel is that which the command made, so that its name says it. */
  function isUntouched(one, index) {
    return ["kernels", "stride", "dilation"].every((key) =>
      JSON.stringify(one[key]) === JSON.stringify(data.stages[index][key]));
  }

  function command() {
    if (!state.isEdited) return data.command;
    const words = ["convfilter", "apply"];
    for (const text of data.prelude) words.push("-k", text);
    for (const text of specs()) words.push("-k", text);
    if (data.anchor) words.push("--anchor", data.anchor.join(","));
    if (state.range !== "clamp") words.push("--range", state.range);
    const set = state.stages.find((one) => one.kernels.length > 1 && Number(one.offset) !== 0);
    if (set) words.push("--offset", set.offset);
    words.push(data.file, "out.png");
    return words.map(Page.shellQuoted).join(" ");
  }

  function showCommand() {
    $("command").textContent = command();
    const isExact = state.stages.every((one) => one.kernels.length === 0 || (one.padding !== "levels"
      && one.kernels.every((k) => Weights.weights(k, one.offset).exact)));
    const check = $("check");
    check.className = isExact ? "good" : "faint";
    if (state.isEdited) {
      check.textContent = isExact
        ? `Computed here${state.stages.some((one) => one.work) ? "" : " in whole numbers,"} as the command does it: `
          + "equal to the last bit."
        : "These taps have too many digits for whole numbers: a level more or less is possible.";
      return;
    }
    const made = Chain.pictures().at(-1);
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

  return { command, show: showCommand, size };
})();

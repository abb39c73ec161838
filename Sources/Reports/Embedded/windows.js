"use strict";
// Where the windows of a filter lie, and what stands in them: ConvEngine's geometry, said once more for a page.
const Windows = (() => {
  const mod = (a, n) => ((a % n) + n) % n;

  /** The sample that stands at `i` on an axis of `n`, or -1 where a constant or nothing does. */
  function source(i, n, padding) {
    if (i >= 0 && i < n) return i;
    switch (padding) {
      case "replicate": return i < 0 ? 0 : n - 1;
      case "reflect": {
        const phase = mod(i, 2 * n);
        return phase < n ? phase : 2 * n - 1 - phase;
      }
      case "reflect101": {
        if (n === 1) return 0;
        const phase = mod(i, 2 * n - 2);
        return phase < n ? phase : 2 * n - 2 - phase;
      }
      case "wrap": return mod(i, n);
      default: return -1;
    }
  }

  /** Where the windows of an axis lie: out = ⌊(input + before + after − span) / stride⌋ + 1. */
  function axis(input, taps, anchor, stride, dilation, padding, extent) {
    const span = dilation * (taps - 1) + 1;
    let before = 0, after = 0;
    if (padding !== "valid") {
      if (extent === "full") before = after = span - 1;
      else if (extent === "same") {
        const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + span - input);
        before = Math.floor(total / 2);
        after = total - before;
      } else if (Array.isArray(extent)) [before, after] = extent;
      else {
        before = anchor * dilation;
        after = span - 1 - before;
      }
    }
    const room = input + before + after;
    const output = room < span ? 0 : Math.floor((room - span) / stride) + 1;
    return { input, taps, stride, dilation, before, after, span, output, anchor: anchor * dilation };
  }

  /** The windows of a stage on a picture: axes, and for each window which samples it sees. */
  function geometry(stage, picture) {
    const first = stage.kernels.length ? stage.kernels[0] : stage;
    const extent = stage.extent;
    const along = (input, taps, anchor, stride, dilation, sides) =>
      axis(input, taps, anchor, stride, dilation, stage.padding, sides);
    const isList = Array.isArray(extent);
    return {
      x: along(picture.width, first.width, first.anchor[0], stage.stride[0], stage.dilation[0],
        isList ? [extent[1], extent[3]] : extent),
      y: along(picture.height, first.height, first.anchor[1], stage.stride[1], stage.dilation[1],
        isList ? [extent[0], extent[2]] : extent),
    };
  }

  /** What stands beyond the border in a channel: a level, or null where nothing does. */
  function outside(stage, picture, channel) {
    switch (stage.padding) {
      case "zero": return 0;
      case "constant": {
        const values = stage.values;
        const value = values.length === 1 ? values[0]
          : picture.channels === 1 ? (299 * values[0] + 587 * values[1] + 114 * values[2]) / 1000
            : values[channel];
        return Math.min(Math.max(Math.floor(value + 0.5), 0), picture.top);
      }
      case "levels":
        return stage.values[Math.min(channel, stage.values.length - 1)] / 255 * picture.top;
      default: return null;
    }
  }

  /** The sample of an axis that the output of a window stands for. */
  function met(axis, output) {
    return Math.max(0, Math.min(axis.input - 1, output * axis.stride - axis.before + axis.anchor));
  }

  function places(axis, padding) {
    const table = new Int32Array(axis.output * axis.taps);
    for (let o = 0; o < axis.output; o += 1) {
      for (let t = 0; t < axis.taps; t += 1) {
        table[o * axis.taps + t] =
          source(o * axis.stride + t * axis.dilation - axis.before, axis.input, padding);
      }
    }
    return table;
  }

  /** The samples that one window sees, in the order of the taps. */
  function window(stage, picture, x, y, channel, kernel) {
    const axes = geometry(stage, picture);
    const [width, height] = [axes.x.taps, axes.y.taps];
    const cells = [];
    for (let j = 0; j < height; j += 1) {
      for (let i = 0; i < width; i += 1) {
        const column = x * axes.x.stride + i * axes.x.dilation - axes.x.before;
        const row = y * axes.y.stride + j * axes.y.dilation - axes.y.before;
        const from = [source(column, picture.width, stage.padding),
          source(row, picture.height, stage.padding)];
        const isInside = column >= 0 && row >= 0 && column < picture.width && row < picture.height;
        const value = from[0] >= 0 && from[1] >= 0
          ? picture.samples[(from[1] * picture.width + from[0]) * picture.channels + channel]
          : outside(stage, picture, channel);
        const depth = kernel ? kernel.depth : 1;
        const isMember = !stage.members || stage.members[j * width + i];
        const tap = kernel
          ? kernel.taps[(j * width + i) * depth + (depth > 1 ? channel : 0)] : null;
        cells.push({ column, row, from, isInside, isMember, value, tap });
      }
    }
    return cells;
  }

  return { source, axis, geometry, outside, met, places, window };
})();

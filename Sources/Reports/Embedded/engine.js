"use strict";
// Filters pictures in whole numbers, as the command does: PictureFilters, said once more for a page.
//
//     out[y, x] = clamp(⌊(Σ taps[j, i] · in[y·s + j·d − before, …]) / divisor + offset + ½⌋)
const Engine = (() => {
  const { geometry, outside, places } = Windows;
  const { weights, floorDivide, big } = Weights;

  /** Adds up one kernel over all windows; `visit(place, sum, live)` gets whole or real sums. */
  function correlate(kernel, weight, stage, picture, axes, channel, mode, visit) {
    const { width, height, depth } = kernel;
    const columns = places(axes.x, stage.padding), rows = places(axes.y, stage.padding);
    const truncates = stage.padding === "truncate";
    const numbers = mode === "big" ? weight.numbers
      : mode === "number" ? weight.numbers.map(Number) : weight.taps;
    const nothing = mode === "big" ? 0n : 0;
    const asNumber = mode === "big" ? BigInt : (n) => n;
    const first = depth > 1 ? 0 : channel;
    const border = Array.from({ length: depth }, (_, c) => outside(stage, picture, first + c) ?? 0)
      .map((value) => (mode === "real" ? value : asNumber(value)));
    for (let y = 0; y < axes.y.output; y += 1) {
      for (let x = 0; x < axes.x.output; x += 1) {
        let sum = nothing, live = nothing;
        for (let j = 0; j < height; j += 1) {
          const row = rows[y * height + j];
          for (let i = 0; i < width; i += 1) {
            const column = columns[x * width + i];
            const inside = row >= 0 && column >= 0;
            const start = inside ? (row * picture.width + column) * picture.channels + first : 0;
            for (let c = 0; c < depth; c += 1) {
              const tap = numbers[(j * width + i) * depth + c];
              if (inside) {
                sum += tap * asNumber(picture.samples[start + c]);
                if (truncates) live += tap;
              } else if (!truncates) sum += tap * border[c];
            }
          }
        }
        visit(y * axes.x.output + x, sum, live);
      }
    }
  }

  /** Number where all steps stay below 2^53, BigInt beyond, real where taps are no whole numbers. */
  function modeOf(all, stage, picture) {
    if (!all.every((w) => w.exact) || stage.padding === "levels") return "real";
    let bound = 0n;
    for (const w of all) {
      const most = w.numbers.reduce((a, n) => a + big.abs(n), 0n) * BigInt(picture.top)
        + big.abs(w.bias);
      const total = stage.padding === "truncate"
        ? most * w.numbers.reduce((a, n) => a + big.abs(n), 1n) * w.over : most * w.over;
      if (total > bound) bound = total;
    }
    return bound * 8n * BigInt(all.length) < 2n ** 53n ? "number" : "big";
  }

  function clamp(value, top) { return value < 0 ? 0 : value > top ? top : value; }

  function filtered(stage, picture, range) {
    const axes = geometry(stage, picture);
    const depth = stage.kernels[0].depth;
    const channels = depth > 1 ? 1 : picture.channels;
    const result = blank(axes.x.output, axes.y.output, channels, picture.top);
    const isSet = stage.kernels.length > 1;
    const absolute = range === "abs" && stage.isTarget;
    const lift = stage.isTarget && range === "offset" ? (picture.top + 1) / 2 : 0;
    const all = stage.kernels.map((kernel) => weights(kernel, isSet ? "0" : sumText(stage.offset, lift)));
    const mode = modeOf(all, stage, picture);
    const store = (place, channel, value) => {
      result.samples[place * channels + channel] = clamp(Number(value), picture.top);
    };
    for (let channel = 0; channel < channels; channel += 1) {
      if (!isSet) {
        const one = finisher(all[0], mode, absolute, stage.padding === "truncate");
        correlate(stage.kernels[0], all[0], stage, picture, axes, channel, mode,
          (place, sum, live) => store(place, channel, one(sum, live)));
      } else {
        combined(stage, all, mode, absolute, lift, picture, axes, channel, store);
      }
    }
    return result;
  }

  function sumText(offset, lift) {
    return lift === 0 ? offset : String(Number(offset) + lift);
  }

  /** How a sum becomes a level before it is cut. */
  function finisher(weight, mode, absolute, truncates) {
    const positive = (a) => (a < 0 ? -a : a);
    if (mode === "real") {
      const total = weight.taps.reduce((a, b) => a + b, 0);
      return (sum, live) => {
        let value = sum / weight.divisor;
        if (truncates && live !== 0 && Math.sign(live) === Math.sign(total)) value *= total / live;
        return Math.floor((absolute ? Math.abs(value) : value) + weight.offset + 0.5);
      };
    }
    const as = mode === "big" ? (n) => n : Number;
    const [over, bias] = [as(weight.over), as(weight.bias)];
    const half = mode === "big" ? over / 2n : Math.floor(over / 2);
    if (!truncates) {
      return (sum) => floorDivide((absolute ? positive(sum) : sum) + bias + half, over);
    }
    const [zero, one, two] = mode === "big" ? [0n, 1n, 2n] : [0, 1, 2];
    const total = weight.numbers.map(as).reduce((a, b) => a + b, zero);
    return (sum, live) => {
      let all = total, part = live;
      if (part === zero || (part > zero) !== (all > zero) || all === zero) [part, all] = [one, one];
      let upper = sum * all;
      if (part < zero) [upper, part] = [-upper, -part];
      if (absolute) upper = positive(upper);
      const number = upper + bias * part, whole = part * over;
      return floorDivide(two * number + whole, two * whole);
    };
  }

  function combined(stage, all, mode, absolute, lift, picture, axes, channel, store) {
    const count = axes.x.output * axes.y.output;
    const offset = Number(stage.offset) + lift;
    const exact = mode !== "real";
    const common = exact ? all.reduce((a, w) => a / big.gcd(a, w.over) * w.over, 1n) : 1;
    const lines = stage.kernels.map((kernel, index) => {
      const weight = all[index];
      const line = new Float64Array(count);
      const factor = exact ? Number(common / weight.over) : 1 / weight.divisor;
      const bias = exact ? Number(weight.bias) * factor : weight.offset;
      correlate(kernel, weight, stage, picture, axes, channel, mode, (place, sum) => {
        const value = Number(sum) * factor + bias;
        line[place] = absolute ? Math.abs(value) : value;
      });
      return line;
    });
    const divisor = Number(common);
    const addend = Math.round(offset * divisor) + Math.floor(divisor / 2);
    const raised = exact ? (addend - Math.floor(divisor / 2)) / divisor + 0.5 : offset + 0.5;
    for (let place = 0; place < count; place += 1) {
      const values = lines.map((line) => line[place]);
      if (stage.combine === "l2") {
        const root = Math.sqrt(values.reduce((a, v) => a + v * v, 0));
        store(place, channel, Math.trunc(Math.max(root / divisor + raised, -1)));
      } else {
        const value = stage.combine === "max" ? Math.max(...values)
          : stage.combine === "min" ? Math.min(...values) : values.reduce((a, v) => a + v, 0);
        store(place, channel,
          exact ? floorDivide(value + addend, divisor) : Math.floor(value + raised));
      }
    }
  }

  function pooled(stage, picture) {
    if (stage.pool === "average") {
      const taps = Array(stage.width * stage.height).fill("1");
      return filtered({
        ...stage, pool: null, isTarget: false, offset: "0", combine: null,
        padding: stage.padding === "zero" ? "truncate" : stage.padding,
        kernels: [{
          width: stage.width, height: stage.height, depth: 1, taps, scale: null, offset: "0",
          anchor: stage.anchor,
        }],
      }, picture, "clamp");
    }
    const axes = geometry(stage, picture);
    const result = blank(axes.x.output, axes.y.output, picture.channels, picture.top);
    const best = stage.pool === "maximum" ? Math.max : Math.min;
    const neutral = stage.pool === "maximum" ? 0 : picture.top;
    const columns = places(axes.x, stage.padding), rows = places(axes.y, stage.padding);
    const ignores = stage.padding === "zero" || stage.padding === "truncate";
    let next = 0;
    for (let y = 0; y < axes.y.output; y += 1) {
      for (let x = 0; x < axes.x.output; x += 1) {
        for (let channel = 0; channel < picture.channels; channel += 1) {
          const border = ignores ? neutral : outside(stage, picture, channel) ?? neutral;
          let value = neutral;
          for (let j = 0; j < stage.height; j += 1) {
            const row = rows[y * stage.height + j];
            for (let i = 0; i < stage.width; i += 1) {
              const column = columns[x * stage.width + i];
              value = best(value, row >= 0 && column >= 0
                ? picture.samples[(row * picture.width + column) * picture.channels + channel]
                : border);
            }
          }
          result.samples[next] = value;
          next += 1;
        }
      }
    }
    return result;
  }

  function blank(width, height, channels, top) {
    const samples = new (top > 255 ? Uint16Array : Uint8Array)(width * height * channels);
    return { width, height, channels, top, samples };
  }

  /** Samples that a stage multiplies, for one that would keep the page busy too long. */
  function work(stage, picture) {
    const special = Works.of(stage);
    if (special) return special.cost(stage, picture);
    const axes = geometry(stage, picture);
    const taps = stage.kernels.length ? stage.kernels.reduce((a, k) => a + k.width * k.height * k.depth, 0)
      : stage.width * stage.height * (stage.pick ? 3 : 1);
    return axes.x.output * axes.y.output * taps * (picture.channels > 1 ? 3 : 1);
  }

  /** What a stage makes of a picture. */
  function run(stage, picture, range) {
    const special = Works.of(stage);
    if (special) return special.run(stage, picture);
    if (stage.pool) return pooled(stage, picture);
    if (stage.pick) return Ranks.ranked(stage, picture);
    if (stage.unsharp) return Unsharp.run(stage, picture);
    return filtered(stage, picture, range);
  }

  return { run, work, blank };
})();

"use strict";
// Filters pictures in whole numbers, as the command does: PictureFilters, said once more for a page.
//
//     out[y, x] = clamp(⌊(Σ taps[j, i] · in[y·s + j·d − before, …]) / divisor + offset + ½⌋)
const Engine = (() => {
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
    return { input, taps, stride, dilation, before, after, span, output };
  }

  /** A decimal text as a whole number over a power of ten; null for other texts. */
  function decimal(text) {
    const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(String(text));
    if (!match || !(match[2] + match[3])) return null;
    let digits = match[3].length - Number(match[4] || 0);
    let number = BigInt(match[2] + match[3]) * (match[1] === "-" ? -1n : 1n);
    while (digits > 0 && number % 10n === 0n) { number /= 10n; digits -= 1; }
    if (digits < 0) { number *= 10n ** BigInt(-digits); digits = 0; }
    // What is longer was computed, not typed: then sums are of real numbers.
    const typed = digits <= 22 && number < 1000000000000000n && number > -1000000000000000n;
    return { number, digits, typed, value: Number(text) };
  }

  const big = {
    abs: (a) => (a < 0n ? -a : a),
    gcd: (a, b) => { while (b) [a, b] = [b, a % b]; return a; },
  };

  /**
   * A kernel of texts as whole numbers: results are ⌊(Σ numerators · in + bias) / divisor + ½⌋.
   * Where a number has too many digits for that, `exact` is false and doubles stand in.
   */
  function weights(kernel, offset) {
    const taps = kernel.taps.map(decimal);
    const scale = kernel.scale === null ? null : decimal(kernel.scale);
    const own = decimal(kernel.offset), more = decimal(offset);
    const reals = taps.map((tap) => tap.value);
    const sum = reals.reduce((a, b) => a + b, 0);
    const magnitude = reals.reduce((a, b) => a + Math.abs(b), 0);
    const zero = sum === 0 || Math.abs(sum) < 1e-9 * magnitude;
    const real = {
      exact: false, taps: reals, divisor: scale ? scale.value : zero ? 1 : sum,
      offset: own.value + more.value, zero, sum,
    };
    if (![...taps, own, more].every((n) => n.typed) || (scale && !scale.typed)) return real;
    const digits = Math.max(...taps.map((tap) => tap.digits));
    const unit = 10n ** BigInt(digits);
    let numbers = taps.map((tap) => tap.number * 10n ** BigInt(digits - tap.digits));
    let divisor = scale ? unit : zero ? unit : numbers.reduce((a, b) => a + b, 0n);
    const times = (power) => { numbers = numbers.map((n) => n * power); };
    if (scale) {
      times(10n ** BigInt(scale.digits));
      divisor *= scale.number;
    }
    const places = Math.max(own.digits, more.digits);
    const shift = 10n ** BigInt(places);
    const level = own.number * 10n ** BigInt(places - own.digits)
      + more.number * 10n ** BigInt(places - more.digits);
    let bias = divisor * level;
    times(shift);
    divisor *= shift;
    if (divisor < 0n) {
      times(-1n);
      [divisor, bias] = [-divisor, -bias];
    }
    const common = [...numbers, bias].reduce((a, n) => big.gcd(a, big.abs(n)), divisor);
    return {
      ...real, exact: true, numbers: numbers.map((n) => n / common), over: divisor / common,
      bias: bias / common,
    };
  }

  /** ⌊a / b⌋ for whole numbers and b > 0; of two Numbers or two BigInts. */
  function floorDivide(a, b) {
    if (typeof a === "bigint") {
      const q = a / b;
      return a % b < 0n ? q - 1n : q;
    }
    let q = Math.floor(a / b);
    while (q * b > a) q -= 1;
    while ((q + 1) * b <= a) q += 1;
    return q;
  }

  /** The windows of a stage on a picture: axes, and for each window which samples it sees. */
  function geometry(stage, picture) {
    const first = stage.pool ? { width: stage.width, height: stage.height, anchor: stage.anchor }
      : stage.kernels[0];
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
    const axes = geometry(stage, picture);
    const taps = stage.pool ? stage.width * stage.height
      : stage.kernels.reduce((a, k) => a + k.width * k.height * k.depth, 0);
    return axes.x.output * axes.y.output * taps * (picture.channels > 1 ? 3 : 1);
  }

  /** What a stage makes of a picture. */
  function run(stage, picture, range) {
    return stage.pool ? pooled(stage, picture) : filtered(stage, picture, range);
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
        const tap = kernel
          ? kernel.taps[(j * width + i) * depth + (depth > 1 ? channel : 0)] : null;
        cells.push({ column, row, from, isInside, value, tap });
      }
    }
    return cells;
  }

  return { source, axis, decimal, weights, geometry, run, window, work, outside };
})();
if (typeof module !== "undefined") module.exports = Engine;

"use strict";
// Local normalisation: how far a sample lies from the mean of its window, in its deviations.
//
//     out = mean + deviation · (in − m) / max(s, floor)
(() => {
  const { number, level, isNotNegative, isPositive } = Works;
  // Beyond this, whole numbers of doubles have gaps.
  const mostExact = 2 ** 53;

  /** Mean, deviation and floor in levels. */
  const levels = (stage, picture) => ["mean", "deviation", "floor"]
    .map((key) => number(stage, key) / 100 * picture.top);

  /** n² times the variance of n samples, rounded once. */
  function spread(count, sum, square, isLarge) {
    return isLarge ? Number(BigInt(count) * BigInt(square) - BigInt(sum) * BigInt(sum))
      : count * square - sum * sum;
  }

  function moved(stage, picture, own, count, sum, square) {
    const [mean, deviation, floor] = levels(stage, picture);
    const variance = spread(count, sum, square, (count * picture.top) ** 2 >= mostExact);
    const root = Math.sqrt(variance);
    return { root, value: mean + deviation * (count * own - sum) / Math.max(root, floor * count) };
  }

  /** The samples of an axis that windows look at, those beyond the border as -1. */
  function seen(axis, padding) {
    const count = (axis.output - 1) * axis.stride + axis.span;
    return Int32Array.from({ length: count }, (_, i) => Windows.source(i - axis.before, axis.input, padding));
  }

  function run(stage, picture) {
    const { x, y } = Windows.geometry(stage, picture);
    const { channels, samples, width } = picture;
    const result = Engine.blank(x.output, y.output, channels, picture.top);
    const columns = seen(x, stage.padding), rows = seen(y, stage.padding), count = x.taps * y.taps;
    for (let channel = 0; channel < channels; channel += 1) {
      const border = Windows.outside(stage, picture, channel) ?? 0;
      const at = (column, row) => (columns[column] < 0 || rows[row] < 0 ? border
        : samples[(rows[row] * width + columns[column]) * channels + channel]);
      for (let j = 0; j < y.output; j += 1) {
        // Column by column first, then along the row.
        const sums = new Float64Array(columns.length), squares = new Float64Array(columns.length);
        for (let tap = 0; tap < y.taps; tap += 1) {
          for (let i = 0; i < columns.length; i += 1) {
            const sample = at(i, j * y.stride + tap * y.dilation);
            sums[i] += sample;
            squares[i] += sample * sample;
          }
        }
        for (let i = 0; i < x.output; i += 1) {
          let sum = 0, square = 0;
          for (let tap = 0; tap < x.taps; tap += 1) {
            sum += sums[i * x.stride + tap * x.dilation];
            square += squares[i * x.stride + tap * x.dilation];
          }
          const own = at(i * x.stride + stage.anchor[0] * x.dilation, j * y.stride + stage.anchor[1] * y.dilation);
          result.samples[(j * x.output + i) * channels + channel] =
            level(moved(stage, picture, own, count, sum, square).value, picture.top);
        }
      }
    }
    return result;
  }

  function show(stage, cells, samples, value) {
    const { short } = Page;
    const picture = Chain.before(), count = cells.length;
    const own = cells[stage.anchor[1] * stage.width + stage.anchor[0]].value;
    const sum = cells.reduce((a, cell) => a + cell.value, 0);
    const square = cells.reduce((a, cell) => a + cell.value ** 2, 0);
    const made = moved(stage, picture, own, count, sum, square);
    const [mean, deviation, floor] = levels(stage, picture);
    samples[stage.anchor[1] * stage.width + stage.anchor[0]].classList.add("chosen");
    const own2 = made.root / count, divisor = Math.max(own2, floor);
    WorksPanel.tell(cells, [["samples", samples]],
      `m = ${sum} / ${count} = ${short(sum / count, 8)}, s = √(${square} / ${count} − m²) = ${short(own2, 8)}`,
      value, [`${short(mean)} + ${short(deviation)} · (${own} − ${short(sum / count, 8)}) / ${short(divisor, 8)} = `
        + short(made.value, 8), own2 < floor ? `s is below the floor ${short(floor)}` : null,
      WorksPanel.cut(made.value, picture.top)]);
  }

  Works.add("localnorm", {
    title: "Normalisation", isPlaced: true, hasDilation: true, isSized: true, run, show,
    cost: (stage, picture) => {
      const { x, y } = Windows.geometry(stage, picture);
      return x.output * y.output * (x.taps + y.taps * x.stride) * 2;
    },
    fields: [
      ["mean", "Mean, per cent", isNotNegative, "a number from 0"],
      ["deviation", "Deviation, per cent", isNotNegative, "a number from 0"],
      ["floor", "Smallest s, per cent", isPositive, "a number above 0"],
    ],
    words: (stage) => [CommandLine.size(stage), ...["mean", "deviation", "floor"]
      .map((key) => `${key}=${stage.parameters[key]}`)],
    formula: (stage) => {
      const [mean, deviation, floor] = levels(stage, Chain.before()).map((v) => Page.short(v));
      return `out[y, x] = ${mean} + ${deviation} · (in − m) / max(s, ${floor})\n`
        + "m, s: mean and deviation of the window, in: its sample at the anchor";
    },
  });
})();

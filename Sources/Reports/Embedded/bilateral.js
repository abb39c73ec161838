"use strict";
// The bilateral filter: a mean of those near by whose colour is near, too. Weights are of single precision.
//
//     out = Σ w · in / Σ w,   w = exp(−d² / 2·space²) · exp(−|Δ|² / 2·color²)
(() => {
  const { number, isPositive } = Works;

  /** Places of a round window, and how much each counts by its distance. */
  function near(stage) {
    const radius = Math.floor(stage.width / 2), factor = -0.5 / number(stage, "sigma-space") ** 2;
    const taps = [];
    for (let y = -radius; y <= radius; y += 1) {
      for (let x = -radius; x <= radius; x += 1) {
        const distance = Math.sqrt(y * y + x * x);
        if (distance > radius) continue;
        taps.push({ column: x + radius, row: y + radius, weight: Math.fround(Math.exp(distance * distance * factor)) });
      }
    }
    return taps;
  }

  /** How much a pixel counts by the sum of the differences of its colours. */
  function alike(stage, picture) {
    const factor = -0.5 / (number(stage, "sigma-color") * (picture.top / 255)) ** 2;
    return Float32Array.from({ length: picture.channels * picture.top + 1 }, (_, d) => Math.exp(d * d * factor));
  }

  function run(stage, picture) {
    const { x, y } = Windows.geometry(stage, picture);
    const { channels, samples, width } = picture;
    const result = Engine.blank(x.output, y.output, channels, picture.top);
    const columns = Windows.places(x, stage.padding), rows = Windows.places(y, stage.padding);
    const taps = near(stage), similarity = alike(stage, picture), middle = Math.floor(stage.width / 2);
    const border = Array.from({ length: channels }, (_, c) => Windows.outside(stage, picture, c) ?? 0);
    // Bytes are added up in single precision.
    const real = picture.top > 255 ? (value) => value : Math.fround;
    const own = new Float64Array(channels), other = new Float64Array(channels), sums = new Float64Array(channels);
    const read = (column, row, into) => {
      const isInside = column >= 0 && row >= 0, start = (row * width + column) * channels;
      for (let c = 0; c < channels; c += 1) into[c] = isInside ? samples[start + c] : border[c];
    };
    for (let j = 0; j < y.output; j += 1) {
      for (let i = 0; i < x.output; i += 1) {
        read(columns[i * x.taps + middle], rows[j * y.taps + middle], own);
        sums.fill(0);
        let all = 0;
        for (const tap of taps) {
          read(columns[i * x.taps + tap.column], rows[j * y.taps + tap.row], other);
          let distance = 0;
          for (let c = 0; c < channels; c += 1) distance += Math.abs(other[c] - own[c]);
          const weight = Math.fround(tap.weight * similarity[distance]);
          all = real(all + weight);
          for (let c = 0; c < channels; c += 1) sums[c] = real(sums[c] + real(weight * other[c]));
        }
        for (let c = 0; c < channels; c += 1) {
          result.samples[(j * x.output + i) * channels + c] = Math.trunc(real(real(sums[c] / all) + 0.5));
        }
      }
    }
    return result;
  }

  function show(stage, cells, samples, value) {
    const { short, signed, make } = Page;
    const picture = Chain.before(), { state } = Chain;
    const planes = Array.from({ length: picture.channels }, (_, c) =>
      Windows.window(stage, picture, state.x, state.y, c, null));
    const similarity = alike(stage, picture), middle = (cells.length - 1) / 2;
    const weights = Array(cells.length).fill(0);
    for (const tap of near(stage)) {
      const at = tap.row * stage.width + tap.column;
      const distance = planes.reduce((a, plane) => a + Math.abs(plane[at].value - plane[middle].value), 0);
      weights[at] = Math.fround(tap.weight * similarity[distance]);
    }
    const all = weights.reduce((a, weight) => a + weight, 0);
    const products = weights.map((weight, at) => weight * cells[at].value);
    const sum = products.reduce((a, product) => a + product, 0);
    const most = Math.max(...products, 1e-12);
    samples[middle].classList.add("chosen");
    const tinted = (list, largest) => list.map((v) =>
      make("span", { style: { "background-color": signed(v / largest) } }, short(v, 3)));
    WorksPanel.tell(cells, [["samples", samples], ["·"], ["weights", tinted(weights, 1)], ["="],
      ["products", tinted(products, most)]],
    `Σ products / Σ weights = ${short(sum, 8)} / ${short(all, 8)} = ${short(sum / all, 8)}`, value,
    [WorksPanel.cut(sum / all, picture.top)]);
  }

  Works.add("bilateral", {
    title: "Weights", isPlaced: true, hasDilation: false, isSized: true, isSquare: true, run, show,
    cost: (stage, picture) => {
      const { x, y } = Windows.geometry(stage, picture);
      return 2 * x.output * y.output * x.taps * y.taps * picture.channels;
    },
    fields: [
      ["sigma-color", "Sigma of colours, levels of 8 bits", isPositive, "a number above 0"],
      ["sigma-space", "Sigma of distances, samples", isPositive, "a number above 0"],
    ],
    words: (stage) => [`sigma-color=${stage.parameters["sigma-color"]}`,
      `sigma-space=${stage.parameters["sigma-space"]}`, `size=${stage.width}`],
    formula: (stage) => "out[y, x] = Σ w · in / Σ w\n"
      + `w = exp(−d² / (2 · ${stage.parameters["sigma-space"]}²)) · exp(−|Δ|² / (2 · ${stage.parameters["sigma-color"]}²))\n`
      + "d: distance from the middle, |Δ|: differences of all colours to it, added up, in levels of 8 bits",
  });
})();

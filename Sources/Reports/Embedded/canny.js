"use strict";
// Canny's edges: gradients above their neighbours along their direction, that hang together with a strong one.
(() => {
  const { number, isNotNegative } = Works;

  /** Thresholds are whole; those of squares are squared, and of bytes no larger than a short integer. */
  function threshold(stage, picture, key) {
    const value = number(stage, key) * (picture.top / 255);
    if (stage.norm !== "l2") return Math.floor(value);
    return Math.floor((picture.top > 255 ? value : Math.min(value, 32767)) ** 2);
  }

  /** Sobel's gradients, those of the strongest channel, with one more place on each side where they are 0. */
  function gradients(stage, picture) {
    const { width, height, channels, samples } = picture, across = width + 2;
    const [dx, dy, size] = [0, 1, 2].map(() => new Float64Array(across * (height + 2)));
    for (let y = 0; y < height; y += 1) {
      const rows = [Math.max(y - 1, 0), y, Math.min(y + 1, height - 1)].map((row) => row * width * channels);
      for (let x = 0; x < width; x += 1) {
        const columns = [Math.max(x - 1, 0), x, Math.min(x + 1, width - 1)].map((column) => column * channels);
        const place = (y + 1) * across + x + 1;
        let best = -1;
        for (let c = 0; c < channels; c += 1) {
          const at = (row, column) => samples[rows[row] + columns[column] + c];
          const gx = at(0, 2) - at(0, 0) + 2 * (at(1, 2) - at(1, 0)) + at(2, 2) - at(2, 0);
          const gy = at(2, 0) - at(0, 0) + 2 * (at(2, 1) - at(0, 1)) + at(2, 2) - at(0, 2);
          const own = stage.norm === "l2" ? gx * gx + gy * gy : Math.abs(gx) + Math.abs(gy);
          if (own > best) [best, dx[place], dy[place], size[place]] = [own, gx, gy, own];
        }
      }
    }
    return { dx, dy, size, across };
  }

  /** Steps to the neighbours along the gradient, and whether a place is above both. */
  function compared({ dx, dy, size, across }, place) {
    const own = size[place], flat = Math.abs(dx[place]) * 13573, down = Math.abs(dy[place]) * 32768;
    if (down < flat) return { step: 1, isTop: own > size[place - 1] && own >= size[place + 1] };
    if (down > flat + Math.abs(dx[place]) * 65536) {
      return { step: across, isTop: own > size[place - across] && own >= size[place + across] };
    }
    const step = across + ((dx[place] < 0) !== (dy[place] < 0) ? -1 : 1);
    return { step, isTop: own > size[place - step] && own > size[place + step] };
  }

  /** 0: no edge, 1: weak, 2: strong, 3: hangs together with a strong one. */
  function found(stage, picture) {
    const made = gradients(stage, picture), { across, size } = made;
    const [low, high] = ["low", "high"].map((key) => threshold(stage, picture, key)).sort((a, b) => a - b);
    const map = new Uint8Array(size.length), waiting = [];
    for (let y = 1; y <= picture.height; y += 1) {
      for (let x = 1; x <= picture.width; x += 1) {
        const place = y * across + x;
        if (!(size[place] > low) || !compared(made, place).isTop) continue;
        map[place] = size[place] > high ? 2 : 1;
        if (map[place] === 2) waiting.push(place);
      }
    }
    while (waiting.length) {
      const place = waiting.pop();
      for (const row of [-across, 0, across]) {
        for (const column of [-1, 0, 1]) {
          const next = place + row + column;
          if (map[next] !== 1) continue;
          map[next] = 3;
          waiting.push(next);
        }
      }
    }
    return { ...made, map, low, high };
  }

  // What was found in the picture that was looked at last.
  let last = {};

  function edges(stage, picture) {
    const key = JSON.stringify([stage.parameters, stage.norm]);
    if (last.picture !== picture || last.key !== key) last = { picture, key, made: found(stage, picture) };
    return last.made;
  }

  function run(stage, picture) {
    const { map, across } = edges(stage, picture);
    const result = Engine.blank(picture.width, picture.height, 1, picture.top);
    for (let place = 0; place < result.samples.length; place += 1) {
      const [x, y] = [place % picture.width, Math.floor(place / picture.width)];
      result.samples[place] = map[(y + 1) * across + x + 1] > 1 ? picture.top : 0;
    }
    return result;
  }

  function show(stage, cells, samples, value) {
    const { short, make } = Page;
    const picture = Chain.before(), { state } = Chain;
    const made = edges(stage, picture), { dx, dy, size, map, across, low, high } = made;
    const place = (state.y + 1) * across + state.x + 1, isSquared = stage.norm === "l2";
    const { step, isTop } = compared(made, place);
    const most = Math.max(...[-1, 0, 1].flatMap((r) => [-1, 0, 1].map((c) => size[place + r * across + c])), 1);
    const around = [-across, 0, across].flatMap((r) => [-1, 0, 1].map((c) => {
      const at = place + r + c, isCompared = at === place || at === place - step || at === place + step;
      return make("span", {
        class: isCompared ? "chosen" : null, style: { "background-color": Page.signed(size[at] / most) },
      }, short(isSquared ? Math.sqrt(size[at]) : size[at], 5));
    }));
    const shown = (v) => short(isSquared ? Math.sqrt(v) : v, 6);
    const [gx, gy] = [dx[place], dy[place]];
    WorksPanel.tell(cells, [["samples", samples], ["→"], ["gradients", around]],
      `x ${short(gx)}, y ${short(gy)}: ${isSquared ? `√(${short(gx * gx, 12)} + ${short(gy * gy, 12)})`
        : `${Math.abs(gx)} + ${Math.abs(gy)}`} = ${shown(size[place])}`, value,
      [size[place] <= low ? `not above ${shown(low)}: no edge`
        : !isTop ? "not above its neighbours along the gradient: no edge"
          : map[place] === 2 ? `above its neighbours along the gradient and above ${shown(high)}: a strong edge`
            : `above its neighbours along the gradient and above ${shown(low)}: a weak edge, which `
              + (map[place] === 3 ? "hangs together with a strong one" : "touches no strong one"),
      picture.channels > 1 ? "the channel of the largest gradient counts" : null]);
  }

  Works.add("canny", {
    title: "Edges", isPlaced: false, run, show,
    cost: (stage, picture) => 40 * picture.width * picture.height * picture.channels,
    fields: [
      ["low", "Low threshold", isNotNegative, "a number from 0"],
      ["high", "High threshold", isNotNegative, "a number from 0"],
    ],
    choices: [["norm", "Size of a gradient", { l1: "|x| + |y|", l2: "√(x² + y²)" }]],
    words: (stage) => [`low=${Math.min(number(stage, "low"), number(stage, "high"))}`,
      `high=${Math.max(number(stage, "low"), number(stage, "high"))}`, `norm=${stage.norm}`],
    formula: (stage) => `size = ${stage.norm === "l2" ? "√(x² + y²)" : "|x| + |y|"}, where x and y are the sums of Sobel's kernels\n`
      + `an edge: size > ${stage.parameters.low}, above both neighbours along the gradient (in steps of 45°),\n`
      + `and hanging together with one of size > ${stage.parameters.high}`,
  });
})();

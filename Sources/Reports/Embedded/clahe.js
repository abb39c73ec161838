"use strict";
// CLAHE: histograms of tiles made even, contrast limited. Of colours the luma is changed; single precision.
(() => {
  const { number, isNotNegative } = Works;
  const f = Math.fround;

  const levelsOf = (picture) => picture.top + 1;

  /** Size of a tile; both axes go on where one does. */
  function tile(stage, picture) {
    const [columns, rows] = [number(stage, "columns"), number(stage, "rows")];
    const { width, height } = picture;
    if (width % columns === 0 && height % rows === 0) return { width: width / columns, height: height / rows, columns, rows };
    return {
      width: (width + columns - width % columns) / columns, height: (height + rows - height % rows) / rows, columns, rows,
    };
  }

  /** The samples that are made even: those of a gray picture, or brightness. */
  function plane(picture) {
    if (picture.channels === 1) return picture.samples;
    const result = new Uint16Array(picture.width * picture.height);
    for (let i = 0; i < result.length; i += 1) {
      const [red, green, blue] = picture.samples.subarray(3 * i, 3 * i + 3);
      result[i] = Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }
    return result;
  }

  /** What becomes of each level of a tile with these counts. */
  function curve(stage, area, counts) {
    const levels = counts.length, clip = number(stage, "clip");
    const limit = clip > 0 ? Math.max(Math.trunc(Math.min(clip * area / levels, area)), 1) : Infinity;
    let clipped = 0;
    for (let level = 0; level < levels; level += 1) {
      if (counts[level] <= limit) continue;
      clipped += counts[level] - limit;
      counts[level] = limit;
    }
    const share = Math.floor(clipped / levels), rest = clipped % levels;
    if (share > 0) for (let level = 0; level < levels; level += 1) counts[level] += share;
    const step = rest > 0 ? Math.max(Math.floor(levels / rest), 1) : 1;
    for (let i = 0; i < rest && i * step < levels; i += 1) counts[i * step] += 1;
    const scale = f(f(levels - 1) / f(area));
    let sum = 0;
    return Uint16Array.from(counts, (count) => {
      sum += count;
      return Math.min(even(f(f(sum) * scale)), levels - 1);
    });
  }

  /** The whole number next to it, halves to the even one. */
  function even(value) {
    const low = Math.floor(value), part = value - low;
    return part < 0.5 || (part === 0.5 && low % 2 === 0) ? low : low + 1;
  }

  function curves(stage, picture, samples) {
    const { width, height, columns, rows } = tile(stage, picture), made = [];
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const counts = new Float64Array(levelsOf(picture));
        for (let y = row * height; y < (row + 1) * height; y += 1) {
          const line = Windows.source(y, picture.height, "reflect101") * picture.width;
          for (let x = column * width; x < (column + 1) * width; x += 1) {
            counts[samples[line + Windows.source(x, picture.width, "reflect101")]] += 1;
          }
        }
        made.push(curve(stage, width * height, counts));
      }
    }
    return made;
  }

  /** The tiles on either side of a place, and the part of the second. */
  function between(place, length, count) {
    const position = f(f(f(place) * f(1 / f(length))) - 0.5), first = Math.floor(position);
    return { first: Math.max(first, 0), second: Math.min(first + 1, count - 1), part: f(position - first) };
  }

  /** What the curves around a place make of a level. */
  function blended({ made, size }, x, y, level) {
    const across = between(x, size.width, size.columns), down = between(y, size.height, size.rows);
    const at = (row, column) => made[row * size.columns + column][level];
    const values = [at(down.first, across.first), at(down.first, across.second), at(down.second, across.first),
      at(down.second, across.second)];
    const mix = (a, b, part) => f(f(a * f(1 - part)) + f(b * part));
    const value = mix(mix(values[0], values[1], across.part), mix(values[2], values[3], across.part), down.part);
    const most = made[0].length - 1;
    return { value, rounded: even(Math.max(0, Math.min(most, value))), values, across, down };
  }

  // The curves of the picture that was looked at last.
  let last = {};

  function known(stage, picture) {
    const key = JSON.stringify(stage.parameters);
    if (last.picture !== picture || last.key !== key) {
      const samples = plane(picture);
      last = { picture, key, samples, size: tile(stage, picture), made: curves(stage, picture, samples) };
    }
    return last;
  }

  function run(stage, picture) {
    const all = known(stage, picture), { samples } = all;
    const result = Engine.blank(picture.width, picture.height, picture.channels, picture.top);
    for (let place = 0; place < samples.length; place += 1) {
      const level = samples[place];
      const { rounded } = blended(all, place % picture.width, Math.floor(place / picture.width), level);
      for (let c = 0; c < picture.channels; c += 1) {
        const at = place * picture.channels + c;
        result.samples[at] = picture.channels === 1 ? rounded
          : Math.max(0, Math.min(picture.top, picture.samples[at] + rounded - level));
      }
    }
    return result;
  }

  function show(stage, cells, samples, value) {
    const { short, make, signed } = Page;
    const picture = Chain.before(), { state } = Chain, all = known(stage, picture);
    const level = all.samples[state.y * picture.width + state.x];
    const { value: mixed, rounded, values, across, down } = blended(all, state.x, state.y, level);
    const weights = [f(1 - down.part), down.part].flatMap((a) => [f(1 - across.part), across.part].map((b) => a * b));
    const grid = (list, most) => list.map((v) =>
      make("span", { style: { "background-color": signed(v / most) } }, short(v, 4)));
    const names = [[down.first, across.first], [down.first, across.second], [down.second, across.first],
      [down.second, across.second]].map(([row, column]) => `tile ${column}, ${row}`);
    WorksPanel.tell([{}, {}, {}, {}], [["what four tiles make of it", values.map((v, i) =>
      make("span", { title: names[i], style: { "background-color": signed(v / picture.top) } }, short(v, 5))), 2],
    ["·"], ["how near they are", grid(weights, 1), 2], ["="],
    ["products", grid(weights.map((w, i) => w * values[i]), picture.top), 2]],
    `${picture.channels > 1 ? "brightness " : ""}${level} becomes ${short(mixed, 8)}, from tiles of `
      + `${all.size.width} × ${all.size.height} samples`, value,
    [Number.isInteger(mixed) ? null : `rounded ${rounded}`,
      picture.channels > 1 ? `${cells[0].value} + (${rounded} − ${level}) = ${cells[0].value + rounded - level}` : null,
      picture.channels > 1 ? WorksPanel.cut(cells[0].value + rounded - level, picture.top) : null]);
  }

  const isCount = (text) => Page.isWhole(1, 256)(text);
  Works.add("clahe", {
    title: "Tiles", isPlaced: false, run, show,
    cost: (stage, picture) => {
      const { columns, rows } = tile(stage, picture);
      return 60 * picture.width * picture.height + 3 * columns * rows * levelsOf(picture);
    },
    fields: [
      ["clip", "Limit, in means (0: none)", isNotNegative, "a number from 0"],
      ["columns", "Tiles across", isCount, "a whole number from 1 to 256"],
      ["rows", "Tiles down", isCount, "a whole number from 1 to 256"],
    ],
    words: (stage) => [`clip=${stage.parameters.clip}`,
      `tiles=${stage.parameters.columns}x${stage.parameters.rows}`],
    formula: (stage) => "out[y, x] = what the curves of the four nearest tiles make of the level, by nearness\n"
      + "curve(v) = (top / n) · number of the tile's n samples up to v"
      + (number(stage, "clip") > 0 ? `, no level counted more than ${stage.parameters.clip} · n / levels\n`
        + "what is cut off goes to all levels alike" : ""),
  });
})();

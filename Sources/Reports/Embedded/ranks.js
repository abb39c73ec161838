"use strict";
// Filters that pick a sample of each window by its rank: PictureFilters' neighbourhoods, said once more for a page.
const Ranks = (() => {
  const { geometry, outside, met, places } = Windows;

  /** The place of the chosen one of `count` in ascending order, from 0. */
  function index(stage, count) {
    switch (stage.pick) {
      case "erode": return 0;
      case "dilate": return count - 1;
      case "median": return Math.floor(count / 2);
      default: return Math.min(Math.floor(count * Number(stage.percent) / 100), count - 1);
    }
  }

  /** Puts the first `count` of the values into an order in which the one at `place` stands where it would if all were in order. */
  function select(values, count, place) {
    let low = 0, high = count - 1;
    while (low < high) {
      const pivot = values[(low + high) >> 1];
      let i = low, j = high;
      while (i <= j) {
        while (values[i] < pivot) i += 1;
        while (pivot < values[j]) j -= 1;
        if (i <= j) {
          [values[i], values[j]] = [values[j], values[i]];
          i += 1;
          j -= 1;
        }
      }
      if (place <= j) high = j;
      else if (place >= i) low = i;
      else break;
    }
    return values[place];
  }

  /** What the members of a window yield; `own` is the sample at the anchor. */
  function picked(stage, values, count, top, own) {
    if (count === 0) {
      // Extremes of nothing are the values that never win.
      return { erode: top, dilate: 0, gradient: 0 }[stage.pick] ?? own;
    }
    if (stage.pick !== "gradient") return select(values, count, index(stage, count));
    let low = values[0], high = values[0];
    for (let i = 1; i < count; i += 1) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    return high - low;
  }

  function ranked(stage, picture) {
    const { x: across, y: down } = geometry(stage, picture);
    const { channels, samples, width } = picture;
    const result = Engine.blank(across.output, down.output, channels, picture.top);
    const columns = places(across, stage.padding), rows = places(down, stage.padding);
    const members = [];
    for (let place = 0; place < stage.width * stage.height; place += 1) {
      if (!stage.members || stage.members[place]) {
        members.push([place % stage.width, Math.floor(place / stage.width)]);
      }
    }
    const values = new Float64Array(members.length);
    const border = Array.from({ length: channels }, (_, c) => outside(stage, picture, c) ?? 0);
    let next = 0;
    for (let y = 0; y < down.output; y += 1) {
      for (let x = 0; x < across.output; x += 1) {
        for (let channel = 0; channel < channels; channel += 1) {
          let count = 0;
          for (const [i, j] of members) {
            const row = rows[y * stage.height + j], column = columns[x * stage.width + i];
            if (row >= 0 && column >= 0) {
              values[count] = samples[(row * width + column) * channels + channel];
              count += 1;
            } else if (stage.padding !== "truncate") {
              values[count] = border[channel];
              count += 1;
            }
          }
          const own = samples[(met(down, y) * width + met(across, x))
            * channels + channel];
          result.samples[next] = picked(stage, values, count, picture.top, own);
          next += 1;
        }
      }
    }
    return result;
  }

  return { ranked, index };
})();

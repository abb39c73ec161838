"use strict";
// The maps of a layer, drawn in tiles, with the chosen value and its windows outlined.
const Maps = (() => {
  const { data, state, values, levels, shape } = Network;
  const { marks } = Parts;

  const ramp = Array.from({ length: 256 }, (_, i) =>
    [0, 2, 4].map((k) => parseInt(data.ramp.slice(6 * i + k, 6 * i + k + 2), 16)));

  function color(share) {
    const step = Number.isNaN(share) ? 0 : Math.max(0, Math.min(255, Math.round(share * 255)));
    return state.isGray ? [step, step, step] : ramp[step];
  }

  function range(numbers) {
    let low = Infinity, high = -Infinity;
    for (const n of numbers) {
      if (n < low) low = n;
      if (n > high) high = n;
    }
    return [low, high];
  }

  /** How the tiles of a layer lie in a canvas `room` wide. */
  function layout(layer, room) {
    const [height, width, count] = shape(layer);
    const isVector = height * width === 1;
    // Long vectors are a page of dots.
    const cell = count > 20000 ? 2 : count > 1000 ? 5 : 13;
    const scale = isVector ? cell : Math.max(1, Math.floor((layer < 0 ? 128 : 72) / Math.max(height, width)));
    const gap = isVector ? (cell > 5 ? 1 : 0) : 4;
    const [wide, high] = [width * scale + gap, height * scale + gap];
    const most = Math.max(1, Math.min(count, Math.floor((room + gap) / wide)));
    // Full rows, where they are not much shorter for it.
    let columns = most;
    while (count % columns && columns > most * 0.6) columns -= 1;
    if (count % columns) columns = most;
    const rows = Math.ceil(count / columns);
    return { scale, gap, wide, high, columns, rows, width: columns * wide - gap, height: rows * high - gap };
  }

  const sections = new Map();

  /** Paints all maps of a layer once; marks are laid over a copy. */
  function paint(layer) {
    const section = sections.get(layer);
    const room = Math.max(120, section.element.clientWidth - 16);
    const grid = layout(layer, room);
    section.grid = grid;
    const [height, width, count] = shape(layer);
    const all = values(layer);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [grid.width, grid.height];
    const context = canvas.getContext("2d");
    const common = state.isShared || height * width === 1 ? range(all) : null;
    const tile = document.createElement("canvas");
    [tile.width, tile.height] = [width, height];
    const inner = tile.getContext("2d");
    context.imageSmoothingEnabled = false;
    for (let c = 0; c < count; c += 1) {
      const own = new Float32Array(height * width);
      for (let i = 0; i < own.length; i += 1) own[i] = all[i * count + c];
      const [low, high] = common ?? range(own);
      const image = inner.createImageData(width, height);
      for (let i = 0; i < own.length; i += 1) {
        const share = high > low ? (own[i] - low) / (high - low) : 0;
        image.data.set([...(layer < 0 ? gray(levels(state.picture)[i * count + c]) : color(share)), 255], 4 * i);
      }
      inner.putImageData(image, 0, 0);
      context.drawImage(tile, c % grid.columns * grid.wide, Math.floor(c / grid.columns) * grid.high,
        width * grid.scale, height * grid.scale);
    }
    section.painted = canvas;
  }

  const gray = (level) => [level, level, level];

  function draw(layer) {
    const section = sections.get(layer);
    const { canvas, painted, grid } = section;
    [canvas.width, canvas.height] = [painted.width, painted.height];
    const context = canvas.getContext("2d");
    context.drawImage(painted, 0, 0);
    const box = (y, x, c, rows, columns, ink, line) => {
      const left = c % grid.columns * grid.wide + x * grid.scale;
      const top = Math.floor(c / grid.columns) * grid.high + y * grid.scale;
      context.lineWidth = line + 2;
      context.strokeStyle = "#000";
      context.strokeRect(left - 1, top - 1, columns * grid.scale + 2, rows * grid.scale + 2);
      context.lineWidth = line;
      context.strokeStyle = ink;
      context.strokeRect(left - 1, top - 1, columns * grid.scale + 2, rows * grid.scale + 2);
    };
    for (const mark of marks()) {
      if (mark.layer === layer) box(mark.y, mark.x, mark.c, mark.rows, mark.columns, "#ff9d5c", 1.5);
    }
    if (state.layer === layer) box(state.y, state.x, state.c, 1, 1, "#fff", 2);
  }

  return { sections, color, gray, paint, draw };
})();

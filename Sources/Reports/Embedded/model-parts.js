"use strict";
// What the chosen value was made of, in the layers before it.
const Parts = (() => {
  const { layers, classes, end, state, parameter, values, shape, place, at } = Network;

  /** The windows that the chosen value was made of, in the layers before it. */
  function marks() {
    if (state.layer < 0) return [];
    if (state.layer === end) {
      return classes.map((_, c) => ({ layer: end - 1, y: 0, x: 0, c, rows: 1, columns: 1 }));
    }
    const own = layers[state.layer];
    return own.from.flatMap((from) => {
      const [height, width, count] = shape(from);
      if (own.kind === "conv" || own.kind === "pool") {
        const { size, stride, dilation, before } = own.window;
        const span = [0, 1].map((k) => dilation[k] * (size[k] - 1) + 1);
        const top = state.y * stride[0] - before[0], left = state.x * stride[1] - before[1];
        const y = Math.max(0, top), x = Math.max(0, left);
        const rows = Math.min(height, top + span[0]) - y, columns = Math.min(width, left + span[1]) - x;
        const channels = own.kind === "conv" ? Array.from({ length: count }, (_, c) => c) : [state.c];
        return channels.map((c) => ({ layer: from, y, x, c, rows, columns }));
      }
      if (own.kind === "global") return [{ layer: from, y: 0, x: 0, c: state.c, rows: height, columns: width }];
      if (own.kind === "dense") {
        return contributions().slice(0, 12).map(({ index }) => ({ ...at(from, index), rows: 1, columns: 1 }));
      }
      return [{ ...at(from, place(state.layer, state.y, state.x, state.c)), rows: 1, columns: 1 }];
    });
  }

  /** The taps of one channel of a convolution's window. */
  function taps(channel) {
    const own = layers[state.layer], from = own.from[0];
    const { size, stride, dilation, before } = own.window;
    const [height, width, count] = shape(from);
    const filters = shape(state.layer)[2];
    const weight = own.kind === "conv" ? parameter(state.layer, "weight") : null;
    const all = values(from);
    const cells = [];
    for (let j = 0; j < size[0]; j += 1) {
      for (let i = 0; i < size[1]; i += 1) {
        const y = state.y * stride[0] + j * dilation[0] - before[0];
        const x = state.x * stride[1] + i * dilation[1] - before[1];
        const isInside = y >= 0 && x >= 0 && y < height && x < width;
        const sample = isInside ? all[(y * width + x) * count + channel] : 0;
        const tap = weight ? weight[((j * size[1] + i) * count + channel) * filters + state.c] : 1;
        cells.push({ y, x, c: channel, isInside, sample, tap, product: sample * tap });
      }
    }
    return cells;
  }

  /** What each input adds to the chosen value of a dense layer, the largest first. */
  function contributions() {
    const own = layers[state.layer], from = own.from[0];
    const input = values(from), weight = parameter(state.layer, "weight");
    const outputs = shape(state.layer)[2];
    const key = `${state.picture}.${state.layer}.${state.c}`;
    if (contributions.key !== key) {
      contributions.key = key;
      contributions.list = Array.from(input, (sample, index) => {
        const tap = weight[index * outputs + state.c];
        return { index, sample, tap, product: sample * tap };
      }).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
    }
    return contributions.list;
  }

  const sumOf = (cells) => cells.reduce((a, cell) => a + cell.product, 0);

  return { marks, taps, contributions, sumOf };
})();

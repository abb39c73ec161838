"use strict";
// What the chosen value was made of, in the layers before it.
const Parts = (() => {
  const { layers, classes, end, state, parameter, values, shape, place, at, source } = Network;

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
        const { first, per } = seen(own, count);
        const channels = own.kind === "conv" ? Array.from({ length: per }, (_, c) => first + c) : [state.c];
        return channels.map((c) => ({ layer: from, y, x, c, rows, columns }));
      }
      if (own.kind === "global") return [{ layer: from, y: 0, x: 0, c: state.c, rows: height, columns: width }];
      if (own.kind === "dense") {
        return contributions().slice(0, 12).map(({ index }) => ({ ...at(from, index), rows: 1, columns: 1 }));
      }
      return [{ ...source(from, place(state.layer, state.y, state.x, state.c)), rows: 1, columns: 1 }];
    });
  }

  /** The channels that the chosen filter of a convolution sees: those of its group. */
  function seen(own, count) {
    const per = count / (own.groups ?? 1), filters = shape(state.layer)[2];
    return { first: Math.floor(state.c / (filters / (own.groups ?? 1))) * per, per };
  }

  /** Whether the weights of a layer are in whole steps. */
  const isRounded = (own) => typeof own.weight === "object" && Boolean(own.weight.steps);

  /** By how much of its sample each weight moves, so that rounded ones make the value that the command made. */
  function moved(own, pairs) {
    const result = values(state.layer)[place(state.layer, state.y, state.x, state.c)];
    const bias = own.bias === undefined ? 0 : parameter(state.layer, "bias")[state.c];
    let sum = bias, square = 0;
    for (const { sample, tap } of pairs) {
      sum += sample * tap;
      square += sample * sample;
    }
    const wanted = own.activation === undefined ? result
      : own.activation === "ReLU" ? (result > 0 ? result : Math.min(sum, 0)) : sum;
    return square > 0 ? (wanted - sum) / square : 0;
  }

  let known = { key: "", by: 0 };

  /** The same for the window of a convolution. */
  function movedWindow(own, per) {
    if (!isRounded(own)) return 0;
    const key = [state.picture, state.layer, state.y, state.x, state.c].join();
    if (known.key !== key) {
      const pairs = Array.from({ length: per }, (_, c) => cellsOf(c, 0)).flat();
      known = { key, by: moved(own, pairs) };
    }
    return known.by;
  }

  /** The taps of one channel of a convolution's window, counted from the first that the filter sees. */
  function taps(channel) {
    const own = layers[state.layer];
    return cellsOf(channel, own.kind === "conv" ? movedWindow(own, seen(own, shape(own.from[0])[2]).per) : 0);
  }

  function cellsOf(channel, by) {
    const own = layers[state.layer], from = own.from[0];
    const { size, stride, dilation, before } = own.window;
    const [height, width, count] = shape(from);
    const filters = shape(state.layer)[2];
    const { first, per } = own.kind === "conv" ? seen(own, count) : { first: 0, per: count };
    const weight = own.kind === "conv" ? parameter(state.layer, "weight") : null;
    const all = values(from);
    const cells = [];
    for (let j = 0; j < size[0]; j += 1) {
      for (let i = 0; i < size[1]; i += 1) {
        const y = state.y * stride[0] + j * dilation[0] - before[0];
        const x = state.x * stride[1] + i * dilation[1] - before[1];
        const isInside = y >= 0 && x >= 0 && y < height && x < width;
        const sample = isInside ? all[(y * width + x) * count + first + channel] : 0;
        const tap = weight
          ? weight[((j * size[1] + i) * per + channel) * filters + state.c] + by * sample : 1;
        cells.push({ y, x, c: first + channel, isInside, sample, tap, product: sample * tap });
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
      const pairs = Array.from(input, (sample, index) => ({ sample, tap: weight[index * outputs + state.c] }));
      const by = isRounded(own) ? moved(own, pairs) : 0;
      contributions.list = pairs.map(({ sample, tap: given }, index) => {
        const tap = given + by * sample;
        return { index, sample, tap, product: sample * tap };
      }).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
    }
    return contributions.list;
  }

  const sumOf = (cells) => cells.reduce((a, cell) => a + cell.product, 0);

  return { marks, seen, taps, contributions, sumOf };
})();

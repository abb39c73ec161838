"use strict";
// The network of the data: its layers, their values for each picture, and how a value is called.
const Network = (() => {
  const data = Page.data();
  const { layers, classes, input: inputShape } = data;
  // Layers by number; −1 is the picture as the network sees it, `end` the softmax.
  const end = layers.length;
  // What is looked at.

  const state = {
    picture: 0, layer: -1, y: 0, x: 0, c: 0, channel: null, isHeld: false, history: [],
    isShared: false, isGray: false,
  };

  const tensors = new Map();

  function parameter(layer, name) {
    const key = `${layer}.${name}`;
    if (!tensors.has(key) && layers[layer][name] !== undefined) {
      tensors.set(key, Packed.tensor(layers[layer][name]));
    }
    return tensors.get(key);
  }

  const kept = new Map();

  /** The values after a layer, channel innermost. */
  function values(layer, picture = state.picture) {
    const key = `${picture}.${layer}`;
    if (kept.has(key)) return kept.get(key);
    let result;
    if (layer < 0) {
      const channels = inputShape[2];
      result = Float32Array.from(levels(picture), (level, i) =>
        Math.fround(Math.fround(level * Math.fround(data.scale[i % channels]))
          + Math.fround(data.shift[i % channels])));
    } else if (layer === end) {
      result = Float32Array.from(data.pictures[picture].probabilities);
    } else {
      const json = data.pictures[picture].maps[layer];
      result = json === null ? derived(layers[layer], layer, picture) : Packed.tensor(json);
    }
    kept.set(key, result);
    return result;
  }

  /** Values that are not in the data, as those of the layers before say them. */
  function derived(own, layer, picture) {
    const [first, second] = own.from.map((from) => values(from, picture));
    const rectified = own.activation === "ReLU" || own.kind === "activation";
    const made = (value) => (rectified ? Math.max(0, value) : value);
    if (own.kind === "sum") return Float32Array.from(first, (value, i) => made(value + second[i]));
    if (own.kind === "product") return first.map((value, i) => value * second[i % second.length]);
    if (own.kind === "scale") return first.map((value) => value * own.factor);
    if (own.kind === "activation") return Float32Array.from(first, made);
    if (own.kind !== "norm") return first;
    const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
      .map((name) => parameter(layer, name));
    const factor = Float64Array.from(weight, (w, c) => w / Math.sqrt(variance[c] + own.epsilon));
    const count = factor.length;
    return Float32Array.from(first, (value, i) => made((value - mean[i % count]) * factor[i % count] + bias[i % count]));
  }

  const knownLevels = new Map();

  function levels(picture) {
    if (!knownLevels.has(picture)) {
      knownLevels.set(picture, Page.bytes(data.pictures[picture].levels));
    }
    return knownLevels.get(picture);
  }

  /** Rows, columns and channels as they are shown: a vector is one row of nothing but channels. */
  function shape(layer) {
    if (layer < 0) return inputShape;
    if (layer === end) return [1, 1, classes.length];
    const { shape: own, flat } = layers[layer];
    return flat ? [1, 1, own[0] * own[1] * own[2]] : own;
  }

  const place = (layer, y, x, c) => (y * shape(layer)[1] + x) * shape(layer)[2] + c;
  const value = (layer, y, x, c) => values(layer)[place(layer, y, x, c)];
  const name = (layer) => (layer < 0 ? "picture" : layer === end ? "softmax" : layers[layer].name);

  function label(layer, y, x, c) {
    const [height, width] = shape(layer);
    if (layer === end || (layer === end - 1 && classes.length === shape(layer)[2])) {
      return `${name(layer)}[${classes[c]}]`;
    }
    return height * width === 1 ? `${name(layer)}[${c}]` : `${name(layer)}[y ${y}, x ${x}, map ${c}]`;
  }

  /** Where the value of that number lies in a layer. */
  function at(layer, index) {
    const [, width, count] = shape(layer);
    const pixel = Math.floor(index / count);
    return { layer, y: Math.floor(pixel / width), x: pixel % width, c: index % count };
  }

  /** The value that the layer's value of that number was made of, where it is one. A factor of a gate serves all places. */
  function source(from, index) {
    const [height, width, count] = shape(from);
    return at(from, index % (height * width * count));
  }

  return {
    data, layers, classes, inputShape, end, state, parameter, values, levels, shape, place, value, name, label, at,
    source,
  };
})();

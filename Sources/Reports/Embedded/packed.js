"use strict";
// Tensors of the data: as they are, with five digits, or in whole steps where a page would else be too large.
const Packed = (() => {
  const slots = 4096, lowest = 2 ** 23;

  /** Symbols that SymbolCode wrote: asymmetric numeral systems. */
  function symbols(json, count) {
    const bytes = Page.bytes(json.bytes), { frequencies } = json;
    const starts = new Uint16Array(256), owner = new Uint8Array(slots);
    let start = 0;
    frequencies.forEach((frequency, symbol) => {
      starts[symbol] = start;
      owner.fill(symbol, start, start + frequency);
      start += frequency;
    });
    const result = new Uint8Array(count);
    let state = 0, next = 0;
    // It stays below 2^31.
    for (; next < 4; next += 1) state = (state << 8) | bytes[next];
    for (let i = 0; i < count; i += 1) {
      const slot = state & (slots - 1), symbol = owner[slot];
      result[i] = symbol;
      state = frequencies[symbol] * (state >>> 12) + slot - starts[symbol];
      while (state < lowest && next < bytes.length) {
        state = (state << 8) | bytes[next];
        next += 1;
      }
    }
    return result;
  }

  function short(json) {
    const heads = symbols(json.heads, json.count), tails = Page.bytes(json.tails);
    const bits = new Uint32Array(json.count);
    let next = 0;
    for (let i = 0; i < json.count; i += 1) {
      bits[i] = heads[i] << 24;
      // What is next to nothing is told by its head.
      if ((heads[i] & 127) === 0) continue;
      bits[i] |= (tails[next] << 16) | (tails[next + 1] << 8);
      next += 2;
    }
    return new Float32Array(bits.buffer);
  }

  function steps(json) {
    const sizes = Page.floats(json.sizes), all = symbols(json.steps, json.count);
    return Float32Array.from(all, (symbol, i) => (symbol - 128) * sizes[i % sizes.length]);
  }

  function tensor(json) {
    if (typeof json === "string") return Page.floats(json);
    return json.steps ? steps(json) : short(json);
  }

  return { tensor };
})();

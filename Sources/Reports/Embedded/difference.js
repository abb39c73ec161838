"use strict";
// What an opening or a closing takes away: the last part of a top hat and of a black hat.
(() => {
  /** Of an axis of the result: the sample of the picture before both parts. */
  const source = (axes, letter, o) => axes.reduceRight((at, axis) => Windows.met(axis[letter], at), o);

  /** The two samples that meet at a place: that of the picture, and what is made of it. */
  function pair(stage, picture, x, y, channel) {
    const { before, axes } = stage.parts;
    const column = source(axes, "x", x), row = source(axes, "y", y);
    return {
      own: before.samples[(row * before.width + column) * before.channels + channel],
      made: picture.samples[(y * picture.width + x) * picture.channels + channel],
    };
  }

  const isTop = (stage) => stage.link.name === "tophat";
  const taken = (stage, { own, made }) => (isTop(stage) ? own - made : made - own);

  function run(stage, picture) {
    const { width, height, channels } = picture;
    const result = Engine.blank(width, height, channels, picture.top);
    for (let i = 0; i < result.samples.length; i += 1) {
      const place = Math.floor(i / channels);
      result.samples[i] = Math.max(0,
        taken(stage, pair(stage, picture, place % width, Math.floor(place / width), i % channels)));
    }
    return result;
  }

  function show(stage, cells, samples, value) {
    const { state } = Chain, picture = Chain.before();
    const { own, made } = pair(stage, picture, state.x, state.y, Math.min(state.channel, picture.channels - 1));
    const cell = (level) => [Arithmetic.sampleCell(level, null, null)];
    const [first, second] = isTop(stage) ? [["in", cell(own)], ["opened", cell(made)]]
      : [["closed", cell(made)], ["in", cell(own)]];
    const difference = taken(stage, { own, made });
    WorksPanel.tell([{}], [[...first, 1], ["−"], [...second, 1]],
      `${isTop(stage) ? `${own} − ${made}` : `${made} − ${own}`} = ${Page.short(difference)}`, value,
      [difference < 0 ? "no less than 0" : null]);
  }

  Works.add("difference", {
    title: "Difference", isPlaced: false, run, show, fields: [],
    cost: (stage, picture) => 10 * picture.width * picture.height * picture.channels,
    formula: (stage) => `out[y, x] = max(0, ${isTop(stage) ? "in − opened" : "closed − in"})`,
  });
})();

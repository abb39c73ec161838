"use strict";
// Sharpening by a blurred copy, which has 16 bits.
//
//     out = in + amount · (in − blurred),  where |in − blurred| > threshold
const Unsharp = (() => {
  /** The picture in steps of a 257th of a level, where it has 8 bits. */
  function widened(picture) {
    if (picture.top > 255) return picture;
    return { ...picture, top: 65535, samples: Uint16Array.from(picture.samples, (sample) => sample * 257) };
  }

  function blurred(stage, picture) {
    return Engine.run({ ...stage, unsharp: null, isTarget: false, offset: "0" }, widened(picture), "clamp");
  }

  /** In levels; a fraction is that of ImageMagick. */
  function threshold(stage, picture) {
    const { fraction } = stage.unsharp;
    return fraction === undefined ? Number(stage.unsharp.threshold) : Number(fraction) / 2 * picture.top;
  }

  /** Whether a difference counts: above the threshold, or where that is a fraction, as large as it. */
  function isAbove(difference, most, stage) {
    return stage.unsharp.fraction === undefined || most === 0 ? difference > most : difference >= most;
  }

  /** A sample, the blurred one (in the steps of that) and the result before it is rounded, in levels. */
  function sharpened(stage, picture, own, soft) {
    const unit = picture.top > 255 ? 1 : 257;
    const sample = own * unit, difference = sample - soft;
    const isOver = isAbove(Math.abs(difference), threshold(stage, picture) * unit, stage);
    return { difference: difference / unit, isOver,
      value: (isOver ? sample + Number(stage.unsharp.amount) * difference : sample) / unit };
  }

  /** The sample that a window is laid on. */
  function own(stage, picture, axes, x, y, channel) {
    const row = Windows.met(axes.y, y), column = Windows.met(axes.x, x);
    return picture.samples[(row * picture.width + column) * picture.channels + channel];
  }

  function run(stage, picture) {
    const soft = blurred(stage, picture), axes = Windows.geometry(stage, picture);
    const { channels } = picture;
    const result = Engine.blank(soft.width, soft.height, channels, picture.top);
    for (let i = 0; i < result.samples.length; i += 1) {
      const place = Math.floor(i / channels);
      const sample = own(stage, picture, axes, place % soft.width, Math.floor(place / soft.width), i % channels);
      const { value } = sharpened(stage, picture, sample, soft.samples[i]);
      result.samples[i] = Math.max(0, Math.min(picture.top, Math.floor(value + 0.5)));
    }
    return result;
  }

  return { run, own, sharpened, threshold };
})();

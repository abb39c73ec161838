"use strict";
// The picture with what lies beyond its border, and the result, with the window in both.
const Pictures = (() => {
  const { $, short } = Page;
  const { state, stage, before, after, axes } = Chain;
  // Drawings of the current stage's picture and of its result.
  let drawings = {};

  function color(picture, place) {
    const scale = 255 / picture.top;
    const at = (c) => Math.round(picture.samples[place * picture.channels + c] * scale);
    return picture.channels === 1 ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
  }

  function surface(width, height, paint) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) image.data.set(paint(x, y), (y * width + x) * 4);
    }
    context.putImageData(image, 0, 0);
    return { canvas, width, height };
  }

  function drawn(picture) {
    const result = surface(picture.width, picture.height,
      (x, y) => [...color(picture, y * picture.width + x), 255]);
    return {
      ...result, picture,
      level: (x, y) => (x < picture.width && y < picture.height
        ? picture.samples[y * picture.width + x] : null),
    };
  }

  /** The picture with the samples that the padding adds, which are drawn paler. */
  function padded(picture) {
    const { x, y } = axes();
    const padding = stage().padding;
    const border = Array.from({ length: picture.channels },
      (_, c) => Windows.outside(stage(), picture, c));
    const result = surface(x.before + picture.width + x.after, y.before + picture.height + y.after,
      (column, row) => {
        const i = column - x.before, j = row - y.before;
        const isInside = i >= 0 && j >= 0 && i < picture.width && j < picture.height;
        const from = [Windows.source(i, picture.width, padding),
          Windows.source(j, picture.height, padding)];
        if (from[0] >= 0 && from[1] >= 0) {
          return [...color(picture, from[1] * picture.width + from[0]), isInside ? 255 : 130];
        }
        if (border[0] === null) return [0, 0, 0, 0];
        const levels = border.map((v) => Math.round(v * 255 / picture.top));
        return [...(levels.length === 1 ? [levels[0], levels[0], levels[0]] : levels), 130];
      });
    const level = (column, row) => {
      const i = Windows.source(column - x.before, picture.width, padding);
      const j = Windows.source(row - y.before, picture.height, padding);
      return i >= 0 && j >= 0 ? picture.samples[j * picture.width + i] : border[0];
    };
    return { ...result, picture, level };
  }

  /** Draws a picture into its canvas, and returns how its pixels lie there. */
  function show(canvas, drawing, focus) {
    const room = canvas.parentElement.clientWidth;
    const [wide, high] = [drawing.width / state.zoom, drawing.height / state.zoom];
    const scale = Math.min(room / wide, Math.max(240, innerHeight * 0.6) / high);
    const ratio = devicePixelRatio || 1;
    canvas.style.width = `${Math.max(1, Math.round(wide * scale))}px`;
    canvas.style.height = `${Math.max(1, Math.round(high * scale))}px`;
    canvas.width = Math.max(1, Math.round(wide * scale * ratio));
    canvas.height = Math.max(1, Math.round(high * scale * ratio));
    const place = (middle, shown, all) => Math.max(0, Math.min(middle - shown / 2, all - shown));
    const view = {
      scale, x: place(focus[0], wide, drawing.width), y: place(focus[1], high, drawing.height),
    };
    canvas.view = view;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    const s = scale * ratio;
    context.setTransform(s, 0, 0, s, -view.x * s, -view.y * s);
    context.drawImage(drawing.canvas, 0, 0);
    if (scale >= 30) writeLevels(context, drawing, view, wide, high, scale);
    return { context, line: 2 / scale, right: view.x + wide, bottom: view.y + high, view };
  }

  /** The numbers of a gray picture, in pixels that have room for them. */
  function writeLevels(context, drawing, view, wide, high, scale) {
    const { picture } = drawing;
    if (picture.channels !== 1) return;
    context.textAlign = "center";
    context.textBaseline = "middle";
    // Small letters cannot be asked for by all browsers: they are drawn larger, and scaled.
    const size = Math.min(0.38, 15 / scale) * (picture.top > 255 ? 0.7 : 1);
    context.font = "20px system-ui, sans-serif";
    for (let y = Math.floor(view.y); y < view.y + high; y += 1) {
      for (let x = Math.floor(view.x); x < view.x + wide; x += 1) {
        const value = drawing.level(x, y);
        if (value === null) continue;
        context.save();
        context.translate(x + 0.5, y + 0.5);
        context.scale(size / 20, size / 20);
        context.fillStyle = value / picture.top < 0.5 ? "#fff" : "#000";
        context.fillText(short(value, 5), 0, 0);
        context.restore();
      }
    }
  }

  function outline({ context, line, right, bottom, view }, x, y, width, height, color) {
    const grown = Math.max(0, line * 2.5 - width) / 2;
    const inside = (value, low, high) => Math.max(low + line, Math.min(value, high - line));
    const left = inside(x - grown, view.x, right), top = inside(y - grown, view.y, bottom);
    const box = [left, top, inside(x + width + grown, view.x, right) - left,
      inside(y + height + grown, view.y, bottom) - top];
    context.lineWidth = line * 2.5;
    context.strokeStyle = Page.variable("--paper");
    context.strokeRect(...box);
    context.lineWidth = line * 1.4;
    context.strokeStyle = color;
    context.strokeRect(...box);
  }

  /** Draws both anew, as the stage yields another result. */
  function prepare() { drawings = { input: padded(before()), output: drawn(after()) }; }

  function showPictures() {
    const { x, y } = axes();
    const left = state.x * x.stride, top = state.y * y.stride;
    const input = show($("input"), drawings.input, [left + x.span / 2, top + y.span / 2]);
    const edge = Page.variable("--window");
    if (stage().dilation.some((d) => d > 1) && x.taps * y.taps <= 400) {
      for (let j = 0; j < y.taps; j += 1) {
        for (let i = 0; i < x.taps; i += 1) {
          input.context.fillStyle = edge;
          input.context.globalAlpha = 0.5;
          input.context.fillRect(left + i * x.dilation, top + j * y.dilation, 1, 1);
          input.context.globalAlpha = 1;
        }
      }
    }
    outline(input, left, top, x.span, y.span, edge);
    const output = show($("output"), drawings.output, [state.x + 0.5, state.y + 0.5]);
    outline(output, state.x, state.y, 1, 1, Page.variable("--result"));
    const size = (p) => `${p.width} × ${p.height}${p.channels > 1 ? ` × ${p.channels}` : ""}`;
    const ring = x.before + x.after + y.before + y.after > 0 && stage().padding !== "truncate"
      ? "; paler: what the padding adds" : "";
    $("input-caption").textContent = `${size(before())} samples${ring}`;
    $("output-caption").textContent = `${size(after())} samples`;
  }

  return { prepare, show: showPictures };
})();

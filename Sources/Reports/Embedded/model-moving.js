"use strict";
// From value to value: by pointer and keys, down to what it was made of, and back.
const Moving = (() => {
  const { layers, end, state, shape, place, value, at } = Network;
  const { marks, taps, contributions } = Parts;
  const { sections, draw } = Maps;

  /** Chooses a value; `isStep` where one goes from a value to one that it was made of. */
  function choose(target, isStep = false) {
    if (isStep) {
      const { layer, y, x, c } = state;
      state.history.push({ layer, y, x, c });
      state.isHeld = true;
    }
    const [height, width, count] = shape(target.layer);
    const within = (n, most) => Math.max(0, Math.min(Math.floor(n), most - 1));
    const old = new Set([state.layer, ...marks().map((mark) => mark.layer)]);
    if (target.layer !== state.layer || target.c !== state.c) state.channel = null;
    Object.assign(state, {
      layer: target.layer, y: within(target.y, height), x: within(target.x, width), c: within(target.c, count),
    });
    for (const layer of new Set([...old, state.layer, ...marks().map((mark) => mark.layer)])) draw(layer);
    Arithmetic.show();
    if (isStep) {
      const section = sections.get(state.layer).element;
      const box = section.getBoundingClientRect();
      if (box.bottom < 0 || box.top > innerHeight) section.scrollIntoView({ block: "nearest" });
    }
  }

  function back() {
    const last = state.history.pop();
    if (state.history.length === 0) state.isHeld = false;
    if (last) choose(last);
  }

  /** Goes from the chosen value to the one that it owes most to. */
  function deeper() {
    if (state.layer < 0) return;
    if (state.layer === end) return choose({ layer: end - 1, y: 0, x: 0, c: state.c }, true);
    const own = layers[state.layer], from = own.from[0];
    if (own.kind === "dense") return choose(at(from, contributions()[0].index), true);
    if (own.kind === "conv" || own.kind === "pool") {
      const channels = own.kind === "pool" ? [state.c]
        : Array.from({ length: Parts.seen(own, shape(from)[2]).per }, (_, c) => c);
      const cells = channels.flatMap((c) => taps(c)).filter((cell) => cell.isInside);
      const result = value(state.layer, state.y, state.x, state.c);
      const best = own.kind === "pool" && own.pool !== "average"
        ? cells.find((cell) => cell.sample === result)
        : cells.sort((a, b) => Math.abs(b.product) - Math.abs(a.product))[0];
      return choose({ layer: from, ...best }, true);
    }
    if (own.kind === "global") return choose({ layer: from, y: 0, x: 0, c: state.c }, true);
    return choose(at(from, place(state.layer, state.y, state.x, state.c)), true);
  }

  function pointed(layer, event) {
    const { canvas, grid } = sections.get(layer);
    const box = canvas.getBoundingClientRect();
    const px = (event.clientX - box.left) * canvas.width / box.width;
    const py = (event.clientY - box.top) * canvas.height / box.height;
    const column = Math.floor(px / grid.wide), row = Math.floor(py / grid.high);
    const c = row * grid.columns + column;
    const [height, width, count] = shape(layer);
    const x = Math.floor((px - column * grid.wide) / grid.scale);
    const y = Math.floor((py - row * grid.high) / grid.scale);
    if (c < 0 || c >= count || column >= grid.columns || x >= width || y >= height || x < 0 || y < 0) return null;
    return { layer, y, x, c };
  }

  function keyed(layer, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = state.layer === layer ? state : { layer, y: 0, x: 0, c: 0 };
    const [height, width, count] = shape(layer);
    const isVector = height * width === 1;
    const { columns } = sections.get(layer).grid;
    const go = (dy, dx, dc) => choose({ layer, y: here.y + dy, x: here.x + dx, c: here.c + dc });
    const actions = {
      ArrowLeft: () => (isVector ? go(0, 0, -1) : go(0, -1, 0)),
      ArrowRight: () => (isVector ? go(0, 0, 1) : go(0, 1, 0)),
      ArrowUp: () => (isVector ? go(0, 0, here.c >= columns ? -columns : 0) : go(-1, 0, 0)),
      ArrowDown: () => (isVector ? go(0, 0, here.c + columns < count ? columns : 0) : go(1, 0, 0)),
      "[": () => go(0, 0, -1), "]": () => go(0, 0, 1),
      Home: () => choose({ layer, y: 0, x: 0, c: isVector ? 0 : here.c }),
      End: () => choose({ layer, y: height - 1, x: width - 1, c: isVector ? count - 1 : here.c }),
      Enter: deeper, Backspace: back,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    if (state.layer !== layer && event.key !== "Backspace") choose(here);
    action();
  }

  /** A canvas of maps follows pointer and keys. */
  function listen(layer, canvas) {
    canvas.addEventListener("pointermove", (event) => {
      const target = pointed(layer, event);
      if (target && (!state.isHeld || event.buttons)) choose(target);
    });
    canvas.addEventListener("pointerdown", (event) => {
      const target = pointed(layer, event);
      if (!target) return;
      choose(target);
      if (event.pointerType === "mouse") state.isHeld = !state.isHeld;
    });
    canvas.addEventListener("keydown", (event) => keyed(layer, event));
  }

  return { choose, back, deeper, listen };
})();

"use strict";
// The window moves: by pointer, keys and buttons, and by itself.
const Moving = (() => {
  const { $ } = Page;
  const { state, after, axes } = Chain;

  let announcing = 0;

  function showMove() {
    [$("x").value, $("y").value] = [state.x, state.y];
    [$("x").max, $("y").max] = [after().width - 1, after().height - 1];
    Pictures.show();
    Arithmetic.show();
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      $("announcement").textContent = `x ${state.x}, y ${state.y}: ${$("value").textContent}`;
    }, 500);
  }

  function move(x, y) {
    const nextX = Math.max(0, Math.min(Math.round(x), after().width - 1));
    const nextY = Math.max(0, Math.min(Math.round(y), after().height - 1));
    if (Number.isNaN(nextX) || Number.isNaN(nextY)) return;
    [state.x, state.y] = [nextX, nextY];
    showMove();
  }

  function hold(isHeld) {
    state.isHeld = isHeld;
    $("hold").setAttribute("aria-pressed", String(isHeld));
  }

  function pointed(canvas, event) {
    const box = canvas.getBoundingClientRect();
    const px = (event.clientX - box.left) / canvas.view.scale + canvas.view.x;
    const py = (event.clientY - box.top) / canvas.view.scale + canvas.view.y;
    if (canvas.id === "output") return [Math.floor(px), Math.floor(py)];
    const { x, y } = axes();
    return [(px - x.span / 2) / x.stride, (py - y.span / 2) / y.stride];
  }

  let sliding = 0;

  function slide(isSliding) {
    clearInterval(sliding);
    sliding = 0;
    $("play").setAttribute("aria-pressed", String(isSliding));
    if (!isSliding) return;
    sliding = setInterval(() => {
      const isLast = state.x + 1 >= after().width;
      move(isLast ? 0 : state.x + 1,
        isLast ? (state.y + 1) % after().height : state.y);
    }, 120);
  }

  function zoom(by) {
    const options = [...$("zoom").options].map((o) => Number(o.value));
    const next = options.indexOf(state.zoom) + by;
    if (next < 0 || next >= options.length) return;
    state.zoom = options[next];
    $("zoom").value = String(state.zoom);
    showMove();
  }

  function keyed(event) {
    const step = event.shiftKey ? 10 : 1;
    const actions = {
      ArrowLeft: () => move(state.x - step, state.y), ArrowRight: () => move(state.x + step, state.y),
      ArrowUp: () => move(state.x, state.y - step), ArrowDown: () => move(state.x, state.y + step),
      Home: () => move(0, 0), End: () => move(after().width - 1, after().height - 1),
      "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), "−": () => zoom(-1),
      " ": () => slide(!sliding),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  function listen() {
    for (const id of ["input", "output"]) {
      const canvas = $(id);
      canvas.addEventListener("keydown", keyed);
      canvas.addEventListener("pointermove", (event) => {
        if (event.pointerType === "mouse" && state.isHeld && !event.buttons) return;
        move(...pointed(canvas, event));
      });
      canvas.addEventListener("pointerdown", (event) => {
        slide(false);
        move(...pointed(canvas, event));
        if (event.pointerType === "mouse") hold(!state.isHeld);
      });
    }
    for (const id of ["x", "y"]) {
      $(id).addEventListener("input", () => {
        if ($(id).value !== "") move(Number($("x").value), Number($("y").value));
      });
    }
    const steps = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
    for (const [id, [dx, dy]] of Object.entries(steps)) {
      $(id).addEventListener("click", () => move(state.x + dx, state.y + dy));
    }
    $("play").addEventListener("click", () => slide(!sliding));
    $("hold").addEventListener("click", () => hold(!state.isHeld));
    $("zoom").addEventListener("change", () => { state.zoom = Number($("zoom").value); showMove(); });
  }

  return { show: showMove, move, hold, slide, listen };
})();

"use strict";
// The page of a model and pictures: every layer's maps, and for any value what it was made of.
(() => {
  const { $, make, fill } = Page;
  const { data, layers, classes, end, state } = Network;
  const { sections, paint, draw } = Maps;
  const { picturePixels, percent, showAttention } = Answer;

  function showPicture() {
    for (const [index, button] of [...$("pictures").children].entries()) {
      button.setAttribute("aria-pressed", String(index === state.picture));
    }
    const best = Answer.show();
    const picture = data.pictures[state.picture];
    fill($("attention-class"), ...picture.attention.map((one) =>
      make("option", { value: one.class, selected: one.class === best },
        `${classes[one.class]} (${percent(picture.probabilities[one.class])})`)));
    const known = layers.filter((one) => picture.attention[0]?.[one.name] !== undefined);
    const before = $("attention-layer").value;
    fill($("attention-layer"), ...known.map((one) => make("option", { value: one.name }, one.name)));
    $("attention-layer").value = known.some((one) => one.name === before) ? before : known.at(-1)?.name ?? "";
    $("attention-panel").hidden = known.length === 0;
    showAttention();
    repaint();
  }

  function repaint() {
    for (const layer of sections.keys()) paint(layer);
    for (const layer of sections.keys()) draw(layer);
    Arithmetic.show();
  }

  function start() {
    $("title").textContent = data.title;
    $("lead").textContent = data.lead;
    $("command").textContent = data.command;
    fill($("facts"), ...Object.entries(data.facts).flatMap(([key, text]) =>
      [make("dt", { class: "faint" }, key), make("dd", {}, text)]));
    Page.schemeButton($("scheme"));
    $("copy").addEventListener("click", () => Page.copy(data.command, $("copy")));
    fill($("pictures"), ...data.pictures.map((picture, index) => {
      const small = picturePixels(index);
      small.style.cssText = "width:2.5rem;height:auto;image-rendering:pixelated;cursor:pointer";
      small.setAttribute("aria-hidden", "true");
      return make("button", {
        type: "button", on: { click: () => { state.picture = index; showPicture(); } },
      }, small, picture.name);
    }));
    $("pictures").hidden = data.pictures.length < 2;
    fill($("layers"), ...[-1, ...layers.keys(), end].map(Sections.make));
    $("back").addEventListener("click", Moving.back);
    $("attention-class").addEventListener("change", showAttention);
    $("attention-layer").addEventListener("change", showAttention);
    $("shared").addEventListener("change", () => { state.isShared = $("shared").checked; repaint(); });
    $("gray").addEventListener("change", () => {
      state.isGray = $("gray").checked;
      repaint();
      showAttention();
    });
    document.addEventListener("scheme", Arithmetic.show);
    let resizing = 0;
    addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(repaint, 100); });
    const probabilities = data.pictures[0].probabilities;
    Object.assign(state, { layer: end, c: probabilities.indexOf(Math.max(...probabilities)) });
    showPicture();
  }

  start();
  // For those who want the numbers: a value by layer, row, column and map; −1 is the picture.
  globalThis.explorer = {
    value: Network.value, values: Network.values, shape: Network.shape, parameter: Network.parameter, layers, state: () => state,
    choose: Moving.choose, deeper: Moving.deeper, back: Moving.back, taps: Parts.taps,
    contributions: Parts.contributions,
  };
})();

"use strict";
// The answer for a picture: probabilities, and where in it something speaks for a class.
const Answer = (() => {
  const { $, make, fill } = Page;
  const { data, layers, classes, inputShape, end, state, levels } = Network;
  const { gray, color } = Maps;
  const { goButton } = Arithmetic;

  function picturePixels(index) {
    const [height, width, channels] = inputShape;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const own = levels(index);
    for (let i = 0; i < height * width; i += 1) {
      const pixel = channels === 3 ? [own[3 * i], own[3 * i + 1], own[3 * i + 2]] : gray(own[i * channels]);
      image.data.set([...pixel, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function drawEnlarged(canvas, source, side) {
    const scale = Math.max(1, Math.floor(side / Math.max(source.width, source.height)));
    [canvas.width, canvas.height] = [source.width * scale, source.height * scale];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return context;
  }

  function percent(share) { return `${(share * 100).toFixed(share >= 0.001 || share === 0 ? 1 : 4)} %`; }

  function showAnswer() {
    const picture = data.pictures[state.picture];
    drawEnlarged($("picture"), picturePixels(state.picture), 192);
    $("picture").setAttribute("aria-label", `${picture.name} as the model sees it`);
    const order = picture.probabilities.map((_, c) => c)
      .sort((a, b) => picture.probabilities[b] - picture.probabilities[a]);
    const bars = (list) => make("div", { class: "bars" }, ...list.flatMap((c) => [
      goButton(classes[c], { layer: end, y: 0, x: 0, c }, { class: "link", title: "where it comes from" }),
      make("span", { class: "bar" }, make("span", { style: { width: `${picture.probabilities[c] * 100}%` } })),
      make("span", { class: "number" }, percent(picture.probabilities[c])),
    ]));
    fill($("probabilities"), make("p", { class: "large", id: "best" }, classes[order[0]]),
      bars(order.slice(0, 5)));
    fill($("all"), bars(order));
    return order[0];
  }

  function showAttention() {
    const picture = data.pictures[state.picture];
    const chosen = picture.attention.find((one) => String(one.class) === $("attention-class").value)
      ?? picture.attention[0];
    const layer = $("attention-layer").value;
    if (!chosen || !layer) return;
    const [height, width] = layers.find((one) => one.name === layer).shape;
    const heat = Page.bytes(chosen[layer]);
    const small = document.createElement("canvas");
    [small.width, small.height] = [width, height];
    const image = small.getContext("2d").createImageData(width, height);
    for (let i = 0; i < heat.length; i += 1) image.data.set([...color(heat[i] / 255), 165], 4 * i);
    small.getContext("2d").putImageData(image, 0, 0);
    const context = drawEnlarged($("attention"), picturePixels(state.picture), 224);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, $("attention").width, $("attention").height);
    const says = heat.some((level) => level > 0)
      ? "brighter where it speaks for the class" : "nothing there speaks for the class";
    $("attention").setAttribute("aria-label", `${picture.name}, ${layer}: ${says}`);
    $("attention-text").textContent = `${height} × ${width} places of ${layer}, ${says}.`;
  }

  return { picturePixels, percent, show: showAnswer, showAttention };
})();

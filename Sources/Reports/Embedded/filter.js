"use strict";
// The page of one filter on one picture: a window that slides, and what it computes.
(() => {
  const { $, make, fill } = Page;
  const { data, state, after, before, axes, compute, channelName } = Chain;

  function recompute() {
    $("geometry-problem").textContent = compute();
    refresh();
  }

  function refresh() {
    const { x, y } = axes();
    state.x = Math.max(0, Math.min(state.x, Math.min(x.output, after().width) - 1));
    state.y = Math.max(0, Math.min(state.y, Math.min(y.output, after().height) - 1));
    state.channel = Math.min(state.channel, before().channels - 1);
    Pictures.prepare();
    WindowsPanel.showSizes();
    CommandLine.show();
    Moving.show();
  }

  function showSteps() {
    fill($("steps"), ...(state.stages.length < 2 ? [] : state.stages.map((one, index) =>
      make("button", {
        type: "button", "aria-pressed": String(index === state.current),
        on: { click: () => { state.current = index; state.member = 0; showAll(); } },
      }, `${index + 1}: ${one.name}`))));
    $("steps").hidden = state.stages.length < 2;
  }

  function showChannels() {
    fill($("channel"), ...Array.from({ length: before().channels }, (_, c) =>
      make("option", { value: c, selected: c === state.channel }, channelName(c))));
    $("channel-label").hidden = before().channels === 1;
  }

  function showAll() {
    showSteps();
    showChannels();
    KernelPanel.show();
    WindowsPanel.show();
    refresh();
  }

  function listen() {
    Chain.whenChanged(recompute);
    Moving.listen();
    WindowsPanel.listen();
    $("channel").addEventListener("change", () => {
      state.channel = Number($("channel").value);
      KernelPanel.show();
      Moving.show();
    });
    $("copy").addEventListener("click", () => Page.copy($("command").textContent, $("copy")));
    $("reset").addEventListener("click", () => {
      Moving.slide(false);
      Chain.start();
      compute();
      showAll();
      Moving.hold(false);
    });
    document.addEventListener("scheme", Pictures.show);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", Pictures.show);
    addEventListener("resize", Pictures.show);
  }

  $("title").textContent = data.title;
  $("lead").textContent = data.lead;
  Page.schemeButton($("scheme"));
  Chain.start();
  listen();
  $("geometry-problem").textContent = compute();
  state.x = Math.floor(after().width / 2);
  state.y = Math.floor(after().height / 2);
  showAll();
  // For those who want the numbers: explorer.pictures() are what each stage gets and yields.
  globalThis.explorer = {
    pictures: Chain.pictures, state: () => state, move: Moving.move, command: CommandLine.command,
  };
})();

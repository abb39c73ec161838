"use strict";
// Poolings, extremes and ranks: which of the samples of a window is chosen, and what can be edited of them.
const Picks = (() => {
  const { $, make, fill, short, cellGrid, group, isWhole } = Page;
  const { stage, before, touch } = Chain;
  // Samples beyond which they are told rather than shown, and members that can be switched one by one.
  const mostShown = 30, mostSwitches = 121;

  const names = {
    erode: "the smallest", dilate: "the largest", gradient: "the largest minus the smallest",
    median: "the median", rank: "a rank, in per cent",
  };

  function listed(values) { return values.length <= mostShown ? values.join(", ") : `${values.length} samples`; }

  // MARK: Arithmetic

  function showArithmetic(cells, samples, isSmall, value) {
    const one = stage();
    const counts = (cell) => cell.isMember && cell.value !== null
      && (one.pick || one.padding !== "zero" || cell.isInside);
    const values = cells.filter(counts).map((cell) => cell.value);
    const choose = (level) => {
      const winner = cells.findIndex((cell) => counts(cell) && cell.value === level);
      if (winner >= 0) samples[winner].classList.add("chosen");
    };
    $("ending").textContent = "";
    const ordered = [...values].sort((a, b) => a - b);
    if (one.pool === "average") {
      const sum = values.reduce((a, b) => a + b, 0);
      $("sum").textContent = `(${listed(values)}): ${sum} / ${values.length} = ${short(sum / values.length, 8)}`;
    } else if (one.pick === "gradient") {
      const [least, most] = [ordered[0], ordered.at(-1)];
      for (const level of new Set([least, most])) choose(level);
      $("sum").textContent = values.length
        ? `max(${listed(values)}) − min(…) = ${most} − ${least} = ${value}` : `no member lies inside: ${value}`;
    } else {
      choose(value);
      $("sum").textContent = one.pick ? told(one, ordered, value)
        : `${one.pool === "maximum" ? "max" : "min"}(${listed(values)}) = ${value}`;
    }
    fill($("arithmetic"), isSmall
      ? make("div", { class: "row top" }, group("samples", cellGrid(one.width, samples)),
        one.pick ? group("in order", inOrder(one, ordered)) : null)
      : make("p", { class: "faint" }, `The window has ${cells.length} samples, too many to show each.`));
  }

  /** The values in ascending order, as wide as the window, with the chosen ones marked. */
  function inOrder(one, ordered) {
    const last = ordered.length - 1;
    const chosen = one.pick === "gradient" ? [0, last] : [Ranks.index(one, ordered.length)];
    return cellGrid(one.width, ordered.map((value, place) =>
      Arithmetic.sampleCell(value, chosen.includes(place) ? "chosen" : null, `number ${place}`)));
  }

  function told(one, ordered, value) {
    const count = ordered.length;
    if (count === 0) return `no member lies inside: ${value}`;
    if (one.pick === "erode" || one.pick === "dilate") {
      return `${one.pick === "erode" ? "min" : "max"}(${listed(ordered)}) = ${value}`;
    }
    const place = one.pick === "median" ? `⌊${count} / 2⌋`
      : `min(⌊${count} · ${one.percent} / 100⌋, ${count - 1})`;
    return `number ${place} = ${Ranks.index(one, count)}, from 0, of ${listed(ordered)}: ${value}`;
  }

  // MARK: Editing

  function choice(label, options, value, apply) {
    return make("label", {}, label, make("select", {
      on: { change: (event) => { apply(event.target.value); touch(); KernelPanel.show(); } },
    }, ...Object.entries(options).map(([key, text]) =>
      make("option", { value: key, selected: key === value }, text))));
  }

  /** A side of the window; it holds the sample that the window is laid on. */
  function side(one, name, key, axis) {
    const least = (Chain.data.anchor?.[axis] ?? 0) + 1;
    return KernelPanel.number(name, one[key], isWhole(least, 99), (text) => {
      one[key] = Number(text);
      one.anchor = Chain.usualAnchor(one, one.width, one.height);
      if (!one.pick) return;
      // Another window is a box.
      one.members = null;
      showMembers(one);
    }, `a whole number from ${least} to 99`);
  }

  function showControls(one) {
    const kind = one.pool
      ? choice("Yields the", { maximum: "maximum", minimum: "minimum", average: "average" }, one.pool,
        (value) => { one.pool = value; })
      : choice("Yields", names, one.pick, (value) => {
        // Ranks have another usual padding: this one stays, and the command says so.
        one.pick = value;
        one.percent ??= "50";
      });
    fill($("kernel-size"), Chain.isMirrored(one) ? null : kind,
      one.pick === "rank" ? KernelPanel.number("Per cent", one.percent,
        (t) => KernelPanel.isNumber(t) && Number(t) >= 0 && Number(t) <= 100, (t) => { one.percent = t.trim(); },
        "a number from 0 to 100") : null,
      side(one, "Columns", "width", 0), side(one, "Rows", "height", 1));
    fill($("kernel-more"));
    showMembers(one);
  }

  /** A switch for each sample of the window: whether it is a member. */
  function showMembers(one) {
    const count = one.width * one.height;
    if (!one.pick || count > mostSwitches) return fill($("kernel"));
    const isMember = (place) => !one.members || Boolean(one.members[place]);
    return fill($("kernel"), make("p", { class: "faint" }, "Which samples of the window take part:"), cellGrid(one.width, Array.from({ length: count }, (_, place) =>
      make("button", {
        type: "button", class: "cell switch", "aria-pressed": String(isMember(place)),
        "aria-label": `member at column ${place % one.width}, row ${Math.floor(place / one.width)}`,
        on: { click: (event) => {
          const members = Array.from({ length: count }, (_, at) => isMember(at));
          members[place] = !members[place];
          // A window has a member.
          if (!members.includes(true)) return;
          one.members = members.includes(false) ? members : null;
          event.target.setAttribute("aria-pressed", String(members[place]));
          touch();
        } },
      }, ""))));
  }

  /** What a pick yields, in words. */
  function name(one) {
    return one.pick === "rank" ? `number min(⌊n · ${one.percent} / 100⌋, n − 1) in ascending order`
      : one.pick === "median" ? "number ⌊n / 2⌋ in ascending order" : names[one.pick];
  }

  return { showArithmetic, showControls, side, name };
})();

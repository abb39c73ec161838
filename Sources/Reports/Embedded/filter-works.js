"use strict";
// Steps that are no weighted sum, pooling or rank: how their arithmetic is laid out, and their numbers to be edited.
const WorksPanel = (() => {
  const { $, make, fill, cellGrid, group } = Page;
  const { touch } = Chain;

  /**
   * Lays out numbers in grids with signs between them, and what they make.
   * `parts` are a sign, or a name, cells and how many of them stand in a row.
   */
  function tell(cells, parts, sum, value, endings) {
    const isSmall = cells.length <= Arithmetic.mostCells;
    fill($("arithmetic"), isSmall
      ? make("div", { class: "row" }, ...parts.map(([name, list, width]) => (list
        ? group(name, cellGrid(width ?? Chain.stage().width, list)) : make("span", { class: "sign" }, name))))
      : make("p", { class: "faint" }, `The window has ${cells.length} samples, too many to show each.`));
    $("sum").textContent = sum;
    $("value").textContent = String(value);
    const said = endings.filter((text) => text);
    $("ending").textContent = said.length ? `← ${said.join("; ")}` : "";
  }

  /** How a number becomes a level. */
  function cut(value, top) {
    const rounded = Math.floor(value + 0.5);
    if (rounded < 0 || rounded > top) return `cut to 0…${top}`;
    return rounded === value ? null : `rounded ${rounded}`;
  }

  function sides(one, work) {
    if (!work.isSized) return [];
    if (!work.isSquare) return [Picks.side(one, "Columns", "width", 0), Picks.side(one, "Rows", "height", 1)];
    return [KernelPanel.number("Side", one.width, (t) => Page.isWhole(1, 99)(t) && Number(t) % 2 === 1, (t) => {
      one.width = one.height = Number(t);
      one.anchor = [Math.floor(one.width / 2), Math.floor(one.height / 2)];
    }, "an odd number from 1 to 99")];
  }

  function showControls(one) {
    const work = Works.of(one);
    const choices = (work.choices ?? []).map(([key, label, options]) =>
      make("label", {}, label, make("select", {
        on: { change: (event) => { one[key] = event.target.value; touch(); } },
      }, ...Object.entries(options).map(([value, text]) =>
        make("option", { value, selected: value === one[key] }, text)))));
    fill($("kernel-size"), ...sides(one, work), ...choices, ...work.fields.map(([key, label, check, problem]) =>
      KernelPanel.number(label, one.parameters[key], check, (text) => { one.parameters[key] = text.trim(); }, problem)));
    fill($("kernel"), work.fields.length ? null
      : make("p", { class: "faint" }, "What the steps before it take away: they have its numbers."));
    fill($("kernel-more"));
  }

  return { tell, cut, showControls };
})();

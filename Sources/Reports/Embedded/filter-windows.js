"use strict";
// Where the windows lie: stride, dilation and padding, to be edited, and what they make of the sizes.
const WindowsPanel = (() => {
  const { $, make, fill, short, isWhole } = Page;
  const { data, state, stage, before, axes, kernelOf, touch } = Chain;

  const paddings = [
    ["zero", "zeros"], ["constant", "one level"], ["replicate", "the edge sample"],
    ["reflect", "mirrored, edge repeated"], ["reflect101", "mirrored"], ["wrap", "the other end"],
    ["valid", "nothing: it shrinks"], ["truncate", "nothing: divided by the taps inside"],
    ["full", "zeros for every window that sees a sample"],
  ];

  function showGeometry() {
    const one = stage(), work = Works.of(one);
    [$("stride-x").value, $("stride-y").value] = one.stride;
    [$("dilation-x").value, $("dilation-y").value] = one.dilation;
    const isOwn = one.padding === "levels" || (one.extent && one.extent !== "full")
      || (one.extent === "full" && one.padding !== "zero") || (one.values.length > 1);
    fill($("padding"), isOwn ? make("option", { value: "own" }, "as the kernel says") : null,
      ...paddings.filter(([value]) => !work || value !== "truncate").map(([value, text]) => make("option", { value },
        value === "truncate" && one.kernels.length === 0 ? "nothing: what lies inside counts" : text)));
    $("padding").value = isOwn ? "own" : one.extent === "full" ? "full" : one.padding;
    $("constant-label").hidden = one.padding !== "constant" || isOwn || (work && !work.isPlaced);
    $("constant").value = one.values[0] ?? 0;
    $("range").value = state.range;
    for (const id of ["stride-x", "stride-y", "dilation-x", "dilation-y", "padding"]) {
      $(id).parentElement.hidden = Boolean(work) && !(id.startsWith("dilation") ? work.hasDilation : work.isPlaced);
      // Windows of an opening lie apart in its second step.
      $(id).disabled = id.startsWith("stride") && Chain.isMirrored(one) && one.link.part === 0;
    }
    // It acts on weighted sums.
    $("range").parentElement.hidden = !state.stages.some(Chain.isWeighted);
  }

  function setPadding(value) {
    const one = stage();
    if (value === "own") {
      const own = data.stages[state.current];
      Object.assign(one, structuredClone({ padding: own.padding, extent: own.extent, values: own.values }));
    } else if (value === "full") Object.assign(one, { padding: "zero", extent: "full", values: [] });
    else {
      Object.assign(one, {
        padding: value, extent: null, values: value === "constant" ? [Number($("constant").value) || 0] : [],
      });
    }
    touch();
    showGeometry();
  }

  function showSizes() {
    const { x, y } = axes();
    const line = (name, axis) => `${name}: ⌊(${axis.input} + ${axis.before} + ${axis.after} − `
      + `${axis.span}) / ${axis.stride}⌋ + 1 = ${axis.output}`;
    const span = (axis) => `${axis.dilation} · (${axis.taps} − 1) + 1 = ${axis.span}`;
    fill($("sizes"), line("columns", x), make("br"), line("rows", y), make("br"),
      `a window spans ${span(x)} columns, ${span(y)} rows`, make("br"),
      `${(x.output * y.output * x.taps * y.taps * before().channels).toLocaleString("en")} `
      + `${stage().kernels.length === 0 ? "samples looked at" : "multiplications"}`);
    const one = stage();
    const weight = one.kernels.length === 0 ? null : Weights.weights(kernelOf(one), one.offset);
    const times = (letter, factor) => (factor === 1 ? letter : `${factor}·${letter}`);
    const place = (axis, o, t) => times(o, axis.stride) + ` + ${times(t, axis.dilation)}`
      + (axis.before ? ` − ${axis.before}` : "");
    const at = `in[${place(y, "y", "j")}, ${place(x, "x", "i")}]`;
    const all = `j = 0 … ${y.taps - 1}, i = 0 … ${x.taps - 1}`;
    const work = Works.of(one);
    $("formula").textContent = work ? work.formula(one) : one.pool ? `out[y, x] = ${one.pool} of ${at}\n\n${all}`
      : one.pick ? `out[y, x] = ${Picks.name(one)} of ${at}\n\n${all}${one.members ? ", the members" : ""}`
        : `${one.unsharp ? "soft" : "out"}[y, x] = (Σ taps[j, i] · ${at})`
          + `${weight.divisor === 1 ? "" : ` / ${short(weight.divisor, 8)}`}`
          + `${weight.offset ? ` + ${short(weight.offset)}` : ""}\n`
          + (one.unsharp ? `out[y, x] = in + ${one.unsharp.amount} · (in − soft), where |in − soft| `
            + `${one.unsharp.fraction === undefined ? ">" : "≥"} ${short(Unsharp.threshold(one, before()))}\n` : "")
          + `\n${all}; rounded, halves up, and cut to 0 … ${before().top}`;
  }

  function listen() {
    for (const [name, key, most] of [["stride", "stride", 999], ["dilation", "dilation", 99]]) {
      for (const [axis, letter] of ["x", "y"].entries()) {
        $(`${name}-${letter}`).addEventListener("input", (event) => {
          const isRight = isWhole(1, most)(event.target.value);
          event.target.setAttribute("aria-invalid", String(!isRight));
          $("geometry-problem").textContent = isRight ? "" : `${name}: a whole number from 1 to ${most}`;
          if (!isRight) return;
          stage()[key][axis] = Number(event.target.value);
          touch();
        });
      }
    }
    $("padding").addEventListener("change", () => setPadding($("padding").value));
    $("constant").addEventListener("input", () => {
      if ($("constant").value !== "") { stage().values = [Number($("constant").value)]; touch(); }
    });
    $("range").addEventListener("change", () => { state.range = $("range").value; touch(); });
  }

  return { show: showGeometry, showSizes, listen };
})();

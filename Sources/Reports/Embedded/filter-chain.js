"use strict";
// The steps of a chain as they are edited, and the picture that each of them yields.
const Chain = (() => {
  const data = Page.data();
  const original = Page.picture(data.picture);
  // Multiplications beyond which a page would stand still.
  const mostWork = 6e8;

  const state = {};
  // What each stage gets; the last one is the result.
  let pictures = [original];
  let changed = () => {};

  /** Everything as the command line has it. */
  function start() {
    Object.assign(state, {
      stages: structuredClone(data.stages), range: data.range, current: data.stages.length - 1,
      x: 0, y: 0, channel: 0, member: 0, isHeld: false, zoom: 1, isEdited: false,
    });
  }

  const stage = () => state.stages[state.current];
  const before = () => pictures[state.current];
  const after = () => pictures[state.current + 1];
  const axes = () => Windows.geometry(stage(), before());
  /** Whether a stage is a weighted sum, which scale, offset and range act on. */
  const isWeighted = (one) => one.kernels.length > 0 && !one.unsharp && !one.link;
  const kernelOf = (one) => (one.kernels.length === 0 ? null : one.kernels[Math.min(state.member, one.kernels.length - 1)]);

  function setTargets() {
    const isSigned = (one) => isWeighted(one) && one.kernels.every((k) => Weights.weights(k, "0").zero);
    const signedStages = state.stages.filter(isSigned);
    const last = state.stages.filter(isWeighted).at(-1);
    for (const one of state.stages) {
      one.isTarget = signedStages.length ? signedStages.includes(one) : one === last;
    }
  }

  /** Computes all stages anew; says what stands in the way, and keeps the pictures then. */
  function compute() {
    setTargets();
    const made = [original];
    for (const [index, one] of state.stages.entries()) {
      const where = state.stages.length > 1 ? `Step ${index + 1}: ` : "";
      const { x, y } = Windows.geometry(one, made[index]);
      for (const [name, axis] of [["row", x], ["column", y]]) {
        if (axis.output < 1) {
          return `${where}the window spans ${axis.span} samples, but the padded ${name} has only `
            + `${axis.input + axis.before + axis.after}`;
        }
      }
      if (one.work === "difference") {
        const parts = [index - 2, index - 1];
        one.parts = {
          before: made[index - 2], axes: parts.map((part) => Windows.geometry(state.stages[part], made[part])),
        };
      }
      if (Engine.work(one, made[index]) > mostWork) {
        return `${where}this is too much work for a page; the command does it`;
      }
      made.push(Engine.run(one, made[index], state.range));
    }
    pictures = made;
    return "";
  }

  /** Whether a step is one of the two of an opening or a closing, which mirror each other. */
  const isMirrored = (one) => Boolean(one.link && one.pick);

  /** Where the window of a step lies on the sample that it is of, unless a kernel says otherwise. */
  function usualAnchor(one, width, height) {
    const [x, y] = data.anchor ?? [Math.floor(width / 2), Math.floor(height / 2)];
    return isMirrored(one) && one.link.part === 1 ? [width - 1 - x, height - 1 - y] : [x, y];
  }

  /** The other step of an opening or a closing follows. */
  function mirror() {
    const one = stage();
    if (!isMirrored(one)) return;
    const other = state.stages[state.current + (one.link.part === 0 ? 1 : -1)];
    Object.assign(other, structuredClone({
      width: one.width, height: one.height, members: one.members && [...one.members].reverse(), padding: one.padding,
      values: one.values, extent: one.extent, dilation: one.dilation,
    }));
    other.anchor = usualAnchor(other, other.width, other.height);
  }

  /** Something was edited. */
  function touch() {
    state.isEdited = true;
    mirror();
    changed();
  }

  /** What is done when something was edited. */
  function whenChanged(action) { changed = action; }

  function channelName(channel) {
    return before().channels === 1 ? "gray" : ["red", "green", "blue"][channel];
  }

  return {
    data, state, pictures: () => pictures, start, stage, before, after, axes, isWeighted, isMirrored, kernelOf, usualAnchor,
    compute, touch, whenChanged, channelName,
  };
})();

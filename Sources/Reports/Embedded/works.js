"use strict";
// What a step does that is no weighted sum, no pooling and no rank: each such work registers here how it is
// computed, shown and said.
//
//     title             of the panel of its numbers
//     isPlaced          whether windows can lie apart and beyond the border; hasDilation: whether samples can
//     run, cost         (stage, picture): the result, and samples looked at
//     show              (stage, cells, samples, value): the arithmetic of the window that is looked at
//     fields            numbers of `parameters` that can be edited: [key, label, check, what is right]
//     words             (stage): its pairs on the command line
//     formula           (stage): its last lines
const Works = (() => {
  const all = {};

  function add(name, work) { all[name] = work; }

  const of = (stage) => all[stage.work] ?? null;

  /** A number of a stage's parameters. */
  const number = (stage, key) => Number(stage.parameters[key]);

  /** The whole level next to a number, halves up, between black and white. */
  const level = (value, top) => Math.max(0, Math.min(top, Math.floor(value + 0.5)));

  const isNotNegative = (text) => Weights.decimal(text) !== null && Number(text) >= 0 && Number(text) <= 1e9;
  const isPositive = (text) => isNotNegative(text) && Number(text) > 0;

  return { add, of, number, level, isNotNegative, isPositive };
})();

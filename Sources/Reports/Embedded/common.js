"use strict";
// What the pages share: elements, data, colours, pictures.
const Page = (() => {
  const $ = (id) => document.getElementById(id);

  /** An element; texts are set as texts, never read as markup. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "on") {
        for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
      } else if (name === "style") {
        for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
      } else if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? "" : String(value));
      }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function fill(element, ...children) {
    element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** A table of cells, `width` of them in a row. */
  function cellGrid(width, children) {
    return make("div", {
      class: "cells", style: { "grid-template-columns": `repeat(${width}, auto)` },
    }, ...children);
  }

  /** Cells under a name. */
  function group(text, grid) {
    return make("div", { role: "group", "aria-label": text }, make("div", { class: "faint" }, text), grid);
  }

  /** Whether a text is a whole number within these. */
  const isWhole = (least, most) => (text) =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

  function data() { return JSON.parse($("data").textContent); }

  function bytes(base64) {
    const text = atob(base64);
    const result = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) result[i] = text.charCodeAt(i);
    return result;
  }

  /** A picture of the data: samples of 8 or, little end first, of 16 bits. */
  function picture(json) {
    let samples = bytes(json.samples);
    if (json.top > 255) {
      const view = new DataView(samples.buffer);
      samples = Uint16Array.from({ length: samples.length / 2 }, (_, i) => view.getUint16(2 * i, true));
    }
    return { ...json, samples };
  }

  /** Single-precision numbers, little end first. */
  function floats(base64) {
    const all = bytes(base64);
    const view = new DataView(all.buffer);
    return Float32Array.from({ length: all.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  /** Up to `digits` significant digits, with a true minus sign. */
  function short(value, digits = 6) {
    if (!Number.isFinite(value)) return String(value);
    return String(Number(value.toPrecision(digits))).replace("-", "−");
  }

  /** Red for positive, blue for negative, on paper of either colour; `share` is −1…1. */
  function signed(share) {
    const part = Math.max(-1, Math.min(1, share)) || 0;
    const color = part < 0 ? "43, 108, 196" : "205, 62, 50";
    return `rgba(${color}, ${(Math.abs(part) * 0.6).toFixed(3)})`;
  }

  /** A gray or a colour of levels as CSS, and the ink that can be read on it. */
  function level(red, green, blue) {
    const linear = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    return {
      "background-color": `rgb(${red}, ${green}, ${blue})`, color: light < 0.179 ? "#fff" : "#000",
    };
  }

  function shellQuoted(word) {
    if (/^[\p{L}\p{N}_./:,=+@%-]+$/u.test(word)) return word;
    return `'${word.replaceAll("'", "'\\''")}'`;
  }

  async function copy(text, button) {
    let isDone = false;
    try {
      await navigator.clipboard.writeText(text);
      isDone = true;
    } catch {
      // Pages from a file may not be allowed to: an old way, which needs a selection.
      const area = make("textarea", { class: "hidden", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      isDone = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.textContent;
    button.textContent = isDone ? "Copied" : "Select and copy it";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  /** The button that goes from the system's colours to the other ones and back. */
  function schemeButton(button) {
    const isDark = () => (document.documentElement.dataset.scheme
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const name = () => { button.textContent = isDark() ? "Light" : "Dark"; };
    button.addEventListener("click", () => {
      document.documentElement.dataset.scheme = isDark() ? "light" : "dark";
      name();
      document.dispatchEvent(new Event("scheme"));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
    name();
  }

  function variable(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  return {
    $, make, fill, cellGrid, group, isWhole, data, bytes, picture, floats, short, signed, level, shellQuoted, copy,
    schemeButton, variable,
  };
})();

"""How a page is looked at: contrast, names, roles, references, keys; rules of WCAG 2 (AA) as axe-core has them,
and axe-core itself where the package `axe-playwright-python` brings it (pip install --no-deps)."""

import importlib.util
import pathlib

# Texts whose contrast with what lies behind them is below 4.5, or 3 for large ones (WCAG 2, 1.4.3); half-transparent
# grounds are blended. Texts of drawings are looked at by their fill.
CONTRAST = """
const parse = (text) => { const n = (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  return n.length < 4 ? [...n, 1] : n; };
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92
  : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const found = [];
for (const element of document.querySelectorAll("body *")) {
  const isControl = element.matches("input:not([type=checkbox]), select, textarea");
  const own = isControl || [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.getClientRects().length || element.closest(".hidden, .skip, [aria-hidden=true], :disabled")
    || element.matches("style, title")) continue;
  // A drawing lies on its own paper, if it has one.
  const svg = element.closest("svg");
  const sheet = svg?.querySelector("rect[width='100%']");
  const chain = [];
  for (let e = svg ?? element; e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor));
  let paper = [255, 255, 255, 1];
  if (matchMedia("(prefers-color-scheme: dark)").matches) paper = [18, 18, 18, 1];
  for (const color of chain) paper = over(color, paper);
  if (sheet) paper = over(parse(getComputedStyle(sheet).fill), paper);
  // Cells of a chart have the ground that is drawn just before their text.
  if (svg && element.dataset.on) paper = over(parse(element.dataset.on), paper);
  const style = getComputedStyle(element);
  const ink = over(parse(svg ? style.fill : style.color), paper);
  const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < (isLarge ? 3 : 4.5)) {
    found.push((element.textContent.trim().slice(0, 30) || element.id) + " " + ratio.toFixed(2));
  }
}
// Lines of charts: 3 (WCAG 2, 1.4.11).
for (const line of document.querySelectorAll("svg polyline, svg circle")) {
  if (!line.getClientRects().length) continue;
  let paper = [255, 255, 255, 1];
  const chain = [];
  for (let e = line.closest("svg"); e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor));
  for (const color of chain) paper = over(color, paper);
  const style = getComputedStyle(line);
  const ink = parse(line.tagName === "circle" ? style.fill : style.stroke);
  const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 3) found.push(`a line of ${ink} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
}
return [...new Set(found)].slice(0, 10);
"""

# What reaches beyond the screen.
TOO_WIDE = """
return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 320
  && !e.parentElement.closest(".wide")).map((e) => e.outerHTML.slice(0, 60)).slice(0, 5);
"""

# Names, roles, references, headings, tables, landmarks: what breaks a rule, with the rule's name in axe-core.
RULES = """
const found = [];
const say = (rule, e) => found.push(rule + ": " + (e?.outerHTML ?? "").replace(/\\s+/g, " ").slice(0, 90));
const all = (selector) => [...document.querySelectorAll(selector)];
const isShown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true });
const words = (e) => (e?.textContent ?? "").trim();
const name = (e) => {
  const by = (e.getAttribute("aria-labelledby") ?? "").split(/\\s+/).filter(Boolean)
    .map((id) => words(document.getElementById(id))).join(" ").trim();
  return by || (e.getAttribute("aria-label") ?? "").trim() || [...(e.labels ?? [])].map(words).join(" ").trim()
    || (e.getAttribute("alt") ?? "").trim() || words(e.querySelector(":scope > title"))
    || (e.matches("input, select, textarea, canvas, svg") ? "" : words(e)) || (e.title ?? "").trim();
};
const html = document.documentElement;
if (!html.lang) say("html-has-lang", html);
if (!document.title.trim()) say("document-title");
if (/user-scalable=no|maximum-scale/.test(document.querySelector("meta[name=viewport]")?.content ?? "width"))
  say("meta-viewport");
if (all("main").length !== 1) say("landmark-one-main");
if (all("h1").length !== 1) say("page-has-heading-one");
let level = 0;
for (const heading of all("h1, h2, h3, h4, h5, h6").filter(isShown)) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) say("heading-order", heading);
  if (!words(heading)) say("empty-heading", heading);
  level = own;
}
const controls = "button, input, select, textarea, a[href], summary, [tabindex], [role=button], [role=img], svg, img, "
  + "[role=application], [role=region], [role=group]";
for (const e of all(controls).filter(isShown)) {
  if (e.closest("[aria-hidden=true]")) continue;
  if (e.matches("svg") && !e.hasAttribute("role")) { say("svg-img-alt, no role", e); continue; }
  if (!name(e)) say("name of a control or picture", e);
}
const ids = new Set();
for (const e of all("[id]")) { if (ids.has(e.id)) say("duplicate-id", e); ids.add(e.id); }
for (const key of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
  for (const e of all(`[${key}]`)) {
    for (const id of e.getAttribute(key).split(/\\s+/)) if (!ids.has(id)) say(`${key} ${id} leads nowhere`, e);
  }
}
const roles = ["alert", "application", "button", "group", "img", "list", "listitem", "navigation", "region", "status"];
for (const e of all("[role]")) if (!roles.includes(e.getAttribute("role"))) say("aria-roles", e);
for (const e of all("[aria-pressed]")) {
  if (e.tagName !== "BUTTON" || !/^(true|false)$/.test(e.getAttribute("aria-pressed"))) say("aria-allowed-attr", e);
}
for (const e of all("[aria-label]")) {
  const isNamed = e.hasAttribute("role") || e.matches("button, input, select, textarea, a, section, nav, aside, svg, table, "
    + "form, main, summary");
  if (!isNamed) say("a name where no role takes one", e);
}
for (const e of all("[aria-hidden=true]")) {
  if (e.matches("a[href], button, input, select, textarea, [tabindex='0']")
    || e.querySelector("a[href], button, input, select, textarea, [tabindex='0']")) say("aria-hidden-focus", e);
}
for (const e of all("button, a[href], summary, label")) {
  const inner = e.querySelector("button, a[href], input, select, textarea");
  if (inner && !(e.tagName === "LABEL")) say("nested-interactive", e);
}
for (const e of all("img:not([alt])")) say("image-alt", e);
for (const e of all("table")) if (!e.querySelector("th")) say("table without heads", e);
for (const e of all("dl > *:not(dt):not(dd):not(div), ul > *:not(li), ol > *:not(li)")) say("list", e);
for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("tabindex", e);
for (const e of all("body *").filter(isShown)) {
  const style = getComputedStyle(e);
  const scrolls = (/auto|scroll/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
    || (/auto|scroll/.test(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  if (scrolls && !e.matches("[tabindex], textarea, select, html, body")
    && !e.querySelector("a[href], button, input, select, textarea, [tabindex='0'], summary")) {
    say("scrollable-region-focusable", e);
  }
}
for (const e of all("button, input, select, summary, a[href]").filter(isShown)) {
  const box = e.getBoundingClientRect();
  if (getComputedStyle(e).display !== "inline" && !e.closest(".skip") && !e.labels?.length
    && (box.width < 24 || box.height < 24)) say(`target-size ${box.width.toFixed()} × ${box.height.toFixed()}`, e);
}
return found.slice(0, 12);
"""

# Gives what keys must reach a number: as it stands in the page, which may draw a part of itself anew.
EXPECTED = """
globalThis.stops = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((e) => e.getClientRects().length && !e.disabled && e.checkVisibility({ visibilityProperty: true })
    && e.tabIndex >= 0);
// From the top, wherever one was before.
document.body.tabIndex = -1;
document.body.focus();
document.body.removeAttribute("tabindex");
scrollTo(0, 0);
return globalThis.stops().length;
"""

REACHED = """
const e = document.activeElement, style = getComputedStyle(e);
const box = e.getBoundingClientRect();
return [globalThis.stops().indexOf(e), e.outerHTML.slice(0, 80),
  (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1),
  box.bottom > 0 && box.top < innerHeight];
"""


def tab(browser):
    for kind in ["rawKeyDown", "keyUp"]:
        browser.devtools("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)


def unreached(browser):
    """Tab goes through everything that can be pressed, in the order of the page, seen, and out again."""
    count = browser.script(EXPECTED)
    found, reached, last = [], set(), -1
    # Where the system makes places that scroll a stop, there are more.
    for _ in range(count + 20):
        tab(browser)
        index, what, is_seen, is_there = browser.script(REACHED)
        if index < 0:
            if len(reached) == count:
                break
            continue
        if index in reached:
            break
        if index < last:
            found.append(f"out of order: {what}")
        if not is_seen:
            found.append(f"focus is not seen: {what}")
        if not is_there:
            found.append(f"focus lies beyond the screen: {what}")
        reached.add(index)
        last = index
    missing = set(range(count)) - reached
    for index in sorted(missing)[:5]:
        found.append("no key leads to "
                     + browser.script("return globalThis.stops()[arguments[0]].outerHTML.slice(0, 80)", index))
    browser.script("document.activeElement?.blur(); scrollTo(0, 0);")
    return found


def axe():
    """The text of axe-core, or None."""
    found = importlib.util.find_spec("axe_playwright_python")
    for folder in found.submodule_search_locations if found else []:
        script = pathlib.Path(folder) / "axe.min.js"
        if script.exists():
            return script.read_text()
    return None


AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
  .then((result) => done(result.violations.map((v) => `${v.id}: ${v.help}: `
    + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 100) + " " + (n.any[0]?.message ?? "")).join(" | "))));
"""

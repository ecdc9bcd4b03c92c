/* What is wrong with a page as it lies before a reader, a line for each fault. */

/* Text nodes that can be seen, each with the boxes of its lines, cut to what shows of them. */
function shownTexts() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest("script, style") || !holder.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5);
    found.push({ node, holder, boxes, name: `${holder.localName} "${node.data.trim().slice(0, 40)}"` });
  }
  return found;
}

/* The part of a box that its scrolling ancestors let through: only ever less of its height. */
function uncovered(box, holder) {
  let { top, bottom } = box;
  for (let each = holder; each; each = each.parentElement) {
    if (getComputedStyle(each).overflowY === "visible") continue;
    const frame = each.getBoundingClientRect();
    top = Math.max(top, frame.top);
    bottom = Math.min(bottom, frame.bottom);
  }
  return { left: box.left, right: box.right, top, bottom };
}

function scrollsSideways() {
  const page = document.scrollingElement;
  const wide = page.scrollWidth > page.clientWidth ? [`the page is ${page.scrollWidth} wide`] : [];
  for (const each of document.body.querySelectorAll("*")) {
    if (each.checkVisibility() && each.clientWidth && each.scrollWidth > each.clientWidth + 1) {
      wide.push(`${each.localName}.${each.className} needs ${each.scrollWidth}, has ${each.clientWidth}`);
    }
  }
  return wide;
}

/* Text beside the screen, or of which a box that does not scroll hides a part. */
function cutTexts() {
  const cut = [];
  for (const { holder, boxes, name } of shownTexts()) {
    for (const box of boxes) {
      if (box.left < 0 || box.right > innerWidth + 0.5) cut.push(`${name} leaves the screen`);
      for (let each = holder; each; each = each.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(each);
        const frame = each.getBoundingClientRect();
        const beside = overflowX !== "visible" && (box.right > frame.right + 1 || box.left < frame.left - 1);
        const below = ["hidden", "clip"].includes(overflowY) && box.bottom > frame.bottom + 2;
        if (beside || below) cut.push(`${name} is cut by ${each.localName}.${each.className}`);
      }
    }
  }
  return cut;
}

function overlaps() {
  const lines = shownTexts().flatMap(({ holder, boxes, name }) =>
    boxes.map((box) => ({ ...uncovered(box, holder), name })).filter((box) => box.bottom - box.top > 2));
  lines.sort((a, b) => a.top - b.top);
  const found = [];
  lines.forEach((one, n) => {
    for (let m = n + 1; m < lines.length && lines[m].top < one.bottom - 3; m += 1) {
      const other = lines[m];
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - other.top;
      if (wide > 2 && high > 3) found.push(`${one.name} lies on ${other.name}`);
    }
  });
  return found;
}

function channels(colour) {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  return { rgb: [red, green, blue], alpha };
}

function luminance(rgb) {
  const [red, green, blue] = rgb
    .map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ground(element) {
  for (let each = element; each; each = each.parentElement) {
    const { rgb, alpha } = channels(getComputedStyle(each).backgroundColor);
    if (alpha > 0) return rgb;
  }
  return [255, 255, 255];
}

/* WCAG 2.2, 1.4.3: 4.5 to 1. */
function paleTexts() {
  const pale = new Set();
  for (const { holder } of shownTexts()) {
    const tones = [luminance(channels(getComputedStyle(holder).color).rgb), luminance(ground(holder))];
    const ratio = (Math.max(...tones) + 0.05) / (Math.min(...tones) + 0.05);
    if (ratio < 4.5) pale.add(`${holder.localName}.${holder.className}: ${ratio.toFixed(2)}`);
  }
  return [...pale];
}

/* What a reader must see before scrolling: the address, and the numbers or that there are none. */
function belowTheFold() {
  const first = ["h1", ".totals li, .nothing"].flatMap((each) => [...document.querySelectorAll(each)]);
  const below = first.filter((each) => each.getBoundingClientRect().bottom > innerHeight);
  return [...below.map((each) => `${each.localName} ${each.textContent.trim()}`), ...(first.length > 1 ? [] : ["no score"])];
}

function faults() {
  return [...scrollsSideways(), ...cutTexts(), ...overlaps(), ...paleTexts()];
}

Object.assign(globalThis, { faults, belowTheFold, luminance, ground });

// Charts: hovering names the nearest value, dragging sideways zooms into those days, double-clicking goes back.
// Nothing is only here: the table under each chart holds the same values, and the dates can be typed.
"use strict";
(() => {
  const place = document.querySelector("[data-zoom]");
  if (!place) return;
  const SVG = "http://www.w3.org/2000/svg";
  const DAY_MS = 86400000;
  const LEAST_PX = 8;
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  let dragged = null;

  const unit = (svg, event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return Math.min(Math.max(point.x, Number(svg.dataset.left)), Number(svg.dataset.right));
  };

  function middle(mark) {
    if (mark.hasAttribute("cx")) return Number(mark.getAttribute("cx"));
    if (mark.tagName === "rect") return Number(mark.getAttribute("x")) + Number(mark.getAttribute("width")) / 2;
    const moved = /translate\(([\d.]+)/.exec(mark.getAttribute("transform") || "");
    return moved ? Number(moved[1]) : NaN;
  }

  function nearest(svg, x) {
    let best = null;
    for (const mark of svg.querySelectorAll(".dot, .bar, .gap")) {
      const away = Math.abs(middle(mark) - x);
      if (!Number.isNaN(away) && (best === null || away < best.away)) best = { mark, away };
    }
    return best && best.mark;
  }

  function shape(svg, name, className) {
    let each = svg.querySelector(`.${className}`);
    if (!each) {
      each = document.createElementNS(SVG, name);
      each.setAttribute("class", className);
      svg.append(each);
    }
    return each;
  }

  function guide(svg, x) {
    const line = shape(svg, "path", "guide");
    line.setAttribute("d", `M${x} ${svg.dataset.top}V${svg.dataset.bottom}`);
  }

  function clear(svg) {
    for (const each of svg.querySelectorAll(".guide, .brush")) each.remove();
    for (const each of svg.querySelectorAll(".is-near")) each.classList.remove("is-near");
    tip.hidden = true;
  }

  function point(svg, event) {
    const mark = nearest(svg, unit(svg, event));
    if (!mark) return;
    for (const each of svg.querySelectorAll(".is-near")) each.classList.remove("is-near");
    mark.classList.add("is-near");
    guide(svg, middle(mark));
    tip.textContent = mark.querySelector("title").textContent;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(box.x + box.width / 2 - tip.offsetWidth / 2, 4), window.innerWidth - tip.offsetWidth - 4);
    const above = box.y - tip.offsetHeight - 10;
    tip.animate([{ transform: `translate(${left}px, ${above > 4 ? above : box.bottom + 10}px)` }], { fill: "forwards" });
  }

  function brush(svg, from, to) {
    const rect = shape(svg, "rect", "brush");
    rect.setAttribute("x", Math.min(from, to));
    rect.setAttribute("width", Math.abs(to - from));
    rect.setAttribute("y", svg.dataset.top);
    rect.setAttribute("height", Number(svg.dataset.bottom) - Number(svg.dataset.top));
  }

  function dateAt(svg, x) {
    const start = Date.parse(svg.dataset.start);
    const share = (x - svg.dataset.left) / (svg.dataset.right - svg.dataset.left);
    const zone = /([+-])(\d\d):(\d\d)$/.exec(svg.dataset.start);
    const shift = zone ? Number(`${zone[1]}1`) * (Number(zone[2]) * 60 + Number(zone[3])) * 60000 : 0;
    return new Date(start + share * (Date.parse(svg.dataset.end) - start) + shift).toISOString().slice(0, 10);
  }

  function zoom(svg, from, to) {
    const [first, last] = [dateAt(svg, Math.min(from, to)), dateAt(svg, Math.max(from, to))];
    if (Date.parse(last) - Date.parse(first) < DAY_MS) return;
    const figure = svg.closest("section");
    window.location.assign(`?from=${first}&to=${last}#${figure ? figure.getAttribute("aria-labelledby") : ""}`);
  }

  place.addEventListener("pointermove", (event) => {
    const svg = event.target.closest("svg.chart[data-left]");
    if (dragged) brush(dragged.svg, dragged.from, unit(dragged.svg, event));
    else if (svg) point(svg, event);
  });
  place.addEventListener("pointerout", (event) => {
    const svg = event.target.closest("svg.chart[data-left]");
    if (svg && !svg.contains(event.relatedTarget) && !dragged) clear(svg);
  });
  place.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest("svg.chart[data-start]");
    if (!svg || event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    dragged = { svg, from: unit(svg, event), at: event.clientX };
    svg.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointerup", (event) => {
    if (!dragged) return;
    const { svg, from, at } = dragged;
    const to = unit(svg, event);
    dragged = null;
    clear(svg);
    if (Math.abs(event.clientX - at) >= LEAST_PX) zoom(svg, from, to);
  });
  place.addEventListener("dblclick", (event) => {
    if (event.target.closest("svg.chart[data-start]") && window.location.search.includes("from=")) window.location.assign("?days=90");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dragged) {
      clear(dragged.svg);
      dragged = null;
    }
  });
})();

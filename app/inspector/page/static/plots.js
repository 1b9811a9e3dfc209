// The overview's plots, by uPlot; without this file they are drawn by the server.
"use strict";

const drawn = new Map(); // by figure: what it shows, and the plot

function resolved(name) {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.className = `probe probe-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function options(figure, width) {
  const [line, dim, grid] = [resolved("accent"), resolved("dim"), resolved("line")];
  const axis = { stroke: dim, font: "11px system-ui", grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const bars = figure.dataset.plot === "bars";
  return {
    width,
    height: 132,
    padding: [10, 26, 0, 0], // half of the last time on the axis
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    tzDate: (seconds) => (document.documentElement.dataset.zone === "local" ? new Date(seconds * 1000) : uPlot.tzDate(new Date(seconds * 1000), "UTC")),
    scales: { y: { range: (_, low, high) => [0, Math.max(4, high * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 70, values: (_, at, __, ___, step) => at.map((seconds) => clock(new Date(seconds * 1000), "time").slice(0, step < 60 ? 8 : 5)) },
      { ...axis, size: 44, space: 28, values: (_, at) => at.map((count) => (Number.isInteger(count) ? count.toLocaleString("en") : "")) },
    ],
    series: [
      {},
      {
        stroke: line,
        fill: bars ? line : `color-mix(in srgb, ${line} 18%, transparent)`,
        width: bars ? 0 : 1.5,
        points: { show: false },
        paths: bars ? uPlot.paths.bars({ size: [0.7, 24] }) : undefined,
      },
    ],
    hooks: { setCursor: [(plot) => point(figure, plot)] },
  };
}

function point(figure, plot) {
  const words = figure.querySelector("figcaption .dim");
  words.dataset.usual ??= words.innerHTML;
  const at = plot.cursor.idx;
  if (at === null || at === undefined) {
    words.textContent = words.dataset.usual.replace(/<[^>]*>/g, "");
    return;
  }
  words.textContent = `${clock(new Date(plot.data[0][at] * 1000))} · ${plot.data[1][at].toLocaleString("en")}`;
}

const numbers = (text) => (text ? text.split(" ").map(Number) : []);

function draw() {
  for (const figure of document.querySelectorAll("[data-plot]")) {
    const { x, y } = figure.dataset;
    const known = drawn.get(figure.id);
    const data = [numbers(x).map((at) => at / 1e6), numbers(y)];
    if (data[0].length < 2) continue;
    const box = figure.querySelector(".plot-box");
    if (known && known.box === box && known.theme === theme()) {
      if (known.said !== x + y) known.plot.setData(data);
      known.said = x + y;
      continue;
    }
    known?.plot.destroy();
    box.replaceChildren();
    const plot = new uPlot(options(figure, box.clientWidth), data, box);
    drawn.set(figure.id, { plot, box, said: x + y, theme: theme() });
  }
}

function theme() {
  return `${document.documentElement.dataset.theme}${document.documentElement.dataset.zone}${matchMedia("(prefers-color-scheme: dark)").matches}`;
}

addEventListener("resize", () => {
  for (const { plot, box } of drawn.values()) plot.setSize({ width: box.clientWidth, height: 132 });
});
document.addEventListener("theme", draw);
document.addEventListener("htmx:after:swap", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
document.addEventListener("DOMContentLoaded", draw);

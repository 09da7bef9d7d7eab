/** Values over seconds. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

const width = 720;
const height = 220;
const margin = { left: 60, right: 80, top: 34, bottom: 30 };
const colours = ["#1f6feb", "#d1242f", "#1a7f37"];

/** One chart: its axes begin at 0. */
export function lineChart(title: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const lastSecond = Math.max(1, ...all.map(([seconds]) => seconds));
  const highest = Math.max(1, ...all.map(([, value]) => value));
  const x = (seconds: number) => margin.left + (seconds / lastSecond) * (width - margin.left - margin.right);
  const y = (value: number) =>
    height - margin.bottom - (value / highest) * (height - margin.top - margin.bottom);
  const drawn = lines.map(({ name, points }, index) => {
    const colour = colours[index % colours.length];
    const path = points
      .map(([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`)
      .join(" ");
    const end = y(points.at(-1)?.[1] ?? 0) + 4;
    return (
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>` +
      `<text x="${width - margin.right + 6}" y="${end.toFixed(1)}" fill="${colour}">${name}</text>`
    );
  });
  const bottom = height - margin.bottom;
  return [
    `<text x="${margin.left}" y="18" font-weight="bold">${title}</text>`,
    `<path d="M${margin.left} ${margin.top}V${bottom}H${width - margin.right}" fill="none" stroke="#888"/>`,
    `<text x="${margin.left - 6}" y="${margin.top + 4}" text-anchor="end">${highest.toFixed(0)}</text>`,
    `<text x="${margin.left - 6}" y="${bottom}" text-anchor="end">0</text>`,
    `<text x="${width - margin.right}" y="${bottom + 16}" text-anchor="end">${lastSecond.toFixed(0)} s</text>`,
    ...drawn,
  ].join("\n");
}

/** Charts under one another. */
export function page(title: string, charts: readonly string[]): string {
  const all = charts.map((chart, index) => `<g transform="translate(0 ${30 + index * height})">${chart}</g>`);
  const total = 30 + charts.length * height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="12" y="22" font-size="15">${title}</text>`,
    ...all,
    "</svg>",
    "",
  ].join("\n");
}

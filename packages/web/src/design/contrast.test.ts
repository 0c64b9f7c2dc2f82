import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const CSS = readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8");
const SCHEMES = ["light", "dark"] as const;
/** Of WCAG 2, for text, and for what can be filled in or tells a state. */
const TEXT_RATIO = 4.5;
const SHAPE_RATIO = 3;

const GROUNDS = ["canvas", "surface", "sunken", "raised", "hover", "selected"];
const TONES = ["success", "progress", "danger", "warning", "attention", "neutral"];
const TEXTS = ["text", "text-muted", "text-faint", "accent-text", ...TONES.map((tone) => `${tone}-text`)];

const PAIRS: readonly (readonly [ink: string, ground: string, ratio: number])[] = [
  ...TEXTS.flatMap((ink) => GROUNDS.map((ground) => [ink, ground, TEXT_RATIO] as const)),
  ...TONES.flatMap((tone) =>
    [`${tone}-text`, "text", "text-muted"].map((ink) => [ink, `${tone}-tint`, TEXT_RATIO] as const),
  ),
  ...["accent-fill", "accent-fill-hover", "danger-solid", "danger-solid-hover"].map(
    (ground) => ["text-on-fill", ground, TEXT_RATIO] as const,
  ),
  ...["border-control", "focus"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground, SHAPE_RATIO] as const)),
];

function colorOf(token: string, scheme: (typeof SCHEMES)[number]): string {
  const value = new RegExp(`--${token}: (.+);`).exec(CSS)?.[1];
  const both = /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(value ?? "");
  const color = both?.[scheme === "light" ? 1 : 2] ?? value;
  if (color === undefined || !/^#\w{6}$/.test(color)) throw new Error(`tokens.css has no plain colour --${token}`);
  return color;
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

it.each(SCHEMES)("can be read in %s", (scheme) => {
  const dim = PAIRS.flatMap(([ink, ground, ratio]) => {
    const reached = contrast(colorOf(ink, scheme), colorOf(ground, scheme));
    return reached < ratio ? [`${ink} on ${ground}: ${reached.toFixed(2)} of ${ratio}`] : [];
  });
  expect(dim).toEqual([]);
});

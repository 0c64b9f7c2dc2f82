import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./plot.module.css";

export interface PlotSeries {
  readonly name: string;
  /** A token of colour. */
  readonly colour: string;
  readonly isDashed?: boolean;
  readonly isFilled?: boolean;
  /** One a time; null: nothing is known. */
  readonly values: readonly (number | null)[];
}
export interface PlotProps {
  /** What is seen in it, for who does not see it; the table beside it says the same. */
  readonly label: string;
  /** Epoch seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly unit: string;
  readonly max: number;
  /** Where now is, epoch seconds; absent: it is over. */
  readonly now?: number | undefined;
}

const HEIGHT = 220;
/** Half a host is none. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Steps over time. Drawn anew for the other theme, and for another width. */
export function Plot(props: PlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot>(undefined);
  const shape = props.series.map(({ name }) => name).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: other series are another plot
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(latest.current, element, () => latest.current.now),
        dataOf(latest.current),
        element,
      );
    };
    draw();
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(dataOf(props));
  });
  return <div ref={holder} role="img" aria-label={props.label} className={styles.plot} />;
}

function dataOf({ times, series }: PlotProps): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function optionsOf(
  { series, unit, max }: PlotProps,
  element: HTMLElement,
  nowOf: () => number | undefined,
): uPlot.Options {
  const colour = colourReader(element);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis: uPlot.Axis = {
    stroke: colour("--text-muted"),
    grid: { stroke: colour("--border"), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [12, 16, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: true }, y: { range: [0, max] } },
    axes: [
      { ...axis, grid: { show: false }, space: 90, size: 30, values: (_, splits) => splits.map(timeWords) },
      { ...axis, size: 52, incrs: WHOLE, values: (_, splits) => splits.map((value) => `${value}${unit}`) },
    ],
    series: [
      {},
      ...series.map(
        (each): uPlot.Series => ({
          label: each.name,
          stroke: colour(each.colour),
          width: 2,
          ...(each.isDashed && { dash: [4, 4] }),
          ...(each.isFilled && { fill: colour(each.colour, 0.12) }),
          ...(stepped && { paths: stepped }),
          points: { show: false },
        }),
      ),
    ],
    hooks: {
      draw: [
        (drawn) => {
          const now = nowOf();
          if (now === undefined) return;
          const x = Math.round(drawn.valToPos(now, "x", true));
          const { ctx, bbox } = drawn;
          ctx.save();
          ctx.strokeStyle = colour("--text-faint");
          ctx.setLineDash([2, 3]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.restore();
        },
      ],
    },
  };
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function timeWords(seconds: number): string {
  return clock.format(new Date(seconds * 1000)).replace(/:00$/, "");
}

/** A token as a colour that a canvas takes: `light-dark(…)` is for style sheets alone. */
function colourReader(element: HTMLElement): (token: string, alpha?: number) => string {
  const probe = document.createElement("span");
  element.append(probe);
  return (token, alpha) => {
    element.append(probe);
    probe.style.color = `var(${token})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return alpha === undefined ? color : color.replace(/^rgba?\(([^)]+)\)$/, `rgba($1, ${alpha})`);
  };
}

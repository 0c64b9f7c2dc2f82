import { shellWord } from "@sluice/model/shell-word.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import {
  COLUMNS_DEFAULT,
  columnsOf,
  drawLines,
  onResize,
  print,
  printError,
  printJsonLine,
  showCursor,
} from "../output.ts";
import type { Connection } from "../place/server-connection.ts";
import { changesBetween } from "./changes.ts";
import { type DeploymentView, isOver } from "./deployment-view.ts";
import { failureReport } from "./failure-report.ts";
import { followDeployment } from "./follow-deployment.ts";
import { progressLines } from "./progress-lines.ts";
import { drawProgress } from "./progress-screen.ts";

const REDRAW_MILLISECONDS = 100;
const ROWS_DEFAULT = 24;
/** What a shell reports of a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** Where progress goes. */
interface Display {
  show(view: DeploymentView): void;
  note(line: string): void;
  end(): void;
}

/**
 * Shows a deployment until it is over: drawn in a terminal, a line for each change in a pipe, and with `json` a JSON object for
 * each, of which the last, of type `end`, holds the deployment as it ended.
 * Ctrl-C ends the showing, not the deployment.
 * @returns the exit status: 0 only if the deployment succeeded
 */
export async function showProgress(
  connection: Connection,
  deploymentId: string,
  options: { readonly json: boolean },
): Promise<number> {
  const interrupted = new AbortController();
  const onInterrupt = (): void => interrupted.abort();
  process.once("SIGINT", onInterrupt);
  const display = options.json ? jsonLines() : process.stdout.isTTY ? screen() : lines();
  let last: DeploymentView | undefined;
  try {
    const follow = followDeployment(connection, deploymentId, {
      signal: interrupted.signal,
      onAway: (error) => display.note(`${error.message} Retrying.`),
    });
    for await (const view of follow) {
      last = view;
      display.show(view);
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", onInterrupt);
    display.end();
  }
  const data = connection.dataDirectory === undefined ? "" : ` --data ${shellWord(connection.dataDirectory)}`;
  if (last === undefined || !isOver(last)) {
    printError(`${deploymentId} continues. To follow it again: sluice watch ${deploymentId}${data}`);
    printError(`To stop it: sluice stop ${deploymentId}${data}`);
    return EXIT_INTERRUPTED;
  }
  if (options.json) printJsonLine({ type: "end", at: new Date(), ...last });
  if (last.status === "Succeeded") return 0;
  printError(`\n${failureReport(last, { commandOptions: data, columns: columnsOf("stderr") })}`);
  if (last.rollback?.deploymentId !== undefined && !options.json) {
    // Whatever the rollback comes to, what was asked for did not happen.
    await showProgress(connection, last.rollback.deploymentId, options);
  }
  return 1;
}

function jsonLines(): Display {
  let before: DeploymentView | undefined;
  return {
    show: (view) => {
      for (const { type, ...change } of changesBetween(before, view)) {
        printJsonLine({ type, at: new Date(), deploymentId: view.id, ...change });
      }
      before = view;
    },
    note: (line) => printError(line),
    end: () => {},
  };
}

function lines(): Display {
  let before: DeploymentView | undefined;
  let lastNote: string | undefined;
  return {
    show: (view) => {
      for (const line of progressLines(before, view)) print(visibleLine(line));
      before = view;
      lastNote = undefined;
    },
    note: (line) => {
      if (line !== lastNote) printError(line);
      lastNote = line;
    },
    end: () => {},
  };
}

/** Draws over its own last drawing. The clock goes on between two views. */
function screen(): Display {
  let view: DeploymentView | undefined;
  let notes: string[] = [];
  let drawn: readonly string[] = [];
  const draw = (): void => {
    if (view === undefined) return;
    // A terminal that nobody has told its size says 0.
    const size = { columns: columnsOf("stdout") ?? COLUMNS_DEFAULT, rows: process.stdout.rows || ROWS_DEFAULT };
    const drawing = [
      ...drawProgress(view, { ...size, now: new Date(), colour: process.env.NO_COLOR === undefined }),
      ...notes.map((note) => visibleLine(note).slice(0, size.columns)),
    ];
    drawLines(drawing, drawn, size.columns);
    drawn = drawing;
  };
  const timer = setInterval(draw, REDRAW_MILLISECONDS);
  const endResizing = onResize(draw);
  showCursor(false);
  return {
    show: (next) => {
      view = next;
      notes = [];
      draw();
    },
    note: (line) => {
      notes = [line];
    },
    end: () => {
      clearInterval(timer);
      endResizing();
      draw();
      showCursor(true);
    },
  };
}

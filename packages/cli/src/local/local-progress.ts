import type { LocalEvent } from "@sluice/agent/local/run-local.ts";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import { columnsOf, print, printError } from "../output.ts";

const NAME_COLUMNS = "BeforeBlockTraffic".length;

export interface LocalProgress {
  readonly onStart: (event: string) => void;
  readonly onEnd: (event: LocalEvent) => void;
  readonly sink: { write(chunk: { readonly stream: "stdout" | "stderr" | "agent"; readonly text: string }): void };
}

/** Every event a line as it ends; at a terminal also what the scripts print, as they print it. */
export function localProgress(): LocalProgress {
  const isTerminal = columnsOf("stdout") !== undefined;
  // A piece of output may end in mid-line.
  let rest = "";
  const flush = () => {
    if (rest !== "") print(`  ${rest}`);
    rest = "";
  };
  return {
    onStart: () => {},
    onEnd: (event) => {
      flush();
      print(eventLine(event));
    },
    sink: {
      write: ({ stream, text }) => {
        if (stream === "agent") {
          flush();
          printError(text.replace(/\n$/, ""));
        } else if (isTerminal) {
          const lines = `${rest}${text}`.split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) print(`  ${line}`);
        }
      },
    },
  };
}

/** Nothing of it is for a terminal: `--json` prints the whole at the end. */
export const NO_PROGRESS: LocalProgress = { onStart: () => {}, onEnd: () => {}, sink: { write: () => {} } };

function eventLine({ event, isNoop, seconds, outcome }: LocalEvent): string {
  const took = formatElapsed(seconds * 1000);
  const words = outcome.errorCode !== 0 ? `failed (${took})` : isNoop ? "has nothing to run" : `succeeded (${took})`;
  return `${visibleLine(event).padEnd(NAME_COLUMNS)}  ${words}`;
}

/** Why an event failed: its message, and the end of the output. */
export function failureWords({ event, outcome }: LocalEvent): string {
  const tail =
    // Without a script it is a hint, which was printed as it came.
    outcome.log === "" || outcome.scriptName === ""
      ? []
      : [
          "The end of its output:",
          ...outcome.log
            .trimEnd()
            .split("\n")
            .map((line) => `  ${line}`),
        ];
  return [`${visibleLine(event)} failed: ${outcome.message}`, ...tail].join("\n");
}

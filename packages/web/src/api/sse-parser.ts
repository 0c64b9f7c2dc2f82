/** One event of a stream of server-sent events. */
export interface SseFrame {
  /** Its position; absent of those that are not kept. */
  readonly id?: string | undefined;
  readonly event: string;
  readonly data: string;
}

const LINE_END = /\r\n|\r|\n/;

/**
 * Takes text as it comes and hands over whole frames. Comments, which keep a quiet stream alive, are passed over, and so is a frame that was
 * cut off by the end of the stream. As HTML's standard says, less `retry`.
 */
export function createSseParser(onFrame: (frame: SseFrame) => void): (text: string) => void {
  let rest = "";
  let id: string | undefined;
  let event = "";
  let data: string[] = [];

  const endFrame = () => {
    if (data.length > 0) onFrame({ id, event: event === "" ? "message" : event, data: data.join("\n") });
    id = undefined;
    event = "";
    data = [];
  };
  const takeLine = (line: string) => {
    if (line === "") return endFrame();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  };

  return (text) => {
    // The \n of a \r\n may come with the next piece.
    const whole = rest + text;
    const isCut = whole.endsWith("\r");
    const lines = (isCut ? whole.slice(0, -1) : whole).split(LINE_END);
    rest = (lines.pop() ?? "") + (isCut ? "\r" : "");
    for (const line of lines) takeLine(line);
  };
}

import { connect, type Socket } from "node:net";

/**
 * The process that makes requests: the same bytes again and again, over keep-alive connections, one request at a time on each. It
 * writes to sockets itself, because an HTTP client of Node's would be slower than the servers that it measures, and would so make
 * them all look alike.
 */
export interface LoadOrder {
  /** Absent: this machine's loopback. */
  readonly host?: string | undefined;
  readonly port: number;
  /** A whole request, headers and body. */
  readonly request: string;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Whether answers other than 200 count too: of a client that is throttled. */
  readonly mayBeRefused?: boolean;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of those answers that were not 200. */
  readonly refusedPerSecond: number;
  readonly processorSeconds: number;
  /** Seconds from a request to the whole of its answer; `high`: 99 of 100 are within it. */
  readonly latency: { readonly median: number; readonly high: number };
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** Calls `onAnswer` for every answer that has come in whole. */
function readAnswers(socket: Socket, mayBeRefused: boolean, onAnswer: (isRefused: boolean) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const headEnd = pending.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const head = pending.toString("latin1", 0, headEnd);
      const isRefused = !head.startsWith("HTTP/1.1 200 ");
      if (isRefused && !mayBeRefused) throw new Error(`refused: ${pending.toString("utf8", 0, 1_000)}`);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error(`an answer without a length: ${head}`);
      const end = headEnd + HEAD_END.length + Number(length);
      if (pending.length < end) return;
      pending = pending.subarray(end);
      onAnswer(isRefused);
    }
  });
}

async function generate({
  host = "127.0.0.1",
  port,
  request,
  connections,
  warmUpSeconds,
  seconds,
  mayBeRefused = false,
}: LoadOrder): Promise<LoadResult> {
  let answers = 0;
  let refused = 0;
  let latencies: number[] = [];
  const bytes = Buffer.from(request);
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect({ port, host, noDelay: true });
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(bytes);
    };
    readAnswers(socket, mayBeRefused, (isRefused) => {
      answers++;
      if (isRefused) refused++;
      latencies.push(performance.now() - sentAt);
      send();
    });
    socket.once("connect", send);
    return socket;
  });
  await wait(warmUpSeconds);
  latencies = [];
  const before = { answers, refused, at: performance.now(), processor: process.cpuUsage() };
  await wait(seconds);
  const elapsed = (performance.now() - before.at) / 1000;
  const used = process.cpuUsage(before.processor);
  const requestsPerSecond = (answers - before.answers) / elapsed;
  for (const socket of sockets) socket.destroy();
  const sorted = Float64Array.from(latencies).sort();
  const latencyAt = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0) / 1000;
  return {
    requestsPerSecond,
    refusedPerSecond: (refused - before.refused) / elapsed,
    processorSeconds: (used.user + used.system) / 1e6,
    latency: { median: latencyAt(0.5), high: latencyAt(0.99) },
  };
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

process.on("message", (order: LoadOrder) => {
  void generate(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));

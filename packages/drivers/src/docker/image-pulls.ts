import { formatBytes } from "@sluice/model/byte-size.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { EngineApi } from "./engine-api.ts";
import { linesOf } from "./engine-events.ts";
import { pullReferenceOf } from "./image-reference.ts";

export type PullState =
  | { readonly state: "pulling"; readonly detail: string }
  | { readonly state: "failed"; readonly reason: string };

export interface ImagePulls {
  /**
   * Begins the pull of an image that is not there, or says how far it is. A failure is told once to each who asked meanwhile; asking after
   * that begins anew.
   */
  ask(image: string, asker: string): PullState;
}

/** It belongs to nobody's call: who asked for it may go. One that succeeded is forgotten. */
interface Pull {
  readonly askers: Set<string>;
  readonly layers: Map<string, LayerProgress>;
  failure?: string;
}

interface LayerProgress {
  readonly isDone: boolean;
  readonly current: number;
  readonly total: number;
}

/** What is read of a line of the engine's `POST /images/create`. */
interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** The engine tells of every step; one that tells nothing for so long has lost its registry. */
export const PULL_IDLE_TIMEOUT_MILLISECONDS = 5 * 60_000;

/** @param signal ends all of them */
export function createImagePulls(api: EngineApi, signal: AbortSignal): ImagePulls {
  const pulls = new Map<string, Pull>();
  const begin = (image: string): Pull => {
    const pull: Pull = { askers: new Set(), layers: new Map() };
    pulls.set(image, pull);
    pullImage(api, image, pull.layers, signal).then(
      () => pulls.delete(image),
      (error: unknown) => {
        pull.failure = reasonOf(error);
      },
    );
    return pull;
  };
  return {
    ask: (image, asker) => {
      const before = pulls.get(image);
      if (before?.failure !== undefined && before.askers.delete(asker)) {
        if (before.askers.size === 0) pulls.delete(image);
        return { state: "failed", reason: before.failure };
      }
      const pull = before && before.failure === undefined ? before : begin(image);
      pull.askers.add(asker);
      return { state: "pulling", detail: describe(image, pull) };
    },
  };
}

async function pullImage(
  api: EngineApi,
  image: string,
  layers: Map<string, LayerProgress>,
  signal: AbortSignal,
): Promise<void> {
  const { name, tag } = pullReferenceOf(image);
  const request = { method: "POST", path: "/images/create", query: { fromImage: name, tag } } as const;
  const stream = await api.open(request, signal, PULL_IDLE_TIMEOUT_MILLISECONDS);
  for await (const text of linesOf(stream as AsyncIterable<Buffer>)) {
    const line = JSON.parse(text) as PullLine;
    if (line.error !== undefined) throw new Error(line.error);
    note(line, layers);
  }
}

function note({ id, status = "", progressDetail }: PullLine, layers: Map<string, LayerProgress>): void {
  if (id === undefined || status.startsWith("Pulling from")) return;
  const { current = 0, total = 0 } = progressDetail ?? {};
  const before = layers.get(id);
  const isDownload = status === "Downloading";
  layers.set(id, {
    isDone: status === "Pull complete" || status === "Already exists",
    current: isDownload ? current : (before?.total ?? 0),
    total: isDownload ? total : (before?.total ?? 0),
  });
}

function describe(image: string, { layers }: Pull): string {
  if (layers.size === 0) return `pulling ${image}`;
  const all = [...layers.values()];
  const done = all.filter(({ isDone }) => isDone).length;
  const sum = (pick: (layer: LayerProgress) => number) => all.reduce((total, layer) => total + pick(layer), 0);
  const [current, total] = [sum((layer) => layer.current), sum((layer) => layer.total)];
  const bytes = total === 0 ? "" : `, ${formatBytes(current)} of ${formatBytes(total)}`;
  return `pulling ${image}: ${done} of ${all.length} layers${bytes}`;
}

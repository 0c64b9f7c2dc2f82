import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import { FILE_NAMES } from "./balancer-config.ts";
import { type BalancerLayout, EMPTY_LAYOUT } from "./balancer-layout.ts";
import { type CountedRequests, NOTHING_COUNTED } from "./request-counts.ts";

/** What outlives us. */
export interface RememberedBalancer {
  /** Null: nothing was applied yet. */
  readonly plan: BalancerPlan | null;
  /** What of it HAProxy takes: without what was in the way of single listeners, or as that was before. */
  readonly served: BalancerPlan | null;
  readonly layout: BalancerLayout;
  /** Ports that the running process has bound. */
  readonly ports: readonly number[];
  readonly counted: CountedRequests;
}

const NOTHING: RememberedBalancer = {
  plan: null,
  served: null,
  layout: EMPTY_LAYOUT,
  ports: [],
  counted: NOTHING_COUNTED,
};

/** The driver's own folder, which only its user may read. A file is replaced whole or not at all, also in a power cut. */
export class BalancerFiles {
  readonly directory: string;
  readonly #written = new Map<string, string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  async write(name: string, text: string): Promise<void> {
    if (this.#written.get(name) === text) return;
    const path = this.path(name);
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    const directory = await open(this.directory, "r");
    await directory.sync().finally(() => directory.close());
    this.#written.set(name, text);
  }

  async read(name: string): Promise<string> {
    return readFile(this.path(name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
  }

  async remember(remembered: RememberedBalancer): Promise<void> {
    await this.write(FILE_NAMES.wish, `${JSON.stringify(remembered)}\n`);
  }

  /** A file that is damaged is as good as none: the next plan is whole again. */
  async recall(): Promise<RememberedBalancer> {
    const text = await this.read(FILE_NAMES.wish);
    try {
      return text === "" ? NOTHING : { ...NOTHING, ...JSON.parse(text) };
    } catch {
      return NOTHING;
    }
  }
}

import type { Notice, NoticeListener } from "./notice.ts";

/** Between two notices of the same output. */
const LOGS_MILLISECONDS = 250;

/** Who listens for notices. Nothing is done for nobody: output that nobody watches costs no timer. */
export class NoticeFeed {
  readonly #listeners = new Set<NoticeListener>();
  readonly #onListened: ((isListened: boolean) => void)[] = [];
  /** Output that was stored since the last notice, by deployment and target. */
  #stored = new Map<string, Notice>();
  #timer: NodeJS.Timeout | undefined;

  get isListened(): boolean {
    return this.#listeners.size > 0;
  }

  /** @param listener told when the first listener comes, and when the last one goes */
  onListened(listener: (isListened: boolean) => void): void {
    this.#onListened.push(listener);
  }

  subscribe(listener: NoticeListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) for (const told of this.#onListened) told(true);
    return () => {
      if (this.#listeners.delete(listener) && !this.isListened) for (const told of this.#onListened) told(false);
    };
  }

  publish(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** Output of the targets was stored. The first notice goes at once; what comes soon after it is told together. */
  logsStored(deploymentId: string, targetIds: Iterable<string>): void {
    if (!this.isListened) return;
    for (const targetId of targetIds) {
      this.#stored.set(`${deploymentId}/${targetId}`, { kind: "logs", deploymentId, targetId });
    }
    if (this.#timer === undefined) this.#tellOfLogs();
  }

  #tellOfLogs(): void {
    const stored = this.#stored;
    this.#stored = new Map();
    for (const notice of stored.values()) this.publish(notice);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#stored.size > 0) this.#tellOfLogs();
    }, LOGS_MILLISECONDS).unref();
  }
}

/** Stops that are aimed: just when somebody is about to report on a deployment, where there is most to get wrong. */
export class Aims {
  readonly #shots = new Map<string, () => void>();

  /** Ends when somebody is about to report. */
  at(deploymentId: string): Promise<void> {
    return new Promise((resolve) => this.#shots.set(deploymentId, resolve));
  }

  /** What to do when the report is due. */
  shotAt(deploymentId: string): (() => void) | undefined {
    return this.#shots.get(deploymentId);
  }
}

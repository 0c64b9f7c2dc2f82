import { reasonOf } from "@sluice/model/reason-of.ts";
import { type BalancerConfig, FILE_NAMES } from "./balancer-config.ts";
import type { BalancerFiles } from "./balancer-files.ts";
import { UnsupportedPlan } from "./config-word.ts";
import { digestOf } from "./configured-names.ts";
import { configTrouble } from "./haproxy-program.ts";

/** Asks HAProxy about configurations. A wish is repeated until it is in force: what was asked in the last round is not asked again. */
export class ConfigChecks {
  readonly #files: BalancerFiles;
  #known = new Map<string, string | undefined>();
  #asked = new Map<string, string | undefined>();

  constructor(files: BalancerFiles) {
    this.#files = files;
  }

  beginRound(): void {
    this.#known = this.#asked;
    this.#asked = new Map();
  }

  /**
   * Why HAProxy refuses a configuration, or undefined. Throws an {@link UnsupportedPlan} where it cannot say.
   *
   * @param outside differs when files that the configuration names have another content
   */
  async trouble(program: string, { text }: BalancerConfig, outside: string): Promise<string | undefined> {
    const key = digestOf(JSON.stringify([program, text, outside]));
    const known = [this.#asked, this.#known].find((answers) => answers.has(key));
    const answer = known ? known.get(key) : await this.#ask(program, text);
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask(program: string, text: string): Promise<string | undefined> {
    const candidate = `${FILE_NAMES.config}.candidate`;
    await this.#files.write(candidate, text);
    try {
      const trouble = await configTrouble(program, this.#files.path(candidate));
      return trouble === undefined ? undefined : `HAProxy refuses the configuration: ${trouble}`;
    } catch (error) {
      throw new UnsupportedPlan(`HAProxy cannot check its configuration: ${reasonOf(error)}`);
    }
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { onlyChildOf, signal } from "@sluice/cli/process/child-process.ts";

const PROMPT = /@@(\d+)@@$/;
/** Only ends what hangs. */
const HANGS_AFTER_MILLISECONDS = 100_000;
/** Of what it has shown, in the words of a failure. */
const TOLD_CHARACTERS = 3000;
const CTRL_C = "\u0003";
const EXIT_INTERRUPTED = 130;

/** A shell in a terminal of its own, as a person has it before them. */
export class Terminal {
  readonly #child: ChildProcess;
  #shown = "";
  #listeners = new Set<() => void>();
  #ended = false;
  /** Where that begins which the command shows that was typed last. */
  #typedAt = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    const show = (chunk: Buffer) => {
      this.#shown += chunk.toString().replaceAll("\r", "");
      for (const listener of this.#listeners) listener();
    };
    child.stdout?.on("data", show);
    child.stderr?.on("data", show);
    // That it has ended is what is told.
    child.stdin?.on("error", () => undefined);
    child.once("exit", () => {
      this.#ended = true;
      for (const listener of this.#listeners) listener();
    });
  }

  /** @param enter begins the command that is to run in the world of the page */
  static async open(enter: readonly string[], environment: NodeJS.ProcessEnv): Promise<Terminal> {
    const shell = "exec bash --norc --noprofile --noediting -i";
    const [program = "", ...args] = [...enter, "script", "-qefc", shell, "/dev/null"];
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...environment, PS1: "" } });
    const terminal = new Terminal(child);
    child.stdin?.write("stty -echo cols 140 rows 50; set +H; PS2=; PS1='@@$?@@'\n");
    await terminal.#until(() => PROMPT.test(terminal.#shown));
    return terminal;
  }

  /** As a person reads it, without colours. */
  get shown(): string {
    return stripVTControlCharacters(this.#shown);
  }

  /** Pastes a command, and waits for the next prompt. Gives its exit status and what it printed. */
  async run(
    command: string,
    answers: (shown: string) => string | undefined,
  ): Promise<{ status: number; output: string }> {
    const from = this.#paste(command);
    let answered = from;
    await this.#until(() => {
      const answer = answers(this.#shown.slice(answered));
      if (answer !== undefined) {
        answered = this.#shown.length;
        this.#child.stdin?.write(`${answer}\n`);
      }
      return PROMPT.test(this.#shown.slice(from));
    });
    return this.#result(from);
  }

  /** Pastes a command that goes on, and waits until it has printed something; or until it has ended, which is a failure. */
  async start(command: string): Promise<{ status: number; output: string }> {
    const from = this.#paste(command);
    await this.#until(() => this.#shown.slice(from).includes("\n") || PROMPT.test(this.#shown.slice(from)));
    return PROMPT.test(this.#shown.slice(from)) ? this.#result(from) : { status: 0, output: this.#shown.slice(from) };
  }

  /** Pastes a command, and leaves it by Ctrl-C once it shows a text. */
  async runUntil(command: string, text: string): Promise<{ status: number; output: string }> {
    const from = this.#paste(command);
    await this.#until(() => this.#shown.slice(from).includes(text) || PROMPT.test(this.#shown.slice(from)));
    if (PROMPT.test(this.#shown.slice(from))) return this.#result(from);
    this.#child.stdin?.write(CTRL_C);
    await this.#until(() => PROMPT.test(this.#shown.slice(from)));
    const { status, output } = this.#result(from);
    return { status: status === EXIT_INTERRUPTED ? 0 : status, output };
  }

  /** Ctrl-C, and the prompt that comes after it. */
  async interrupt(): Promise<void> {
    const from = this.#shown.length;
    this.#child.stdin?.write(CTRL_C);
    await this.#until(() => PROMPT.test(this.#shown.slice(from)));
  }

  /** Waits until what was typed last shows a text; that it ends without is a failure. */
  async shows(text: string): Promise<void> {
    const shown = () => this.#shown.slice(this.#typedAt);
    await this.#until(() => shown().includes(text) || PROMPT.test(shown()));
    if (shown().includes(text)) return;
    const { status, output } = this.#result(this.#typedAt);
    throw new Error(`it has ended with ${status}, and has not shown "${text}": ${output.slice(-TOLD_CHARACTERS)}`);
  }

  /** Pastes a command, and does not wait for it. */
  type(command: string): void {
    this.#typedAt = this.#paste(command);
  }

  /** Ends what holds the terminal, as the closing of its window does: the kernel hangs up on what runs in it. */
  async hangUp(): Promise<void> {
    signal(await onlyChildOf(this.#child), "SIGKILL");
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }

  #paste(command: string): number {
    const from = this.#shown.length;
    this.#child.stdin?.write(`${command}\n`);
    return from;
  }

  #result(from: number): { status: number; output: string } {
    const output = this.#shown.slice(from);
    return { status: Number(PROMPT.exec(output)?.[1]), output: output.replace(PROMPT, "") };
  }

  #until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (done: () => void): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        done();
      };
      const look = (): void => {
        if (isThere()) end(resolve);
        else if (this.#ended) end(() => reject(new Error(`the terminal has ended: ${this.#shown}`)));
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`this hangs: ${this.#shown.slice(-TOLD_CHARACTERS)}`))),
        HANGS_AFTER_MILLISECONDS,
      );
      this.#listeners.add(look);
      look();
    });
  }
}

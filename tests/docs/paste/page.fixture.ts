import { execFileSync } from "node:child_process";

/**
 * What a reader of a page would do, block after block. An HTML comment right above a block, which no reader sees, says what is not plain from
 * the block itself:
 *
 * - `<!-- paste: not here, REASON -->`: needs another machine, a registry or AWS. The test lists these.
 * - `<!-- paste: file PATH -->`: the block is the content of a file that the page tells to write.
 * - `<!-- paste: terminal NAME -->`: in a terminal of that name. What does not return goes on there once it has printed something.
 * - `<!-- paste: Ctrl-C in terminal NAME -->`: Ctrl-C there before anything of the block.
 * - `<!-- paste: Ctrl-C at TEXT -->`: the last command is left by Ctrl-C when it shows the text.
 * - `<!-- paste: root only -->`: anywhere in a page that an ordinary user cannot follow, as it says itself.
 */
export interface Step {
  readonly page: string;
  readonly line: number;
  readonly kind: "commands" | "file";
  readonly lines: readonly string[];
  readonly path?: string;
  readonly terminal?: string;
  readonly interruptBefore?: string;
  readonly interruptAt?: string;
  /** Why it is not done here. */
  readonly exception?: string;
}

const FENCE = /^( *)```(\w*)\s*$/;
const DIRECTIVE = /^<!-- paste: (.+) -->$/;

export function isRootOnly(text: string): boolean {
  return /^<!-- paste: root only -->$/m.test(text);
}

/** The blocks of a page that have to be done, and those that a directive excepts. Blocks in other languages are examples. */
export function stepsOf(page: string, text: string): Step[] {
  const steps: Step[] = [];
  let directives: string[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const directive = DIRECTIVE.exec(line)?.[1];
    if (directive !== undefined) {
      if (directive !== "root only") directives.push(directive);
      continue;
    }
    const [, indent, language] = FENCE.exec(line) ?? [];
    if (indent === undefined) {
      if (line.trim() !== "" && directives.length > 0)
        throw new Error(`${page}:${index}: a directive stands above a block`);
      continue;
    }
    const end = lines.findIndex((other, at) => at > index && other === `${indent}\`\`\``);
    const content = lines.slice(index + 1, end).map((other) => other.slice(indent.length));
    const step = readDirectives({ page, line: index + 2, lines: content }, directives);
    if (step.kind === "file" || language === "sh") steps.push(step);
    directives = [];
    index = end;
  }
  return steps;
}

function readDirectives(block: Pick<Step, "page" | "line" | "lines">, directives: readonly string[]): Step {
  let step: Step = { ...block, kind: "commands" };
  for (const directive of directives) {
    const [, word, value = ""] = /^(not here,|file|terminal|Ctrl-C in terminal|Ctrl-C at) (.+)$/.exec(directive) ?? [];
    switch (word) {
      case "not here,":
        step = { ...step, exception: value };
        break;
      case "file":
        step = { ...step, kind: "file", path: value };
        break;
      case "terminal":
        step = { ...step, terminal: value };
        break;
      case "Ctrl-C in terminal":
        step = { ...step, interruptBefore: value };
        break;
      case "Ctrl-C at":
        step = { ...step, interruptAt: value };
        break;
      default:
        throw new Error(`${block.page}:${block.line}: "${directive}" is no directive`);
    }
  }
  return step;
}

export interface PageCommand {
  readonly line: number;
  readonly text: string;
}

/** The commands of a block, each with all of its lines: what the shell waits for before it does anything. */
export function commandsOf(step: Step): PageCommand[] {
  const commands: PageCommand[] = [];
  let open: string[] = [];
  for (const [index, line] of step.lines.entries()) {
    open.push(line);
    const text = open.join("\n");
    if (!isWhole(text)) continue;
    if (/^\s*[^#\s]/m.test(text)) commands.push({ line: step.line + index - open.length + 1, text });
    open = [];
  }
  if (open.length > 0) throw new Error(`${step.page}:${step.line}: the block ends within a command`);
  return commands;
}

/** What a shell says to an unfinished command, a here-document included, it says on standard error. */
function isWhole(text: string): boolean {
  if (text.endsWith("\\")) return false;
  try {
    return execFileSync("bash", ["-c", 'bash -n -c "$0" 2>&1', text], { encoding: "utf8" }) === "";
  } catch {
    return false;
  }
}

/**
 * What an ordinary user reads for a line of a command or a file that ends with `# not root: WORD`: WORD in place of the last word before the comment.
 */
export function forOrdinaryUser(command: string): string {
  return command.replace(/\S+\s+# not root: (\S+)$/m, "$1");
}

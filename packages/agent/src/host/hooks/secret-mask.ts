/** What stands for a secret. */
export const MASK = "***";
/** A shorter value is in too many other words: masking it would change what a script says. */
export const MIN_MASKED_CHARACTERS = 6;
/** An unfinished line is held until it ends, so that no secret is cut in two; a longer one is cut between words. */
const MAX_HELD_CHARACTERS = 64 * 1024;
const MAX_WORD_CHARACTERS = 4 * 1024;
const CUTS_TRIED = 8;
/** Not a power of two: a secret that is repeated has another length. */
const CUT_STEP_CHARACTERS = 97;
/** A key of 16,384 bits has 270. */
const MAX_KEY_LINES = 400;

const LINE_END = /[\r\n]/;
const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;
const KEY_ENDS = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;

/** The end of a name; what is before it does not matter. */
const NAME =
  "(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|credential)s?(?:[_-]?(?:id|key|value|base))?";
const NO_SECRET = "(?!(?:true|false|null|none|undefined|yes|no)\\b)";
/**
 * Forms that nothing but a secret has, or that say so themselves. What is before it, and after it, stays. Each begins with something rare, so that a line
 * without it costs little, whatever is in it.
 */
const KNOWN_FORMS: readonly { readonly form: RegExp; readonly shown: string }[] = [
  // NAME=value and NAME="value", where the value is one word.
  { form: new RegExp(`(${NAME}=)${NO_SECRET}(?!["'$*])[^\\s"'&;,)]+`, "gi"), shown: `$1${MASK}` },
  { form: new RegExp(`(${NAME}=)(["'])(?!\\$)[^"']+\\2`, "gi"), shown: `$1$2${MASK}$2` },
  // "NAME": "value", as in JSON.
  { form: new RegExp(`(${NAME}["']\\s{0,8}:\\s{0,8})(["'])[^"']+\\2`, "gi"), shown: `$1$2${MASK}$2` },
  {
    form: /(\bauthorization["']?\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token|digest)\s{1,8})[^\s"']+/gi,
    shown: `$1${MASK}`,
  },
  { form: /(\bbearer\s{1,8})[A-Za-z0-9._~+/-]{16,}=*/gi, shown: `$1${MASK}` },
  { form: /(:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,1024}@/g, shown: `$1${MASK}@` },
  { form: /(\bX-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"']+/gi, shown: `$1${MASK}` },
  { form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, shown: MASK },
  { form: /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g, shown: MASK },
  { form: /\bgithub_pat_[A-Za-z0-9_]{20,}\b/g, shown: MASK },
  { form: /\bglpat-[A-Za-z0-9_-]{20,}/g, shown: MASK },
  { form: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, shown: MASK },
  // Not after a hyphen, which may be a part of one: each would be a beginning of its own, and a line of them takes time in the square of its length.
  { form: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g, shown: MASK },
];

/** Takes the secrets out of one line. */
export type LineMask = (line: string) => string;

/** @param values what is never shown, wherever it is; lines of its own each, if it has several */
export function outputMask(values: readonly string[], hasKnownForms: boolean): OutputMask {
  const secrets = [...new Set(values.flatMap((value) => value.split(LINE_END)).map((line) => line.trim()))]
    .filter((line) => line.length >= MIN_MASKED_CHARACTERS)
    // A value that contains another one goes first.
    .sort((one, other) => other.length - one.length);
  const forms = hasKnownForms ? KNOWN_FORMS : [];
  const mask = (line: string) => {
    let shown = line;
    for (const secret of secrets) shown = shown.replaceAll(secret, MASK);
    for (const { form, shown: replacement } of forms) shown = shown.replace(form, replacement);
    return shown;
  };
  return { line: mask, hasKnownForms };
}

/** Of a key's body: a long run of base64, a line with nothing else, or a header of the key's (RFC 1421, RFC 4880). */
const KEY_LINE =
  /[A-Za-z0-9+/]{40}|^\s*=?[A-Za-z0-9+/]+={0,2}\s*$|^\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID): |(?:\s|^)[A-Za-z0-9+/]+={1,2}\s*$/;

/**
 * Knows, line by line, what is inside of a private key: its own lines say nothing of what they are. A line that cannot be of a key is shown: it may say why
 * the script fails.
 */
export class KeyLines {
  #lines = 0;

  /** Whether the line is of a key's body. The lines that begin and end it are not. */
  isBody(line: string): boolean {
    const begins = line.includes("-----") && KEY_BEGINS.test(line);
    if (this.#lines === 0 || begins) {
      this.#lines = begins && !KEY_ENDS.test(line) ? 1 : 0;
      return false;
    }
    this.#lines += 1;
    const isOver = this.#lines > MAX_KEY_LINES || (line.includes("-----") && KEY_ENDS.test(line));
    if (isOver) this.#lines = 0;
    return !isOver && KEY_LINE.test(line);
  }
}

/** What an event's output is masked with. */
export interface OutputMask {
  readonly line: LineMask;
  readonly hasKnownForms: boolean;
}

/** The same for text that comes in pieces: what is not yet a whole line waits for the rest. */
export class StreamMask {
  readonly #mask: LineMask;
  readonly #keys: KeyLines | undefined;
  #held = "";

  constructor({ line, hasKnownForms }: OutputMask) {
    this.#mask = line;
    this.#keys = hasKnownForms ? new KeyLines() : undefined;
  }

  push(text: string): string {
    const pieces = `${this.#held}${text}`.split(/(?<=[\r\n])/);
    this.#held = "";
    const last = pieces.at(-1) ?? "";
    if (!LINE_END.test(last.slice(-1))) this.#held = pieces.pop() ?? "";
    let shown = pieces.map((line) => this.#shown(line)).join("");
    // What is longer than a secret is seen beyond the cut, so that none is cut in two.
    while (this.#held.length > MAX_HELD_CHARACTERS + MAX_WORD_CHARACTERS) {
      const cut = cutOutsideSecrets(this.#held, this.#mask);
      shown += this.#shown(this.#held.slice(0, cut));
      this.#held = this.#held.slice(cut);
    }
    return shown;
  }

  end(): string {
    const shown = this.#shown(this.#held);
    this.#held = "";
    return shown;
  }

  #shown(line: string): string {
    const text = line.replace(/[\r\n]+$/, "");
    const end = line.slice(text.length);
    if (text === "") return line;
    return `${this.#keys?.isBody(text) ? MASK : this.#mask(text)}${end}`;
  }
}

/** A place where both parts are masked as the whole is; between words, if there are any. */
function cutOutsideSecrets(text: string, mask: LineMask): number {
  const start = MAX_HELD_CHARACTERS - MAX_WORD_CHARACTERS;
  const around = text.slice(start, MAX_HELD_CHARACTERS + MAX_WORD_CHARACTERS);
  const whole = mask(around);
  const isOutside = (at: number) => mask(around.slice(0, at)) + mask(around.slice(at)) === whole;
  let at = MAX_WORD_CHARACTERS;
  for (let tries = 0; tries < CUTS_TRIED && at > 0; tries += 1) {
    const space = around.lastIndexOf(" ", at - 1);
    if (space === -1) break;
    at = space;
    if (isOutside(at + 1)) return start + at + 1;
  }
  for (at = MAX_WORD_CHARACTERS; at > 0; at -= CUT_STEP_CHARACTERS) if (isOutside(at)) return start + at;
  return MAX_HELD_CHARACTERS;
}

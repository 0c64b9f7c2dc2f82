import type { Command } from "../commands.ts";

/** How well each word stands in a text: at its beginning, at the beginning of a word of it, or anywhere. */
const AT_START = 3;
const AT_WORD = 2;
const ANYWHERE = 1;
/** A title says more about a command than what is beneath it. */
const OF_TITLE = 4;

/** How well a command fits what was typed: 0 is not at all, more is better. Every word has to be in it; nothing typed fits everything. */
export function matchScore({ title, subtitle = "", keywords = [] }: Command, text: string): number {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const name = title.toLowerCase();
  const rest = [subtitle, ...keywords].map((each) => each.toLowerCase());
  let score = 0;
  for (const word of words) {
    const best = Math.max(OF_TITLE * place(name, word), ...rest.map((each) => place(each, word)));
    if (best === 0) return 0;
    score += best;
  }
  return score;
}

function place(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return AT_START;
  return isWordStart(text, word) ? AT_WORD : ANYWHERE;
}

function isWordStart(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (/[^\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
  }
  return false;
}

/** Those that fit, the best first; equal ones keep their order. */
export function bestMatches(commands: readonly Command[], text: string, most: number): Command[] {
  return commands
    .map((command) => ({ command, score: matchScore(command, text) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ command }) => command);
}

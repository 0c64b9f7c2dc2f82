/** A pattern as numbers: what is not negative is a UTF-16 code unit that stands for itself. */
export type Pattern = readonly number[];

/** `*`: any characters, or none. */
export const ANY_TEXT = -1;
/** `?`: exactly one character. */
export const ANY_CHARACTER = -2;

/** What a pattern is compared with: a string, or in a test something that counts the looks. */
export interface Characters {
  readonly length: number;
  charCodeAt(index: number): number;
}

/** `text` with its wildcards. */
export function patternOf(text: string): number[] {
  const pattern: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    const code = character === 0x2a ? ANY_TEXT : character === 0x3f ? ANY_CHARACTER : character;
    // Two asterisks say no more than one.
    if (code !== ANY_TEXT || pattern.at(-1) !== ANY_TEXT) pattern.push(code);
  }
  return pattern;
}

/** `text` with nothing in it that stands for anything else. */
export function literalOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/**
 * Whether the whole of `text` is as `pattern` says. Only the last asterisk passed is ever tried again, one character further on: what an
 * earlier one stands for need not change, as the least that it can stand for leaves most to those after it. So there are at most
 * pattern × text looks, whatever a hostile pattern has.
 */
export function matchesWildcards(pattern: Pattern, text: Characters): boolean {
  const patternEnd = pattern.length;
  const textEnd = text.length;
  let at = 0;
  let patternAt = 0;
  let asterisk = -1;
  let resumeAt = 0;
  while (at < textEnd) {
    const code = patternAt < patternEnd ? (pattern[patternAt] as number) : Number.NaN;
    if (code === ANY_TEXT) {
      patternAt += 1;
      if (patternAt === patternEnd) return true;
      asterisk = patternAt;
      resumeAt = at;
    } else if (code === ANY_CHARACTER || code === text.charCodeAt(at)) {
      patternAt += 1;
      at += 1;
    } else if (asterisk >= 0) {
      resumeAt += 1;
      at = resumeAt;
      patternAt = asterisk;
    } else {
      return false;
    }
  }
  while (patternAt < patternEnd && pattern[patternAt] === ANY_TEXT) patternAt += 1;
  return patternAt === patternEnd;
}

/** Whether any text at all is as both patterns say. */
export function patternsOverlap(one: Pattern, other: Pattern): boolean {
  // reached[column]: the first `row` of `one` and the first `column` of `other` can stand for the same text.
  let reached: boolean[] = [true];
  for (let column = 0; column < other.length; column++) {
    reached.push((reached[column] ?? false) && other[column] === ANY_TEXT);
  }
  for (const code of one) {
    const next: boolean[] = [(reached[0] ?? false) && code === ANY_TEXT];
    for (const [column, otherCode] of other.entries()) {
      const both = reached[column] ?? false;
      const isOneLonger = reached[column + 1] ?? false;
      const isOtherLonger = next[column] ?? false;
      if (code === ANY_TEXT || otherCode === ANY_TEXT) {
        next.push(
          both ||
            (code === ANY_TEXT && isOtherLonger) ||
            (otherCode === ANY_TEXT && isOneLonger) ||
            (code === ANY_TEXT && isOneLonger) ||
            (otherCode === ANY_TEXT && isOtherLonger),
        );
      } else {
        next.push(both && (code === otherCode || code === ANY_CHARACTER || otherCode === ANY_CHARACTER));
      }
    }
    reached = next;
  }
  return reached[other.length] ?? false;
}

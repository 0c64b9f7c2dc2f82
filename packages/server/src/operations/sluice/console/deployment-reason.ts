import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_REASON_CHARACTERS } from "@sluice/model/limits.ts";

/** Controls, line feeds among them, and halves of surrogate pairs. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** A reason as it is kept: one line. Throws ValidationException. */
export function requireReason(reason: string | undefined): string {
  const text = (reason ?? "").trim();
  if (text === "") throw refused("reason is empty: say why, in a sentence. It is kept with the deployment");
  if (text.length > MAX_REASON_CHARACTERS) {
    throw refused(`reason has ${text.length} characters: write at most ${MAX_REASON_CHARACTERS}`);
  }
  if (UNFIT.test(text)) throw refused("reason has control characters or line feeds: write one line of text");
  return text;
}

function refused(message: string): CallerFault {
  return new CallerFault("ValidationException", `${message}.`);
}

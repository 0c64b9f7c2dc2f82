import type { JoinAddress } from "@sluice/model/join-command.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { JOIN_SCRIPT_TEXT } from "./join-script-text.ts";

/** The same for everybody but for the address and the pin. */
export function joinScript({ server, pin = "" }: JoinAddress): string {
  return JOIN_SCRIPT_TEXT.replace(/^server=$/m, () => `server=${shellWord(server)}`).replace(
    /^pin=$/m,
    () => `pin=${shellWord(pin)}`,
  );
}

import type { JoinAddress } from "@sluice/model/join-command.ts";
import { JOIN_SCRIPT_TEXT } from "./join-script-text.ts";

/** The same for everybody but for the address and the pin. */
export function joinScript({ server, pin = "" }: JoinAddress): string {
  return JOIN_SCRIPT_TEXT.replace(/^server=$/m, () => `server=${quoted(server)}`).replace(
    /^pin=$/m,
    () => `pin=${quoted(pin)}`,
  );
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

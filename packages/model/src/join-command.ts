import { shellWord } from "./shell-word.ts";

/** Where a host finds its server, and by what it knows it. */
export interface JoinAddress {
  /** `https://HOST:PORT` */
  readonly server: string;
  /** `sha256//BASE64` of the public key of the server's certificate, as curl and wget take it; undefined: the host's own authorities, or no TLS. */
  readonly pin: string | undefined;
}

export const JOIN_SCRIPT_PATH = "/-/join.sh";

/** What runs in the place of a script that did not come: curl has said why, but not what to do. */
const NO_SCRIPT =
  'echo "No script came. Does the server run, and does this host reach it? For a new line: sluice token create" >&2; exit 1';

/**
 * The line by which a host joins. `printf` is a part of the shell: the token is in no list of processes, and in no URL. Without the script, or with half of it,
 * the line fails: a shell that gets nothing to run would say that all went well.
 */
export function joinCommand({ server, pin }: JoinAddress, token: string): string {
  const pinned = pin === undefined ? "" : ` -k --pinnedpubkey ${pin}`;
  return `printf '%s\\n' ${shellWord(token)} | sudo sh -c "$(curl -fsS${pinned} ${shellWord(`${server}${JOIN_SCRIPT_PATH}`)} || echo '${NO_SCRIPT}')" join.sh`;
}

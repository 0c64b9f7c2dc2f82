import { JOIN_SCRIPT_TEXT } from "./join-script-text.ts";

/** Where a host finds its server, and by what it knows it. */
export interface JoinAddress {
  /** `https://HOST:PORT` */
  readonly server: string;
  /** SHA-256 of the public key of the server's certificate, in hex; undefined: the host's own authorities, or no TLS. */
  readonly keyFingerprint: string | undefined;
}

export const JOIN_SCRIPT_PATH = "/-/join.sh";

/** The same for everybody but for the address and the pin. */
export function joinScript({ server, keyFingerprint }: JoinAddress): string {
  return JOIN_SCRIPT_TEXT.replace(/^server=$/m, () => `server=${quoted(server)}`).replace(
    /^pin=$/m,
    () => `pin=${quoted(keyFingerprint === undefined ? "" : pinOf(keyFingerprint))}`,
  );
}

/**
 * The line by which a host joins. `printf` is part of the shell: the token is in no list of processes, and in no URL.
 * @param token what stands in its place where it is not to be shown
 */
export function joinCommand({ server, keyFingerprint }: JoinAddress, token: string, name?: string): string {
  const pin = keyFingerprint === undefined ? "" : ` -k --pinnedpubkey ${pinOf(keyFingerprint)}`;
  const options = name === undefined ? "" : ` --name ${quoted(name)}`;
  return `printf '%s\\n' ${token} | sudo sh -c "$(curl -fsS${pin} ${server}${JOIN_SCRIPT_PATH})" join.sh${options}`;
}

/** As curl and wget take it. */
function pinOf(keyFingerprint: string): string {
  return `sha256//${Buffer.from(keyFingerprint, "hex").toString("base64")}`;
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

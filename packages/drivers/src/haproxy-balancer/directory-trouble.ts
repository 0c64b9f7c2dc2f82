/** HAProxy allows 107 bytes for a socket, and needs some of them while it binds a new one. */
const MAX_DIRECTORY_BYTES = 80;
/** Its command line reads a comma in a socket's path as the end of it. */
const USABLE_DIRECTORY = /^\/[A-Za-z0-9_./@+=~-]*$/;

/** Why HAProxy cannot have its files there, or undefined. */
export function directoryTrouble(directory: string): string | undefined {
  if (!USABLE_DIRECTORY.test(directory))
    return `the data directory ${directory} cannot be HAProxy's: use A-Z a-z 0-9 _ . / @ + = ~ -`;
  if (Buffer.byteLength(directory) <= MAX_DIRECTORY_BYTES) return undefined;
  return `the data directory ${directory} has too long a path for HAProxy's sockets: use at most ${MAX_DIRECTORY_BYTES} bytes`;
}

/** Where an agent keeps what it has, as the guide has it. */
const DATA_DIRECTORY = "/var/lib/sluice-agent";

/** Of the shell, between single quotes. A token has none; what is pasted is safe whatever it has. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * What a person pastes into a shell of the host. The token comes by standard input: on the command line every user of the host could read it.
 * @param server by which the host reaches the server
 */
export function joinCommand(server: string, token: string): string {
  return [
    `printf '%s\\n' ${quoted(token)} |`,
    `  sluice agent enroll --server ${quoted(server)} --token-file - --data ${DATA_DIRECTORY} --name "$(hostname)" &&`,
    `  sluice agent run --data ${DATA_DIRECTORY}`,
  ].join("\n");
}

/** Whether other machines cannot reach the server under the URL by which this browser does. */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

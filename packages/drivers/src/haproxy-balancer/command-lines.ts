/** HAProxy reads a line of commands into a buffer of 16 KiB. */
const MAX_COMMAND_CHARACTERS = 8_000;

/** As few lines as fit. */
export function commandLines(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + command.length < MAX_COMMAND_CHARACTERS)
      lines[lines.length - 1] = `${last};${command}`;
    else lines.push(command);
  }
  return lines;
}

import type { Command } from "../commands.ts";

export interface CommandSection {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Commands under their headings, in the order in which the headings first occur. */
export function sectionsOf(commands: readonly Command[]): readonly CommandSection[] {
  const sections = new Map<string, Command[]>();
  for (const command of commands) {
    const section = sections.get(command.section) ?? [];
    sections.set(command.section, section);
    section.push(command);
  }
  return [...sections].map(([title, each]) => ({ title, commands: each }));
}

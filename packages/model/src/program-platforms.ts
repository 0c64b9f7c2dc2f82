/** What our programs run on, named as Node names systems and processors. */
export const PROGRAM_PLATFORMS = ["linux-x64", "linux-arm64"] as const;
export type ProgramPlatform = (typeof PROGRAM_PLATFORMS)[number];

export function isProgramPlatform(text: string): text is ProgramPlatform {
  return (PROGRAM_PLATFORMS as readonly string[]).includes(text);
}

/** A program that agents of a platform can be given. */
export interface AgentProgram {
  readonly version: string;
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** There is none; `cure` is a sentence that says what to do. */
export interface MissingAgentProgram {
  readonly cure: string;
}

/** Which program this server has for a platform (`linux-x64`), of that version, or of any when absent. */
export type FindAgentProgram = (
  platform: string,
  version?: string | undefined,
) => Promise<AgentProgram | MissingAgentProgram>;

export function isMissing(found: AgentProgram | MissingAgentProgram): found is MissingAgentProgram {
  return "cure" in found;
}

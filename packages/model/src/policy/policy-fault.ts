/** Where in a text something stands, both counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * What is wrong with a policy: `path` is the member (`Statement[0].Effect`; empty for the document as a whole), `problem` the end of a
 * sentence that names the value and the cure.
 */
export class PolicyFault extends Error {
  readonly policy: string;
  readonly path: string;
  readonly problem: string;
  readonly place: TextPlace;

  constructor(policy: string, path: string, problem: string, place: TextPlace) {
    super(`${path === "" ? `the policy ${policy}` : `${path} of the policy ${policy}`} ${problem}`);
    this.name = "PolicyFault";
    this.policy = policy;
    this.path = path;
    this.problem = problem;
    this.place = place;
  }
}

/** Where the members of one operation's input or output are that are not in the JSON body. */
export interface MemberPlaces {
  /** In the path: `{FunctionName}`. */
  readonly labels?: readonly string[];
  /** A member to the name of its query parameter. */
  readonly query?: Readonly<Record<string, string>>;
  /** A member to the name of its header, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that is the whole body, as bytes. */
  readonly payload?: string;
  /** The member that is the answer's status. */
  readonly statusCode?: string;
}

/** How an operation of a REST service is called and answered. */
export interface HttpBinding {
  readonly method: string;
  /** `/2015-03-31/functions/{FunctionName}`. */
  readonly path: string;
  /** Of an answer that is no fault. */
  readonly status: number;
  readonly input: MemberPlaces;
  readonly output: MemberPlaces;
}

export type HttpBindings<Operation extends PropertyKey = string> = { readonly [Name in Operation]: HttpBinding };

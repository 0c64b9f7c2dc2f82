/** The service answered with an error. `code` is the wire code, such as `ApplicationDoesNotExistException`. */
export class ServiceError extends Error {
  readonly code: string;
  readonly statusCode: number;
  readonly requestId: string | undefined;

  constructor(code: string, message: string, statusCode: number, requestId: string | undefined) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.statusCode = statusCode;
    this.requestId = requestId;
  }
}

/** There was no answer that could be understood. The message names the endpoint, and `cause` is what happened below. */
export class TransportError extends Error {
  readonly endpoint: string;
  /** The message without the endpoint. */
  readonly problem: string;

  constructor(endpoint: string, problem: string, options?: ErrorOptions) {
    super(`${endpoint}: ${problem}`, options);
    this.name = "TransportError";
    this.endpoint = endpoint;
    this.problem = problem;
  }
}

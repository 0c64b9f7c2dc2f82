/** What was asked for cannot be meant: an option has a value that it does not take. The command line exits with the status of a wrong use. */
export class WrongOptionError extends Error {
  override readonly name: string = "WrongOptionError";
}

const DIGITS = "0123456789";

/** `ecs-svc/` and 19 digits, of which the first is not 0. */
export function newTaskSetId(randomText: (alphabet: string, length: number) => string): string {
  return `ecs-svc/${randomText(DIGITS.slice(1), 1)}${randomText(DIGITS, 18)}`;
}

/** Between attempts: doubled each time, up to the maximum. */
const RETRY_FIRST_MILLISECONDS = 250;
const MAX_RETRY_MILLISECONDS = 30_000;
/** After this many attempts the effect has failed, if its kind can fail. */
export const MAX_ATTEMPTS = 8;

/** @param attempts how often it was tried, in vain */
export function pauseAfter(attempts: number): number {
  return Math.min(MAX_RETRY_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (attempts - 1));
}

/** How long it goes on being tried, apart from what the attempts themselves take. */
export function pausesLeft(attempts: number): number {
  let left = 0;
  for (let attempt = attempts; attempt < MAX_ATTEMPTS; attempt++) left += pauseAfter(attempt);
  return left;
}

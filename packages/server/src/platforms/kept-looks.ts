/** How long an answer is told again: whoever polls a deployment's target asks a platform no oftener than this. */
const KEPT_MILLISECONDS = 1_000;
/** How long a caller waits for a platform, and then is told what is stored. */
const LOOK_TIMEOUT_MILLISECONDS = 2_000;
/** Answers of one kind that are kept at once. */
const MAX_KEPT_LOOKS = 200;

interface Look<Answer> {
  readonly at: number;
  readonly answer: Promise<Answer>;
}

/**
 * Questions to a platform for people who look: each is asked once a second at most, and has the platform's time-out in its signal.
 * @param now epoch milliseconds
 * @param keyOf what tells questions apart
 */
export function keptLooks<Question, Answer>(
  ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
  now: () => number,
  keyOf: (question: Question) => string = JSON.stringify,
): (question: Question) => Promise<Answer> {
  const looks = new Map<string, Look<Answer>>();
  return (question) => {
    const key = keyOf(question);
    const known = looks.get(key);
    // A clock that was set back makes an answer no younger.
    if (known && Math.abs(now() - known.at) < KEPT_MILLISECONDS) return known.answer;
    looks.delete(key);
    const look = { at: now(), answer: ask(question, AbortSignal.timeout(LOOK_TIMEOUT_MILLISECONDS)) };
    looks.set(key, look);
    const oldest = looks.keys().next().value;
    if (looks.size > MAX_KEPT_LOOKS && oldest !== undefined) looks.delete(oldest);
    return look.answer;
  };
}

/** Undefined: not known in time, also by a driver that does not look at its signal. */
export async function inTime<Value>(ask: () => Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let giveUp = () => {};
  const late = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    // Not known is an answer here; whoever needs the service hears from the deployment why it is away.
    return undefined;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

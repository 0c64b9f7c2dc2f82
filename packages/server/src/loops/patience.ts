/** What was waited for did not come in time. It may come yet. */
export class OutOfPatience extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = "OutOfPatience";
  }
}

/** Waits for an answer, and rejects with {@link OutOfPatience} when it takes too long; what it is then is nobody's concern. */
export async function withinPatience<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfPatience(milliseconds)), milliseconds);
  });
  try {
    return await Promise.race([answer, end]);
  } finally {
    clearTimeout(timer);
  }
}

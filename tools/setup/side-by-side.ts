/** Work that is done side by side: when a part fails, the others are asked to stop, for the same reason. */
export class SideBySide {
  private readonly failure = new AbortController();
  /** For all parts. Its reason is the error of the part that failed. */
  readonly signal: AbortSignal;

  constructor(outer?: AbortSignal) {
    this.signal = outer === undefined ? this.failure.signal : AbortSignal.any([outer, this.failure.signal]);
  }

  async part<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failure.abort(error);
      throw error;
    }
  }
}

/** Like Promise.all, but no part is still at work when it throws. */
export async function allEnded<T extends readonly unknown[] | []>(
  works: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

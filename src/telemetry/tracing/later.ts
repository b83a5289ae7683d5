/** Work that no answer has to wait for: done when the event loop comes round, in its order. */
export interface Later {
  put(work: () => void): void;
  /** Does now what is left. */
  finish(): void;
}

/** Where the event loop is kept from coming round, so much may wait; then all of it is done at once. */
const MOST = 256;

export function createLater(): Later {
  let waiting: (() => void)[] = [];
  const finish = (): void => {
    const due = waiting;
    waiting = [];
    for (const work of due) work();
  };
  return {
    put(work) {
      waiting.push(work);
      if (waiting.length === 1) setImmediate(finish);
      else if (waiting.length >= MOST) finish();
    },
    finish,
  };
}

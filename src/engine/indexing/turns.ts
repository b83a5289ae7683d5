/**
 * Runs asynchronous writes one after another, in the order of the calls. One that fails fails its caller only; the
 * next begins all the same.
 */
export function createTurns(): <T>(write: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (write) => {
    const turn = last.then(write);
    last = turn.catch(() => {});
    return turn;
  };
}

import { fork } from 'node:child_process';

/** Sends an order to a process of its own, which is gone afterwards, and waits for the one message that it answers with. */
export async function inOwnProcess<Answer>(entry: URL, order: object): Promise<Answer> {
  const child = fork(entry);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      child.once('message', (answer) => resolve(answer as Answer));
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`${entry.pathname} ended with ${signal ?? `code ${code}`}`)),
      );
      child.send(order);
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

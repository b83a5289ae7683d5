import type { Channel } from '../../../src/server/cluster/calls.ts';

/** Two ends of a way within this process. Messages are copied and arrive later, in order, as those between processes do. */
export function channelPair(): { here: Channel; there: Channel; cut: () => void } {
  let open = true;
  const goneListeners: (() => void)[] = [];
  const listeners: Record<'here' | 'there', ((message: unknown) => void)[]> = { here: [], there: [] };
  const end = (to: 'here' | 'there', own: 'here' | 'there'): Channel => ({
    send(message) {
      if (!open) throw new Error('the channel is closed');
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        if (open) for (const listener of listeners[to]) listener(copy);
      });
    },
    onMessage: (listener) => listeners[own].push(listener),
    onGone: (listener) => goneListeners.push(listener),
  });
  return {
    here: end('there', 'here'),
    there: end('here', 'there'),
    cut() {
      if (!open) return;
      open = false;
      for (const listener of goneListeners) listener();
    },
  };
}

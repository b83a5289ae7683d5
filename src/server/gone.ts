import type { ServerResponse } from 'node:http';

/** A signal that aborts when the caller goes away before the response is out. */
export function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const check = (): void => {
    if (!response.writableFinished) gone.abort(new Error('the caller has gone away'));
  };
  if (response.closed) check();
  else response.once('close', check);
  return gone.signal;
}

/** Calls the listener once, when the response is out, or when the caller has gone away before. */
export function whenOver(response: ServerResponse, listener: (how: 'sent' | 'gone') => void): void {
  const over = (how: 'sent' | 'gone'): void => {
    response.off('finish', sent);
    response.off('close', gone);
    listener(how);
  };
  const sent = (): void => over('sent');
  const gone = (): void => over('gone');
  response.once('finish', sent);
  response.once('close', gone);
}

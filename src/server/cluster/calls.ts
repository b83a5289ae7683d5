import { CATALOGUE, type ErrorCode, GroundspeedError, messageOf } from '../../kernel/errors.ts';

/** One end of a way between two processes that carries plain data, in order. */
export interface Channel {
  /** May throw where the other end is gone. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

/** What can be asked of one end: by name, what is given and what comes back. */
export type Methods = Record<string, { readonly given: unknown; readonly back: unknown }>;

export type Handlers<Own extends Methods> = {
  readonly [Name in keyof Own]: (given: Own[Name]['given']) => Promise<Own[Name]['back']>;
};

/** An error as data. */
interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly where?: string | undefined;
  readonly problems: readonly string[];
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly given: unknown }
  | { readonly kind: 'back'; readonly id: number; readonly back: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError };

/** Marks our messages: node:cluster and others send theirs on the same way. */
const MARK = 'groundspeed.call';

/** A call that waits for what comes back. */
interface Waiting {
  readonly resolve: (back: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls both ways over one channel: `call` asks the other end, the handlers answer it. Errors of the catalogue arrive as
 * what they were. When the other end goes, all that waits for it fails with `engine.closed`.
 */
export class Peer<Own extends Methods, Other extends Methods> {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #gone = false;

  constructor(channel: Channel, handlers: Handlers<Own>) {
    this.#channel = channel;
    channel.onMessage((message) => {
      const ours = ourMessage(message);
      if (ours !== undefined) this.#receive(ours, handlers);
    });
    channel.onGone(() => this.#lose());
  }

  call<Name extends keyof Other & string>(
    name: Name,
    given: Other[Name]['given'],
  ): Promise<Other[Name]['back']> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(gone());
      this.#calls += 1;
      const id = this.#calls;
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#send({ kind: 'call', id, name, given });
    });
  }

  #receive(message: Message, handlers: Handlers<Own>): void {
    if (message.kind === 'call') {
      void this.#answer(message, handlers);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'back') waiting?.resolve(message.back);
    else waiting?.reject(receivedError(message.error));
  }

  async #answer(
    { id, name, given }: Extract<Message, { kind: 'call' }>,
    handlers: Handlers<Own>,
  ): Promise<void> {
    try {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (handler === undefined) throw new Error(`no process of the service knows how to ${name}`);
      this.#send({ kind: 'back', id, back: await handler(given) });
    } catch (error) {
      this.#send({ kind: 'failed', id, error: sentError(error) });
    }
  }

  #send(message: Message): void {
    try {
      if (!this.#gone) this.#channel.send({ [MARK]: message });
    } catch {
      this.#lose();
    }
  }

  #lose(): void {
    this.#gone = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

function ourMessage(message: unknown): Message | undefined {
  return (message as { readonly [MARK]?: Message } | null)?.[MARK];
}

function gone(): GroundspeedError {
  return new GroundspeedError('engine.closed', 'A process of the service ended on the way', {
    hint: 'It is replaced: ask again in a moment.',
  });
}

function sentError(error: unknown): SentError {
  if (!(error instanceof GroundspeedError)) {
    return { code: 'internal.bug', message: messageOf(error), problems: [] };
  }
  const { code, message, hint, where, problems } = error;
  return { code, message, hint, where, problems };
}

function receivedError({ code, message, hint, where, problems }: SentError): GroundspeedError {
  return new GroundspeedError(Object.hasOwn(CATALOGUE, code) ? code : 'internal.bug', message, {
    problems,
    ...(hint !== undefined && { hint }),
    ...(where !== undefined && { where }),
  });
}

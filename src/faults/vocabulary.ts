import { type EffectKind, ERROR_CLASSES, type ErrorClass, type Target } from './fault.ts';

/** A kind of fault as it is written, and as the documentation explains it. */
interface Word {
  readonly word: EffectKind;
  readonly means: string;
  /** One that can be read, with a target that knows it. */
  readonly example: string;
}

export const KINDS: readonly Word[] = [
  {
    word: 'error',
    means: 'calls fail at once; a class or an HTTP status says how',
    example: 'embedder: error http5xx',
  },
  {
    word: 'timeout',
    means: 'calls are never answered, until the caller gives up or the drill ends',
    example: 'embedder: timeout 30% from 10s to 25s',
  },
  {
    word: 'latency',
    means: 'calls take longer: a fixed time, or one drawn for each call',
    example: 'generator: latency lognormal(200ms, 0.5)',
  },
  { word: 'drip', means: 'the reply comes, but slowly', example: 'generator: drip 5 tokens/s' },
  {
    word: 'truncate',
    means: 'the reply ends early without saying so, after half of it or the share after "keeping"',
    example: 'http: truncate keeping 40%',
  },
  { word: 'malformed', means: 'the reply does not keep to the protocol', example: 'http: malformed 10%' },
  {
    word: '429',
    means: 'calls are turned away for their rate, with Retry-After where a time is given',
    example: 'generator: 429 retry-after 2s',
  },
  {
    word: 'reset',
    means: 'the connection is torn down in the middle of the reply',
    example: 'http: reset 5%',
  },
  {
    word: 'corrupt',
    means:
      'vectors are wrong: noise (another direction; the default), nan, or dimension (a number is missing)',
    example: 'vectors: corrupt noise 10%',
  },
  { word: 'empty', means: 'nothing is found; a cache always misses', example: 'keywords: empty' },
  {
    word: 'jump',
    means: 'the calendar jumps; with "monotonic", the clock that durations are taken from does too',
    example: 'process: jump +1h at 10s',
  },
  { word: 'full', means: 'the disk takes no more; what it holds can be read', example: 'disk: full from 5s' },
  {
    word: 'memory',
    means: 'so much real memory is held',
    example: 'process: memory 200MB from 5s to 20s',
  },
  { word: 'kill', means: 'a process dies without a word (SIGKILL)', example: 'process: kill at 10s' },
  {
    word: 'hang',
    means: 'a process stands still, and goes on at the end (SIGSTOP, SIGCONT)',
    example: 'process: hang from 10s to 25s',
  },
];

/** What each target can suffer. What is missing would say nothing: a store that works in this turn cannot hang, for one. */
export const KINDS_OF: Readonly<Record<Target, readonly EffectKind[]>> = {
  embedder: ['error', 'timeout', 'latency', 'malformed', '429', 'reset', 'corrupt'],
  vectors: ['error', 'timeout', 'latency', 'truncate', 'corrupt', 'empty'],
  keywords: ['error', 'timeout', 'latency', 'truncate', 'empty'],
  generator: ['error', 'timeout', 'latency', 'drip', 'truncate', 'malformed', '429', 'reset'],
  cache: ['error', 'timeout', 'latency', 'reset', 'empty'],
  store: ['error', 'latency', 'empty'],
  http: ['error', 'timeout', 'latency', 'drip', 'truncate', 'malformed', '429', 'reset', 'empty'],
  process: ['jump', 'memory', 'kill', 'hang'],
  disk: ['error', 'latency', 'full'],
};

const REMOTE: readonly ErrorClass[] = ['generic', 'http4xx', 'http5xx', 'connect', 'dns', 'reset'];

/** How each target can fail. A proxy that is reached has a name and takes connections: neither can be denied there. */
export const CLASSES_OF: Readonly<Record<Target, readonly ErrorClass[]>> = {
  embedder: REMOTE,
  vectors: ['generic', 'corrupt'],
  keywords: ['generic', 'corrupt'],
  generator: REMOTE,
  cache: ['generic', 'connect', 'dns', 'reset'],
  store: ['generic', 'busy', 'corrupt'],
  http: ['generic', 'http4xx', 'http5xx', 'reset'],
  process: [],
  disk: ['generic'],
};

/** What speaks HTTP, and so can fail with a status. */
export const SPEAKS_HTTP: ReadonlySet<Target> = new Set<Target>(['embedder', 'generator', 'http']);

/** The unit in which each target drips. */
export const DRIPS: Readonly<Partial<Record<Target, 'bytes' | 'tokens'>>> = {
  generator: 'tokens',
  http: 'bytes',
};

export const isErrorClass = (word: string): word is ErrorClass =>
  (ERROR_CLASSES as readonly string[]).includes(word);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/faults/fault.ts';
import { printFault, printFaults } from '../../src/faults/print.ts';
import { KINDS, KINDS_OF } from '../../src/faults/vocabulary.ts';
import { arbitraryFaults, faultOf, faultsOf } from './reading.ts';

const fault = (more: Partial<Fault>): Fault => ({
  target: 'embedder',
  effect: { kind: 'timeout' },
  share: 1,
  flap: null,
  fromMs: 0,
  toMs: null,
  ...more,
});

describe('a fault', () => {
  it.each<[string, Fault]>([
    ['embedder: timeout', fault({})],
    ['embedder: timeout 30% from 10s to 25s', fault({ share: 0.3, fromMs: 10_000, toMs: 25_000 })],
    ['embedder: timeout to 1min', fault({ toMs: 60_000 })],
    ['embedder: error', fault({ effect: { kind: 'error', error: 'generic', status: null } })],
    ['embedder: error 30%', fault({ effect: { kind: 'error', error: 'generic', status: null }, share: 0.3 })],
    [
      'http: error http5xx',
      fault({ target: 'http', effect: { kind: 'error', error: 'http5xx', status: null } }),
    ],
    ['http: error 502', fault({ target: 'http', effect: { kind: 'error', error: 'http5xx', status: 502 } })],
    [
      'http: error 404 5%',
      fault({ target: 'http', effect: { kind: 'error', error: 'http4xx', status: 404 }, share: 0.05 }),
    ],
    [
      'cache: error reset',
      fault({ target: 'cache', effect: { kind: 'error', error: 'reset', status: null } }),
    ],
    [
      'vectors: latency 200ms',
      fault({ target: 'vectors', effect: { kind: 'latency', delay: { kind: 'fixed', ms: 200 } } }),
    ],
    [
      'generator: latency lognormal(200ms, 0.5) 10%',
      fault({
        target: 'generator',
        effect: { kind: 'latency', delay: { kind: 'lognormal', medianMs: 200, sigma: 0.5 } },
        share: 0.1,
      }),
    ],
    [
      'http: latency uniform(50ms, 0.5s)',
      fault({
        target: 'http',
        effect: { kind: 'latency', delay: { kind: 'uniform', fromMs: 50, toMs: 500 } },
      }),
    ],
    [
      'http: latency exponential(1s)',
      fault({ target: 'http', effect: { kind: 'latency', delay: { kind: 'exponential', meanMs: 1000 } } }),
    ],
    [
      'http: drip 10 bytes/s',
      fault({ target: 'http', effect: { kind: 'drip', perSecond: 10, unit: 'bytes' } }),
    ],
    [
      'generator: drip 1 token/s',
      fault({ target: 'generator', effect: { kind: 'drip', perSecond: 1, unit: 'tokens' } }),
    ],
    ['http: truncate', fault({ target: 'http', effect: { kind: 'truncate', keep: 0.5 } })],
    [
      'http: truncate 40% keeping 10%',
      fault({ target: 'http', effect: { kind: 'truncate', keep: 0.1 }, share: 0.4 }),
    ],
    ['http: malformed', fault({ target: 'http', effect: { kind: 'malformed' } })],
    ['http: 429', fault({ target: 'http', effect: { kind: '429', retryAfterMs: null } })],
    [
      'generator: 429 retry-after 2s 50% from 5s',
      fault({ target: 'generator', effect: { kind: '429', retryAfterMs: 2000 }, share: 0.5, fromMs: 5000 }),
    ],
    ['http: 429 50%', fault({ target: 'http', effect: { kind: '429', retryAfterMs: null }, share: 0.5 })],
    ['http: reset', fault({ target: 'http', effect: { kind: 'reset' } })],
    [
      'cache: flap 2s up 3s down',
      fault({
        target: 'cache',
        effect: { kind: 'error', error: 'generic', status: null },
        flap: { upMs: 2000, downMs: 3000, first: 'up' },
      }),
    ],
    [
      'cache: timeout flap 3s down 2s up from 1s',
      fault({ target: 'cache', flap: { upMs: 2000, downMs: 3000, first: 'down' }, fromMs: 1000 }),
    ],
    [
      'vectors: corrupt 10%',
      fault({ target: 'vectors', effect: { kind: 'corrupt', how: 'noise' }, share: 0.1 }),
    ],
    ['embedder: corrupt nan 10%', fault({ effect: { kind: 'corrupt', how: 'nan' }, share: 0.1 })],
    ['keywords: empty', fault({ target: 'keywords', effect: { kind: 'empty' } })],
    [
      'process: jump +1h at 10s',
      fault({
        target: 'process',
        effect: { kind: 'jump', byMs: 3_600_000, monotonic: false },
        fromMs: 10_000,
      }),
    ],
    [
      'process: jump -30min',
      fault({ target: 'process', effect: { kind: 'jump', byMs: -1_800_000, monotonic: false } }),
    ],
    [
      'process: jump 1h monotonic from 1s to 2s',
      fault({
        target: 'process',
        effect: { kind: 'jump', byMs: 3_600_000, monotonic: true },
        fromMs: 1000,
        toMs: 2000,
      }),
    ],
    ['disk: full', fault({ target: 'disk', effect: { kind: 'full' } })],
    ['process: memory 200MB', fault({ target: 'process', effect: { kind: 'memory', bytes: 2e8 } })],
    [
      'process: memory 1.5 GiB',
      fault({ target: 'process', effect: { kind: 'memory', bytes: 1.5 * 2 ** 30 } }),
    ],
    ['process: kill at 10s', fault({ target: 'process', effect: { kind: 'kill' }, fromMs: 10_000 })],
  ])('%s', (text, expected) => {
    expect(faultOf(text)).toEqual(expected);
  });

  it.each([
    ['EMBEDDER:TIMEOUT 30 % FROM 10 S TO 25 S', 'embedder: timeout 30% from 10s to 25s'],
    ['embedder : timeout from 10s 30%', 'embedder: timeout 30% from 10s'],
    ['embedder: timeout 100%', 'embedder: timeout'],
    ['http: truncate keeping 50%', 'http: truncate'],
    ['vectors: corrupt noise', 'vectors: corrupt'],
    ['process: kill at 10000ms', 'process: kill at 10s'],
    ['process: jump 60min from 90s', 'process: jump +1h at 90s'],
    ['process: memory 0.2GB', 'process: memory 200MB'],
    ['cache: flap 500ms up 0.5min down', 'cache: error flap 500ms up 30s down'],
    ['http: latency 1500us', 'http: latency 1.5ms'],
  ])('written %s is printed as %s', (text, printed) => {
    expect(printFault(faultOf(text))).toBe(printed);
  });
});

describe('several faults', () => {
  it('are separated by semicolons and new lines, of which there may be more', () => {
    const text = ';embedder: timeout ; cache: empty;\n\nprocess: kill at 3s;';
    expect(faultsOf(text).map(({ target }) => target)).toEqual(['embedder', 'cache', 'process']);
  });

  it('may be of the same kind', () => {
    expect(faultsOf('http: latency 1s; http: latency 2s')).toHaveLength(2);
  });
});

describe('printing', () => {
  it('gives what is read back as the very same fault', () => {
    fc.assert(
      fc.property(arbitraryFaults, (one) => {
        expect(faultOf(printFault(one))).toEqual(one);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives one text for what means the same', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFaults, { minLength: 1, maxLength: 4 }), (faults) => {
        const text = printFaults(faults);
        expect(printFaults(faultsOf(text))).toBe(text);
        expect(printFaults(faultsOf(text.toUpperCase().replaceAll(' ', '\u00a0 ')))).toBe(text);
      }),
    );
  });
});

describe('the vocabulary', () => {
  it.each(KINDS.map(({ word, example }) => [word, example]))(
    '%s has an example of itself',
    (word, example) => {
      expect(faultOf(example!).effect.kind).toBe(word);
    },
  );

  it('has a word for whatever a target can suffer, and a target for each', () => {
    const words = KINDS.map(({ word }) => word).sort();
    expect([...new Set(Object.values(KINDS_OF).flat())].sort()).toEqual(words);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printFault } from '../../src/faults/print.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { arbitraryFaults, errorOf, faultsOf } from './reading.ts';

/** The fault, the caret drawn below it, what the message says, what the hint says. */
type Row = [fault: string, caret: string, message: string, hint: string];

function checks(rows: Row[]): void {
  it.each(rows)('%s', (text, caret, message, hint) => {
    const error = errorOf(() => faultsOf(text));
    expect(error).toMatchObject({ code: 'fault.syntax', exitCode: 2, where: '--fault', message, hint });
    expect(error.problems).toEqual([`${text.trimEnd()}\n    ${caret}`]);
  });
}

const TIMES = 'Units of time are us, ms, s, min and h.';

describe('a target', () => {
  const TARGETS = 'Targets are embedder, vectors, keywords, generator, cache, store, http, process and disk.';
  checks([
    ['nothing: timeout', '^', '"nothing" is no target.', TARGETS],
    ['embeder: timeout', '^', '"embeder" is no target.', 'Did you mean embedder?'],
    ['cache: empty; vector: empty', '              ^', '"vector" is no target.', 'Did you mean vectors?'],
    ['30% embedder', '^', '"30" is no target.', TARGETS],
    [': timeout', '^', '":" is no target.', TARGETS],
    ['embedder timeout', '         ^', 'No colon stands after "embedder".', 'Write embedder: timeout'],
    ['embedder', '        ^', 'No colon stands after "embedder".', 'Write embedder: error'],
  ]);
});

describe('a kind', () => {
  checks([
    ['embedder:', '         ^', 'Nothing stands after "embedder:".', 'Write for example: embedder: error'],
    ['embedder: timout', '          ^', '"timout" is no kind of fault.', 'Did you mean timeout?'],
    [
      'store: timeout',
      '       ^',
      '"timeout" is nothing that can happen to store.',
      'Kinds for store: error, latency, empty and flap.',
    ],
    [
      'process: flap 1s up 1s down',
      '         ^',
      '"flap" is no kind of fault.',
      'Kinds for process: jump, memory, kill and hang.',
    ],
    [
      'embedder: 503',
      '          ^',
      '"503" is no kind of fault.',
      'Kinds for embedder: error, timeout, latency, malformed, 429, reset, corrupt and flap.',
    ],
  ]);
});

describe('what belongs to a kind', () => {
  checks([
    ['embedder: error http6xx', '                ^', '"http6xx" says nothing here.', 'Did you mean http4xx?'],
    [
      'http: error dns',
      '            ^',
      'http cannot fail with "dns".',
      'Errors of http: generic, http4xx, http5xx, reset.',
    ],
    [
      'http: error 200',
      '            ^',
      '"200" is no HTTP status of an error.',
      'Statuses go from 400 to 599.',
    ],
    ['http: error 429', '            ^', '429 is a kind of its own.', 'Write http: 429 retry-after 2s.'],
    [
      'cache: error 500',
      '             ^',
      'cache has no HTTP status.',
      'Errors of cache: generic, connect, dns, reset.',
    ],
    [
      'cache: latency 200',
      '                  ^',
      'The time after "latency" has no unit.',
      'Write latency 200ms.',
    ],
    [
      'cache: latency 200 30%',
      '                   ^',
      'The time after "latency" has no unit.',
      'Write latency 200ms.',
    ],
    ['cache: latency', '              ^', 'No number stands after "latency".', 'Write latency 200ms.'],
    ['cache: latency 2 weeks', '                 ^', '"weeks" is no unit of time.', TIMES],
    [
      'cache: latency 0ms',
      '               ^',
      'The time must be above 0, and finite.',
      'Write latency 200ms.',
    ],
    [
      'cache: latency 1e999s',
      '               ^',
      'The time must be above 0, and finite.',
      'Write latency 200ms.',
    ],
    [
      'cache: latency lognorml(1s)',
      '               ^',
      '"lognorml" is no distribution.',
      'Did you mean lognormal?',
    ],
    [
      'cache: latency uniform(2s, 1s)',
      '                           ^',
      'The second time must be above the first.',
      'Write latency 200ms, or lognormal(200ms, 0.5), uniform(50ms, 500ms) or exponential(200ms).',
    ],
    [
      'cache: latency uniform 2s',
      '                       ^',
      '"2" stands where "(" should.',
      'Write latency 200ms, or lognormal(200ms, 0.5), uniform(50ms, 500ms) or exponential(200ms).',
    ],
    ['http: drip 10', '             ^', 'No unit stands after 10.', 'Write drip 10 bytes/s.'],
    [
      'http: drip 10 tokens/s',
      '              ^',
      '"tokens" is no rate at which http drips.',
      'Write drip 10 bytes/s.',
    ],
    [
      'http: 429 retryafter 2s',
      '          ^',
      '"retryafter" says nothing here.',
      'Did you mean retry-after?',
    ],
    ['embedder: corrupt nosie', '                  ^', '"nosie" says nothing here.', 'Did you mean noise?'],
    [
      'process: jump -1h monotonic',
      '              ^',
      'A monotonic clock never goes back.',
      'Leave "monotonic" out: the calendar alone goes back.',
    ],
    [
      'process: memory 200',
      '                   ^',
      'The size after "memory" has no unit.',
      'Write memory 200MB.',
    ],
    ['process: memory 0.1B', '                ^', 'That is no number of whole bytes.', 'Write memory 200MB.'],
    [
      'process: memory 5s',
      '                 ^',
      '"s" is no unit of size.',
      'Units of size are B, kB, MB, GB, KiB, MiB and GiB.',
    ],
  ]);
});

describe('a share', () => {
  checks([
    [
      'http: reset 0%',
      '            ^',
      '"0%" is out of range. A share lies above 0 % and goes up to 100 %.',
      'Leave the fault out.',
    ],
    [
      'http: reset 120%',
      '            ^',
      '"120%" is out of range. A share lies above 0 % and goes up to 100 %.',
      'Write 100%, or leave it out.',
    ],
    ['http: reset 5% 6%', '               ^', 'The share is given twice.', 'Keep one of the two.'],
    [
      'process: kill 5% at 1s',
      '              ^',
      'A share and "flap" are for calls; a process has none.',
      'Leave it out.',
    ],
    [
      'http: reset keeping 5%',
      '            ^',
      '"keeping" says where a reply is truncated; nothing is truncated here.',
      'Leave it out.',
    ],
    ['http: truncate keeping 5', '                        ^', 'No % stands after 5.', 'Write keeping 40%.'],
  ]);
});

describe('a time of the run', () => {
  checks([
    ['http: reset frm 5s', '            ^', '"frm" says nothing here.', 'Did you mean from?'],
    ['http: reset from', '                ^', 'No number stands after "from".', 'Write from 10s.'],
    ['http: reset from ten', '                 ^', '"ten" is no number.', 'Write from 10s.'],
    [
      'http: reset from 10s to 10s',
      '                        ^',
      'The fault would end before it begins.',
      'Write from 10s to 25s.',
    ],
    [
      'http: reset from 1s from 2s',
      '                    ^',
      '"from" is given twice.',
      'Keep one of the two.',
    ],
    [
      'http: reset at 5s',
      '            ^',
      '"at" is for a moment, and reset lasts.',
      'Write from 10s to 25s.',
    ],
    ['process: kill', '             ^', 'The moment of the kill is missing.', 'Write process: kill at 10s.'],
    [
      'process: kill from 5s',
      '              ^',
      'A process is killed at a moment.',
      'Write process: kill at 10s.',
    ],
    [
      'process: jump 1h at 5s to 9s',
      '                       ^',
      '"at" stands beside "from" or "to".',
      'Keep either the moment or the interval.',
    ],
    [
      'cache: flap 2s up 3s up',
      '                     ^',
      '"up" stands where "up" or "down" should.',
      'Write flap 2s up 3s down.',
    ],
    [
      'cache: flap 2s',
      '              ^',
      'Nothing stands where "up" or "down" should.',
      'Write flap 2s up 3s down.',
    ],
    [
      'http: reset, cache: empty',
      '           ^',
      '"," says nothing here.',
      'What may follow is a share (30%), from, to, at, flap and keeping.',
    ],
  ]);
});

describe('a text', () => {
  it.each(['', '  ', ';\n;'])('%j without a fault says so', (text) => {
    expect(errorOf(() => faultsOf(text))).toMatchObject({
      code: 'fault.syntax',
      message: 'There is no fault.',
      hint: 'Write for example: embedder: timeout 30% from 10s to 25s',
    });
  });

  it('of whatever characters is read, or refused with a caret', () => {
    const pieces = fc.constantFrom(
      ...[
        'embedder',
        'http',
        'process',
        ':',
        ';',
        'error',
        'latency',
        '429',
        '30',
        '%',
        's',
        'ms',
        'from',
        'to',
      ],
      ...[
        'at',
        'flap',
        'up',
        'down',
        '(',
        ',',
        ')',
        'lognormal',
        '-',
        'kill',
        ' ',
        '\n',
        '\u0007',
        '𝟘',
        '1e9',
      ],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 14 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          faultsOf(text);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GroundspeedError);
          expect((thrown as GroundspeedError).code).toBe('fault.syntax');
          expect((thrown as GroundspeedError).problems.length).toBe(text.trim() === '' ? 0 : 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('that lost its end is read, or refused as one that ends too early', () => {
    fc.assert(
      fc.property(arbitraryFaults, fc.nat(), (fault, cut) => {
        const text = printFault(fault);
        try {
          faultsOf(text.slice(0, cut % text.length));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GroundspeedError);
        }
      }),
    );
  });
});

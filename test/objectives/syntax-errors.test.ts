import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatSlo } from '../../src/objectives/format.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import { slos } from './arbitrary-slo.ts';
import { errorOf, MEASURES } from './reading.ts';

/** The SLO, the caret drawn below it, what the message says, what the hint says. */
type Row = [slo: string, caret: string, message: string, hint: string];

function checks(rows: Row[]): void {
  it.each(rows)('%s', (slo, caret, message, hint) => {
    const error = errorOf(slo);
    expect(error).toMatchObject({ code: 'slo.syntax', exitCode: 2, where: '--slo', message, hint });
    expect(error.problems).toEqual([`${slo}\n    ${caret}`]);
  });
}

const KNOWN =
  'An SLO can bound p95, mean, service.p95, ttft.p95, tpot.p95, error, attainment, right, goodput, throughput, cache, ' +
  'cost, cost.right, cost.good, ndcg@10, deadline, ttft.deadline and other measures.';
const EXAMPLE = 'Write for example: p95 < 200ms, error < 1%, attainment >= 95%, deadline 2s';
const SEPARATORS = 'Terms are separated by commas, semicolons, new lines or the word "and".';
const TIMES = 'Units of time are us, µs, ms, s and min.';

describe('an unknown name', () => {
  const unknown = (name: string) => `"${name}" is nothing that an SLO can bound.`;
  checks([
    ['frobnicate < 1', '^', unknown('frobnicate'), KNOWN],
    ['p95 < 1s, quux > 3', '          ^', unknown('quux'), KNOWN],
    ['attainmnt >= 95%', '^', unknown('attainmnt'), 'Did you mean attainment?'],
    ['GOODPTU >= 95/s', '^', unknown('goodptu'), 'Did you mean goodput?'],
    ['deadine 2s', '^', unknown('deadine'), 'Did you mean deadline?'],
    ['deadline2s', '^', unknown('deadline2s'), 'Did you mean deadline?'],
    ['tft.p99.9 < 1s', '^', unknown('tft.p99.9'), 'Did you mean ttft.p99.9?'],
    ['p95.ttft < 1s', '^', unknown('p95.ttft'), 'Did you mean ttft.p95?'],
    ['ndgc@7 >= .4', '^', unknown('ndgc@7'), 'Did you mean ndcg@7?'],
    ['recall >= .9', '^', unknown('recall'), 'Did you mean recall@10?'],
    ['evidence-recall >= .9', '^', unknown('evidence-recall'), 'Did you mean evidence-recall@2000tokens?'],
    ['avg < 1s', '^', unknown('avg'), 'Did you mean mean?'],
    ['rps >= 50/s', '^', unknown('rps'), 'Did you mean throughput?'],
    ['errors < 1%', '^', unknown('errors'), 'Did you mean error?'],
    ['error.p95 < 1s', '^', unknown('error.p95'), 'Did you mean error?'],
    ['ndcg@10.mean > .4', '^', unknown('ndcg@10.mean'), 'Did you mean ndcg@10?'],
    ['p95. < 1s', '^', unknown('p95.'), 'Did you mean p95?'],
    ['constructor < 1s', '^', unknown('constructor'), KNOWN],
  ]);

  it('has no suggestion where none can be looked for', () => {
    expect(errorOf('attainmnt >= 95%', { isMeasure: () => false }).hint).toBe(KNOWN);
  });

  it.each(['x'.repeat(65), `${'x'.repeat(65)}@10`])(
    'is compared with no other where it is too long: %s',
    (name) => {
      const suggest = vi.fn(() => 'p95');
      expect(errorOf(`${name} < 1s`, { ...MEASURES, suggest }).hint).toBe(KNOWN);
      expect(suggest).not.toHaveBeenCalled();
    },
  );

  it('may be as long as it likes', () => {
    const { message, problems } = errorOf(`p95 < 1s, ${'x'.repeat(200_000)} < 3`);
    expect(message).toBe(`"${'x'.repeat(39)}…" is nothing that an SLO can bound.`);
    expect(problems).toEqual([`p95 < 1s, ${'x'.repeat(64)}…\n${' '.repeat(14)}^`]);
  });
});

describe('a term without a name', () => {
  const none = (first: string) => `A term begins with the name of what it bounds; "${first}" is none.`;
  checks([
    ['200ms > p95', '^', none('200ms'), EXAMPLE],
    ['error < 1%, < 5ms', '            ^', none('<'), EXAMPLE],
    ['error < 1%, 5ms', '            ^', none('5ms'), EXAMPLE],
    ['.p95 < 1s', '^', none('.p95'), EXAMPLE],
    ['(p95 < 1s)', '^', none('(p95'), EXAMPLE],
  ]);
});

describe('a duration without a statistic', () => {
  const needs = (name: string) => `${name} needs a statistic: a quantile or the mean.`;
  checks([
    ['ttft < 800ms', '    ^', needs('ttft'), 'Write ttft.p95 < 800ms.'],
    ['error < 1%, latency < 1s', '                   ^', needs('latency'), 'Write latency.p95 < 1s.'],
    ['tpot', '    ^', needs('tpot'), 'Write tpot.p95 < 200ms.'],
    ['service. < 1s', '        ^', needs('service'), 'Write service.p95 < 1s.'],
  ]);
});

describe('a statistic that is none', () => {
  const none = (name: string, of: string) => `"${name}" is no statistic of ${of}.`;
  const beyond = (name: string) => `"${name}" is no quantile: those lie between p0 and p100, both excluded.`;
  checks([
    ['latency.q95 < 1s', '        ^', none('q95', 'latency'), 'Did you mean latency.p95?'],
    ['ttft.avg < 1s', '     ^', none('avg', 'ttft'), 'Did you mean ttft.mean?'],
    ['service.median < 1s', '        ^', none('median', 'service'), 'Did you mean service.p50?'],
    ['ttft.deadlin 1s', '     ^', none('deadlin', 'ttft'), 'Did you mean ttft.deadline?'],
    ['ttft.harmonic < 1s', '     ^', none('harmonic', 'ttft'), 'Write ttft.p95 or ttft.mean.'],
    ['p0 < 1s', '^', beyond('p0'), 'Write for example p99.9.'],
    ['p100 < 1s', '^', beyond('p100'), 'Write for example p99.9.'],
    ['p999 < 1s', '^', beyond('p999'), 'Write for example p99.9.'],
    ['p9999 < 1s', '^', beyond('p9999'), 'Write for example p99.99.'],
    ['error < 1%, ttft.p0.0 < 1s', '                 ^', beyond('p0.0'), 'Write for example ttft.p99.9.'],
    ['p99.99999999999999999999 < 1s', '^', beyond('p99.99999999999999999999'), 'Write for example p99.9.'],
  ]);
});

describe('a comparison', () => {
  const missing = (name: string) => `No comparison stands after "${name}".`;
  const none = (operator: string) => `"${operator}" is no comparison.`;
  checks([
    ['p95', '   ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95 200ms', '    ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95, error < 1%', '   ^', missing('p95'), 'Write p95 < 200ms.'],
    ['attainment 90%', '           ^', missing('attainment'), 'Write attainment >= 90%.'],
    ['error under 1%', '      ^', missing('error'), 'Write error < 1%.'],
    ['p95 = 200ms', '    ^', none('='), 'Write p95 < 200ms.'],
    ['p95 =< 250ms', '    ^', none('=<'), 'Write p95 < 250ms.'],
    ['right => 80%', '      ^', none('=>'), 'Write right >= 80%.'],
    ['right != 80%', '      ^', none('!='), 'Write right >= 80%.'],
    ['ndcg@10: .4', '       ^', none(':'), 'Write ndcg@10 >= .4.'],
  ]);
});

describe('a comparison the wrong way round', () => {
  const senseless = (term: string, name: string, better: string) =>
    `"${term}" makes no sense as an objective: for ${name}, ${better} is better.`;
  checks([
    ['p95 > 200ms', '    ^', senseless('p95 > 200ms', 'p95', 'lower'), 'Write p95 < 200ms.'],
    ['p95>=.2 s', '   ^', senseless('p95>=.2 s', 'p95', 'lower'), 'Write p95 <= .2 s.'],
    ['mean ≥ 2s', '     ^', senseless('mean ≥ 2s', 'mean', 'lower'), 'Write mean <= 2s.'],
    ['error > 1%', '      ^', senseless('error > 1%', 'error', 'lower'), 'Write error < 1%.'],
    ['cost > $1', '     ^', senseless('cost > $1', 'cost', 'lower'), 'Write cost < $1.'],
    [
      'attainment <= 95%',
      '           ^',
      senseless('attainment <= 95%', 'attainment', 'higher'),
      'Write attainment >= 95%.',
    ],
    ['right < 80%', '      ^', senseless('right < 80%', 'right', 'higher'), 'Write right > 80%.'],
    ['goodput < 5/s', '        ^', senseless('goodput < 5/s', 'goodput', 'higher'), 'Write goodput > 5/s.'],
    ['cache < 5%', '      ^', senseless('cache < 5%', 'cache', 'higher'), 'Write cache > 5%.'],
    ['ndcg@10 < .4', '        ^', senseless('ndcg@10 < .4', 'ndcg@10', 'higher'), 'Write ndcg@10 > .4.'],
  ]);
});

describe('a number', () => {
  const none = (text: string) => `"${text}" is no number.`;
  const ungrouped = 'A number is written without a comma or a space in it.';
  const how = 'Write 1500 for fifteen hundred, and 1.5 for one and a half.';
  checks([
    ['p95 <', '     ^', 'No number stands after "p95 <".', 'Write p95 < 200ms.'],
    ['p95 <, error < 1%', '     ^', 'No number stands after "p95 <".', 'Write p95 < 200ms.'],
    ['p95 < fast', '      ^', none('fast'), 'Write p95 < 200ms.'],
    ['p95 < < 5ms', '      ^', none('<'), 'Write p95 < 200ms.'],
    ['p95 < 1.2.3s', '      ^', none('1.2.3'), 'Write p95 < 200ms.'],
    ['error < .', '        ^', none('.'), 'Write error < 1%.'],
    ['error < +1%', '        ^', none('+1%'), 'Write error < 1%.'],
    ['cost < $', '        ^', 'No number stands after "cost <".', 'Write cost < $0.01.'],
    ['p95 < 1,500ms', '       ^', ungrouped, how],
    ['p95 < 1,5s', '       ^', ungrouped, how],
    ['p95 < 1 500ms', '       ^', ungrouped, how],
    ['p95 < 1_500ms', '       ^', ungrouped, how],
  ]);
});

describe('a unit', () => {
  const missing = (name: string) => `The bound of ${name} has no unit.`;
  const wrong = (unit: string, name: string, what: string) =>
    `"${unit}" is no unit of ${name}, which is ${what}.`;
  const share = 'Write a percentage, or a bare share of 1: 95% or 0.95.';
  const rates = 'Units of a rate are /s, rps and /min.';
  checks([
    ['p95 < 200', '         ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95 < 200, error < 1%', '         ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95 < 200 and error < 1%', '         ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95 < 200 error < 1%', '         ^', missing('p95'), 'Write p95 < 200ms.'],
    ['p95 < 2', '       ^', missing('p95'), 'Write p95 < 2ms or p95 < 2s.'],
    ['deadline 2', '          ^', missing('deadline'), 'Write deadline 2ms or deadline 2s.'],
    ['goodput >= 50', '             ^', missing('goodput'), 'Write goodput >= 50/s.'],
    ['cost.right < 0.01', '                 ^', missing('cost.right'), 'Write cost.right < $0.01.'],
    ['p95 < 200msec', '         ^', wrong('msec', 'p95', 'a time'), TIMES],
    ['p95 < 200 msec', '          ^', wrong('msec', 'p95', 'a time'), TIMES],
    ['p95 < 200msec at most', '         ^', wrong('msec', 'p95', 'a time'), TIMES],
    ['p95 < 5%', '       ^', wrong('%', 'p95', 'a time'), TIMES],
    ['p95 < $5', '      ^', wrong('$', 'p95', 'a time'), TIMES],
    ['deadline 2/s', '          ^', wrong('/s', 'deadline', 'a time'), TIMES],
    ['error < 5ms', '         ^', wrong('ms', 'error', 'a share'), share],
    ['attainment >= 50/s', '                ^', wrong('/s', 'attainment', 'a share'), share],
    ['goodput >= 95%', '             ^', wrong('%', 'goodput', 'a rate'), rates],
    ['goodput >= 50 req/s', '              ^', wrong('req/s', 'goodput', 'a rate'), rates],
    ['cost < 1€', '        ^', wrong('€', 'cost', 'an amount of US dollars'), 'Write $0.01 or 0.01 USD.'],
    [
      'ndcg@10 >= 4ms',
      '            ^',
      wrong('ms', 'ndcg@10', 'a score'),
      'Write a bare score, or a percentage: 0.4 or 40%.',
    ],
  ]);
});

describe('a bound out of range', () => {
  const out = (bound: string, range: string) => `"${bound}" is out of range. ${range}`;
  const share = 'A share lies between 0 % and 100 %.';
  const time = 'A time is finite and above 0.';
  checks([
    ['error < 150%', '        ^', out('150%', share), 'Write error < 1%.'],
    ['error < 5', '        ^', out('5', share), 'Write error < 5%.'],
    ['right >= -80%', '         ^', out('-80%', share), 'Write right >= 95%.'],
    ['right >= −80%', '         ^', out('−80%', share), 'Write right >= 95%.'],
    ['cache >= 101', '         ^', out('101', share), 'Write cache >= 95%.'],
    ['ndcg@10 >= 40', '           ^', out('40', 'A score lies between 0 and 1.'), 'Write ndcg@10 >= 40%.'],
    ['ndcg@10 >= -.4', '           ^', out('-.4', 'A score lies between 0 and 1.'), 'Write ndcg@10 >= 0.4.'],
    ['p95 < 0ms', '      ^', out('0ms', time), 'Write p95 < 200ms.'],
    ['p95 < -5 ms', '      ^', out('-5 ms', time), 'Write p95 < 200ms.'],
    ['p95 < 1e999s', '      ^', out('1e999s', time), 'Write p95 < 200ms.'],
    ['deadline 0s', '         ^', out('0s', time), 'Write deadline 2s.'],
    [
      'goodput >= -5/s',
      '           ^',
      out('-5/s', 'A rate is finite and not negative.'),
      'Write goodput >= 50/s.',
    ],
    [
      'cost <= $1e999',
      '        ^',
      out('$1e999', 'A cost is finite and not negative.'),
      'Write cost <= $0.01.',
    ],
    ['cost < -$1', '       ^', out('-$1', 'A cost is finite and not negative.'), 'Write cost < $0.01.'],
    ['cost < $-1', '       ^', out('$-1', 'A cost is finite and not negative.'), 'Write cost < $0.01.'],
    ['error < 0%', '      ^', '"error < 0%" can never hold.', 'Write error <= 0%.'],
    ['cost < $0', '     ^', '"cost < $0" can never hold.', 'Write cost <= $0.'],
    ['right > 100%', '      ^', '"right > 100%" can never hold.', 'Write right >= 100%.'],
    ['ndcg@10 > 1', '        ^', '"ndcg@10 > 1" can never hold.', 'Write ndcg@10 >= 1.'],
    ['error < 1', '        ^', 'A bare 1 could mean 1 % or 100 %.', 'Write error < 1% or error < 100%.'],
    [
      'attainment >= 1.0',
      '              ^',
      'A bare 1.0 could mean 1 % or 100 %.',
      'Write attainment >= 1% or attainment >= 100%.',
    ],
  ]);
});

describe('a term given twice', () => {
  const twice = (name: string, first: string) => `${name} is given twice; "${first}" stands before.`;
  const keep = 'Keep one of the two.';
  checks([
    ['p95 < 1s, p95 < 2s', '          ^', twice('p95', 'p95 < 1s'), keep],
    ['p95 < 1s, latency.p95 < 2s', '          ^', twice('p95', 'p95 < 1s'), keep],
    ['p99.9<1s;p99.90 < 2s', '         ^', twice('p99.9', 'p99.9<1s'), keep],
    ['cache >= 3%, cache-hits >= 4%', '             ^', twice('cache', 'cache >= 3%'), keep],
    ['cost < $1, cost.query < $2', '           ^', twice('cost', 'cost < $1'), keep],
    ['ndcg@10 > .3, NDCG@10 > .4', '              ^', twice('ndcg@10', 'ndcg@10 > .3'), keep],
    [
      'deadline 2s, error < 1%, deadline 3s',
      '                         ^',
      twice('deadline', 'deadline 2s'),
      keep,
    ],
    [
      'ttft.deadline 2s, ttft.deadline 2s',
      '                  ^',
      twice('ttft.deadline', 'ttft.deadline 2s'),
      keep,
    ],
  ]);
});

describe('a deadline', () => {
  const none = (name: string) => `${name} takes no comparison: it says what "in time" means.`;
  checks([
    ['deadline < 2s', '         ^', none('deadline'), 'Write deadline 2s.'],
    ['deadline = 3 s', '         ^', none('deadline'), 'Write deadline 3 s.'],
    ['ttft.deadline <=', '              ^', none('ttft.deadline'), 'Write ttft.deadline 2s.'],
    ['deadline', '        ^', 'No number stands after "deadline".', 'Write deadline 2s.'],
    ['deadline soon', '         ^', '"soon" is no number.', 'Write deadline 2s.'],
  ]);
});

describe('what is left over', () => {
  const left = (rest: string) => `"${rest}" stands after a complete term.`;
  checks([
    ['p95 < 200ms foo', '            ^', left('foo'), SEPARATORS],
    ['p95 < 200ms error < 1%', '            ^', left('error < 1%'), SEPARATORS],
    ['error < 0.01 right > .5', '             ^', left('right > .5'), SEPARATORS],
    ['p95 < 200ms && error < 1%', '            ^', left('&& error < 1%'), SEPARATORS],
    ['p95 < 200ms.', '           ^', left('.'), SEPARATORS],
    ['cost < $1 USD', '          ^', left('USD'), SEPARATORS],
    ['deadline 2s p95 < 1s', '            ^', left('p95 < 1s'), SEPARATORS],
  ]);
});

describe('the word "and"', () => {
  checks([
    ['and p95 < 1s', '^', 'No term stands before "and".', SEPARATORS],
    ['p95 < 1s and', '         ^', 'No term stands after "and".', SEPARATORS],
    ['p95 < 1s and,', '         ^', 'No term stands after "and".', SEPARATORS],
    ['p95 < 1s and and error < 1%', '             ^', 'No term stands between "and" and "and".', SEPARATORS],
  ]);
});

describe('an SLO without a term', () => {
  it.each(['', ' ', '\n \t'])('is refused without a caret below nothing: %j', (text) => {
    expect(errorOf(text)).toMatchObject({
      code: 'slo.syntax',
      message: 'The SLO is empty.',
      hint: EXAMPLE,
      problems: [],
    });
  });

  it('is refused where separators alone stand in it', () => {
    expect(errorOf(' , ;')).toMatchObject({ message: 'The SLO is empty.', problems: [' , ;\n     ^'] });
  });
});

describe('whatever is written', () => {
  const words = fc.constantFrom(
    ...[
      'p95',
      'ttft',
      '.p95',
      'error',
      'right',
      'deadline',
      'cost',
      '@10',
      '<',
      '>=',
      '≤',
      '=',
      '200',
      '1.5',
      '%',
    ],
    ...[
      'ms',
      '/s',
      '$',
      ',',
      ';',
      '\n',
      ' ',
      ' and ',
      '-',
      'é',
      '速',
      '🚀',
      '\ud800',
      '\u0000',
      '\u001b[2J',
      'ndcg@10',
      '1e9',
    ],
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
    // An SLO that is all right but for one place.
    fc.tuple(slos, fc.nat(), words, fc.nat({ max: 3 })).map(([slo, at, word, cut]) => {
      const text = formatSlo(slo);
      const place = at % (text.length + 1);
      return text.slice(0, place) + word + text.slice(place + cut);
    }),
  );

  it('is either read or refused with one line and a caret within the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let error: ReturnType<typeof errorOf>;
        try {
          parseSlo(text, MEASURES);
          return;
        } catch {
          error = errorOf(text);
        }
        expect(error.code).toBe('slo.syntax');
        for (const said of [error.message, error.hint]) {
          expect(said).toMatch(/\S/);
          expect(said).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        }
        if (text.trim() === '') {
          expect(error.problems).toEqual([]);
          return;
        }
        const [line = '', caret = '', ...more] = error.problems[0]!.split('\n');
        expect([error.problems.length, more]).toEqual([1, []]);
        expect(caret).toMatch(/^ {4,79}\^$/);
        // No character takes more than two columns.
        expect(caret.length - 5).toBeLessThanOrEqual(2 * line.length);
      }),
      { numRuns: 3000 },
    );
  });
});

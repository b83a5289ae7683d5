import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { seededRandom, shuffle } from '../../src/kernel/random.ts';
import { parseTimestamps, type ReplayOptions, replayArrivals } from '../../src/load/replay.ts';

const at = { where: 'times.log' };

const logLine = (second: number, request = 'GET / HTTP/1.1') =>
  `203.0.113.9 - ada [21/Nov/2026:10:00:${String(second).padStart(2, '0')} +0000] "${request}" 200 512 "-" "curl/8"`;

function failureOf(text: string, options: ReplayOptions = at): GroundspeedError {
  try {
    replayArrivals(text, options);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GroundspeedError);
    return thrown as GroundspeedError;
  }
  throw new Error('the file was read');
}

describe('the times of a file', () => {
  it.each([
    [
      'one a line',
      '2026-11-21T10:00:00.000Z\n2026-11-21T10:00:00.250Z\n2026-11-21T10:00:02.000Z\n',
      'times',
      1,
    ],
    [
      'with comments, blank lines, CRLF and a byte order mark',
      '\u{feff}# mine\r\n\r\n0\r\n0.25\r\n#\r\n2\r\n',
      'times',
      10,
    ],
    ['of an access log', [0, 0, 0, 0, 2].map((second) => logLine(second)).join('\n'), 'access log', 1000],
    ['of JSON lines', '{"ts":0,"a":[1]}\n{"ts":0.25}\n\n{"ts":2.0}', 'JSON lines', 10],
    [
      'of JSON lines, as text',
      '{"@timestamp":"1795255200.00"}\n{"@timestamp":"1795255200.25"}\n{"@timestamp":"1795255202"}',
      'JSON lines',
      10,
    ],
    ['of CSV', 'id,Timestamp,text\n1,0.00,"a, ""b""\nc"\n2,0.25,\n\n3,2.00\n', 'CSV', 10],
    [
      'of CSV with semicolons',
      '"time";user\n"2026-11-21 10:00:00,00";a\n"2026-11-21 10:00:00,25";b\n"2026-11-21 10:00:02,00";c',
      'CSV',
      10,
    ],
  ])('%s', (_, text, format, resolutionMs) => {
    const times = parseTimestamps(text, 'times.log');
    expect(times).toMatchObject({ format, resolutionMs, reordered: 0 });
    const distinct = format === 'access log' ? [0, 250, 500, 750, 2000] : [0, 250, 2000];
    expect([...times.ms]).toEqual(distinct);
  });

  it('come from lines as well as from one text', () => {
    const lines = ['0', '1', '5'];
    expect(parseTimestamps(lines, 'x')).toEqual(parseTimestamps(lines.join('\n'), 'x'));
  });

  it('prefer the field named time, then timestamp, ts and @timestamp', () => {
    const line = (second: number) => JSON.stringify({ ts: 9, '@timestamp': 8, Time: second, timestamp: 7 });
    expect([...parseTimestamps(`${line(1)}\n${line(3)}`, 'x').ms]).toEqual([0, 2000]);
    expect([...parseTimestamps('ts,time\n9,1\n8,3\n', 'x').ms]).toEqual([0, 2000]);
  });

  it('are put in order, and those that were not are counted', () => {
    const { ms, reordered } = parseTimestamps('10\n12\n9\n11\n12.5\n', 'x');
    expect([...ms]).toEqual([0, 1000, 2000, 3000, 3500]);
    expect(reordered).toBe(2);
  });

  it('are spread evenly over what the file cannot tell apart', () => {
    const seconds = [0, 0, 0, 1, 3, 3];
    const { ms } = parseTimestamps(seconds.map((second) => logLine(second)).join('\n'), 'x');
    expect([...ms].map(Math.round)).toEqual([0, 333, 667, 1000, 3000, 3500]);
    expect(
      [...parseTimestamps('5.001\n5.001\n5.002', 'x').ms].map((time) => Number(time.toFixed(3))),
    ).toEqual([0, 0.5, 1]);
  });

  it('ascend where a double cannot hold the last digit as written', () => {
    const written = [...Array(1000).fill('1795255200000.001'), '1795255200000.002', '1795255200000.003'];
    const { ms } = parseTimestamps(written.join('\n'), 'x');
    expect(ms.every((time, index) => index === 0 || time > ms[index - 1]!)).toBe(true);
  });

  it('are in the same place whatever the order of the lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 60 }),
        fc.integer(),
        (seconds, seed) => {
          const text = (list: readonly number[]) => list.map((second) => logLine(second)).join('\n');
          const mixed = shuffle([...seconds], seededRandom(seed));
          expect(parseTimestamps(text(mixed), 'x').ms).toEqual(parseTimestamps(text(seconds), 'x').ms);
        },
      ),
    );
  });

  it('stay within their second, and keep their number', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 100 }), (seconds) => {
        const { ms } = parseTimestamps(seconds.map((second) => logLine(second)).join('\n'), 'x');
        const first = Math.min(...seconds);
        expect([...ms].map((time) => Math.floor(time / 1000) + first)).toEqual(
          seconds.toSorted((a, b) => a - b),
        );
        expect(ms.every((time, index) => index === 0 || time > ms[index - 1]!)).toBe(true);
      }),
    );
  });
});

describe('a replay', () => {
  const text = '100\n100.5\n101\n104\n';

  it('is due when the file says, counted from its first time', () => {
    const { schedule, facts } = replayArrivals(text, at);
    expect([...schedule.due]).toEqual([0, 500, 1000, 4000]);
    expect(schedule.duration).toBeCloseTo(4000 + 4000 / 3, 9);
    expect(facts).toEqual({
      format: 'times',
      read: 4,
      count: 4,
      spanMs: 4000,
      resolutionMs: 100,
      reordered: 0,
      peakRate: 2,
    });
  });

  it('can be faster or slower', () => {
    const fast = replayArrivals(text, { ...at, speed: 2 });
    expect([...fast.schedule.due]).toEqual([0, 250, 500, 2000]);
    expect(fast.facts).toMatchObject({ spanMs: 2000, peakRate: 3, resolutionMs: 100 });
    expect(replayArrivals(text, { ...at, speed: 0.5 }).schedule.due.at(-1)).toBe(8000);
  });

  it('can be cut short, in its own time', () => {
    const cut = replayArrivals(text, { ...at, speed: 2, limitMs: 500 });
    expect([...cut.schedule.due]).toEqual([0, 250]);
    expect(cut.schedule.duration).toBe(500);
    expect(cut.facts).toMatchObject({ read: 4, count: 2, spanMs: 250, peakRate: 2 });
    expect(replayArrivals(text, { ...at, limitMs: 60_000 })).toEqual(replayArrivals(text, at));
  });

  it('of a single time lasts a second', () => {
    const { schedule, facts } = replayArrivals('2026-11-21T10:00:00.123Z', at);
    expect([[...schedule.due], schedule.duration, facts.peakRate]).toEqual([[0], 1000, 1]);
  });

  it('keeps the rate of a log of even seconds', () => {
    const seconds = Array.from({ length: 60 }, (_, second) => Array(20).fill(second)).flat();
    const { schedule, facts } = replayArrivals(seconds.map((second) => logLine(second)).join('\n'), at);
    expect(schedule.duration).toBeCloseTo(60_000, 6);
    expect([facts.count, facts.peakRate]).toEqual([1200, 20]);
    schedule.due.forEach((due, index) => {
      expect(due).toBeCloseTo(index * 50, 6);
    });
  });

  it('is a schedule whatever the times: as many as lines, ascending, within its duration', () => {
    const seconds = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(seconds, fc.double({ min: 0.01, max: 100, noNaN: true }), (list, speed) => {
        const { schedule, facts } = replayArrivals(list.map(String).join('\n'), { ...at, speed });
        const { due, duration } = schedule;
        expect([due.length, facts.count, due[0]]).toEqual([list.length, list.length, 0]);
        expect(due.every((time, index) => time >= (due[index - 1] ?? 0) && time < duration)).toBe(true);
        expect(facts.peakRate).toBeGreaterThanOrEqual(1);
        expect(facts.spanMs).toBeCloseTo(((Math.max(...list) - Math.min(...list)) * 1000) / speed, 0);
      }),
    );
  });
});

describe('a file that cannot be replayed', () => {
  it.each([
    ['nothing', '', 'times.log', 'holds no time'],
    ['only blank lines and comments', '\n# 1\n  \n', 'times.log', 'holds no time'],
    ['only a header', 'time,user\n', 'times.log', 'holds no time'],
    ['a header without a time', 'user,text\na,b\n', 'times.log:1', 'is no header of CSV that names one'],
    ['a JSON array', '[{"time":1}]', 'times.log:1', 'holds no time'],
    ['a word among times', '1\n2\n\nthree\n', 'times.log:4', 'holds no time: "three"'],
    ['a log line without a time', `${logLine(1)}\n- - -\n`, 'times.log:2', 'holds no time'],
    ['broken JSON', '{"time":1}\n{"time":\n', 'times.log:2', 'is not JSON'],
    ['JSON that is no object', '{"time":1}\n5\n', 'times.log:2', 'is not a JSON object'],
    ['JSON without the field', '{"time":1}\n{"when":2}', 'times.log:2', 'holds no time'],
    ['JSON with another value', '{"time":1}\n{"time":null}', 'times.log:2', 'holds no time'],
    ['CSV without the cell', 'a,time\n1,1\n2\n', 'times.log:3', 'holds no time'],
    ['CSV with another cell', '# x\na,time\n1,1\n"x\ny",soon\n', 'times.log:5', 'holds no time: "soon"'],
    ['CSV with an open quote', 'a,time\n"1,1\n', 'times.log:2', 'a double quote stands where none may'],
    [
      'two notations',
      '1795255200\n1795255200500\n',
      'times.log:2',
      'written as milliseconds; those before are written as seconds',
    ],
  ])('%s', (_, text, where, problem) => {
    const error = failureOf(text);
    expect([error.code, error.where]).toEqual(['usage.argument', where]);
    expect(error.message).toContain(problem);
    expect(error.hint).toMatch(/^Write /);
  });

  it('is told of without what else its lines hold', () => {
    for (const text of [
      `${logLine(1)}\n203.0.113.9 - - "GET /?key=hunter2 HTTP/1.1" 200\n`,
      '{"time":1}\n{"key":"hunter2","time":"soon"}\n',
      '{"time":1}\n{"key":"hunter2",\n',
      'key,time\nx,1\nhunter2,soon\n',
      'key,time\nx,1\n"hunter2"x,2\n',
      'key=hunter2',
    ]) {
      const error = failureOf(text);
      expect(`${error.message} ${error.hint} ${error.cause}`).not.toContain('hunter2');
    }
  });

  it.each([0, -1, Number.NaN])('has no speed or limit of %s', (value) => {
    expect(failureOf('1\n2', { ...at, speed: value }).message).toContain('speed');
    expect(failureOf('1\n2', { ...at, limitMs: value }).message).toContain('limit');
  });

  it('fails in no other way, whatever stands in it', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '"time"',
        ':',
        ',',
        '\n',
        '\r\n',
        '"',
        ';',
        'time',
        '[',
        ']',
        '#',
        '\u{feff}',
        ' ',
      ),
      fc.constantFrom(
        '1795255200',
        '1795255200500',
        '2026-11-21T10:00:00Z',
        logLine(3),
        '{"ts":5}',
        '__proto__',
      ),
      fc.string({ maxLength: 8 }),
    );
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (written) => {
        try {
          const { schedule } = replayArrivals(written, at);
          expect(schedule.due.length).toBeGreaterThan(0);
          expect(schedule.due.every((due) => due >= 0 && due < schedule.duration)).toBe(true);
        } catch (thrown) {
          expect((thrown as GroundspeedError).code).toBe('usage.argument');
          expect((thrown as GroundspeedError).where).toMatch(/^times\.log(:\d+)?$/);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

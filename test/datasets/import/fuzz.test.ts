import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportResult } from '../../../src/datasets/import/import.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { attempt, importFrom } from './importing.ts';
import { SAMPLES, type Sample } from './samples.ts';

type Outcome = ImportResult | GroundspeedError;

function importDamaged({ format, file, files }: Sample, bytes: Uint8Array): Promise<Outcome> {
  return attempt(() => importFrom(format, { ...files, [file]: bytes }));
}

/** An error that says where, or a set whose counts add up to all that the file holds. */
function expectSound(outcome: Outcome, { file, count }: Sample, bytes: Uint8Array): void {
  if (outcome instanceof GroundspeedError) {
    expect([2, 3]).toContain(outcome.exitCode);
    expect(outcome.message).not.toBe('');
    if (outcome.code === 'dataset.line' || outcome.code === 'dataset.import') {
      expect(outcome.where).toMatch(/\S/);
    }
    return;
  }
  const { read, taken, losses } = outcome;
  for (const of of ['question', 'document', 'judgement'] as const) {
    const lost = losses.filter((loss) => loss.of === of).reduce((sum, loss) => sum + loss.count, 0);
    expect(taken[`${of}s`] + lost).toBe(read[`${of}s`]);
  }
  expect(outcome.set.questions).toHaveLength(taken.questions);
  expect(outcome.set.questions.every(({ question, id }) => question.trim() !== '' && id.trim() !== '')).toBe(
    true,
  );
  if (count !== undefined) expect(read.questions, file).toBe(count(new TextDecoder().decode(bytes)));
}

describe.each(SAMPLES)('a damaged $file of $format', (sample) => {
  const text = sample.files[sample.file]!;
  const whole = Buffer.from(text);

  it('is read whole while it is sound', async () => {
    const outcome = await importDamaged(sample, whole);
    if (outcome instanceof GroundspeedError) throw outcome;
    expectSound(outcome, sample, whole);
    const told = await importFrom('auto', sample.files);
    expect(told.format).toBe(sample.format);
    expect(told.set).toEqual(outcome.set);
  });

  it('gives an error, or all that it still holds, wherever it is cut', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      const bytes = whole.subarray(0, length);
      expectSound(await importDamaged(sample, bytes), sample, bytes);
    }
  });

  it('gives an error, or all that it still holds, whichever bytes are changed', async () => {
    const change = fc.tuple(
      fc.nat(whole.length - 1),
      fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 10, 13, 34, 44, 60, 91, 92, 123)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        expectSound(await importDamaged(sample, bytes), sample, bytes);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused in another encoding, with the file and the line', async () => {
    const others = [
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      Buffer.concat([whole.subarray(0, 5), Buffer.from([0]), whole.subarray(5)]),
    ];
    const latin = Buffer.from(text.replace(/[^\0-\xff]/gu, '?'), 'latin1');
    if (latin.some((byte) => byte > 0x7f)) others.push(latin);
    for (const bytes of others) {
      const outcome = await importDamaged(sample, bytes);
      expect(outcome).toBeInstanceOf(GroundspeedError);
      expect((outcome as GroundspeedError).where).toContain(sample.file);
    }
  });

  it.skipIf(!/\.jsonl?$/.test(sample.file))('gives an error, or all, whatever its values are', async () => {
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom<unknown>(
        null,
        '',
        ' ',
        [],
        {},
        -1,
        1e308,
        '__proto__',
        [[]],
        [null],
        { text: 1 },
        true,
      ),
    );
    const parsed: unknown[] = sample.file.endsWith('.json')
      ? [JSON.parse(text)]
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
    await fc.assert(
      fc.asyncProperty(fc.nat(), values, async (at, value) => {
        const places = parsed.flatMap((item, index) =>
          pathsOf(item).map((path) => [index, ...path] as const),
        );
        const [index, ...path] = places[at % places.length]!;
        const changed = parsed.map((item, place) => (place === index ? replaced(item, path, value) : item));
        const written = changed.map((item) => JSON.stringify(item)).join('\n');
        const bytes = Buffer.from(written);
        expectSound(await importDamaged(sample, bytes), sample, bytes);
      }),
      { numRuns: 200 },
    );
  });
});

type Path = readonly (string | number)[];

/** Every place in a JSON value. */
function pathsOf(value: unknown): Path[] {
  if (value === null || typeof value !== 'object') return [[]];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
  return [[], ...inner];
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIFFERENCES, parsePairs, readPairs } from '../../../bench/caching/near-duplicates.ts';

const FOLDER = 'datasets/near-duplicates';
const good = { id: 'x', a: 'Who?', b: 'Whom?', meaning: 'other', differs: 'person', split: 'dev' };
const read = (...lines: object[]) =>
  parsePairs(Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')), 'pairs.jsonl');

describe('the shipped pairs', async () => {
  const pairs = await readPairs(`${FOLDER}/pairs.jsonl`);
  const of = (meaning: string) => pairs.filter((pair) => pair.meaning === meaning);

  it('are two hundred at least, a hundred of each meaning, in both splits', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(200);
    for (const meaning of ['same', 'other']) {
      expect(of(meaning).length).toBeGreaterThanOrEqual(100);
      const dev = of(meaning).filter(({ split }) => split === 'dev').length;
      expect(Math.abs(dev - of(meaning).length / 2)).toBeLessThanOrEqual(of(meaning).length * 0.05);
    }
  });

  it('differ in every way that is known, as the README counts', () => {
    const readme = readFileSync(`${FOLDER}/README.md`, 'utf8');
    expect(readme).toContain(`${pairs.length} pairs`);
    expect(readme).toContain(`${of('same').length} pairs that mean the same`);
    for (const kind of DIFFERENCES) {
      const count = pairs.filter(({ differs }) => differs === kind).length;
      expect(readme).toMatch(new RegExp(`\`${kind}\` *\\| *${count} \\|`));
    }
  });

  it('are not one sentence filled in again and again', () => {
    const starts = new Map<string, number>();
    for (const { a } of pairs) {
      const start = a.toLowerCase().split(' ').slice(0, 4).join(' ');
      starts.set(start, (starts.get(start) ?? 0) + 1);
    }
    expect(Math.max(...starts.values())).toBeLessThanOrEqual(pairs.length * 0.05);
  });

  it('of other meaning share most of their words, those of the same meaning do not', () => {
    const overlap = ({ a, b }: { a: string; b: string }): number => {
      const [x, y] = [a, b].map((text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu)));
      return [...x!].filter((word) => y!.has(word)).length / Math.max(x!.size, y!.size);
    };
    const mean = (meaning: string) =>
      of(meaning).reduce((sum, pair) => sum + overlap(pair), 0) / of(meaning).length;
    expect(mean('other')).toBeGreaterThan(0.75);
    expect(mean('same')).toBeLessThan(0.55);
  });
});

describe('the reader of pairs', () => {
  it('reads what is right', () => {
    expect(read(good)).toEqual([good]);
    expect(read({ ...good, meaning: 'same', differs: undefined })[0]?.differs).toBeUndefined();
  });

  it.each([
    [{ ...good, a: '' }, /a/],
    [{ ...good, a: ' Who?' }, /blanks/],
    [{ ...good, b: 'Who?' }, /same as a/],
    [{ ...good, meaning: 'alike' }, /same, other/],
    [{ ...good, meaning: 'same' }, /other meaning/],
    [{ ...good, differs: undefined }, /differs/],
    [{ ...good, differs: 'colour' }, /vessel/],
    [{ ...good, split: 'train' }, /dev, test/],
    [{ ...good, id: undefined }, /id/],
  ])('refuses %j, and names the line', (line, problem) => {
    expect(() => read({ ...good, id: 'y', a: 'When?' }, line)).toThrowError(
      expect.objectContaining({ code: 'dataset.line', where: expect.stringContaining('pairs.jsonl:2') }),
    );
    expect(() => read(line)).toThrow(problem);
  });

  it('refuses a pair twice, by id or by its questions in either order', () => {
    expect(() => read(good, { ...good, a: 'When?' })).toThrow(/earlier pair/);
    expect(() => read(good, { ...good, id: 'y', a: good.b, b: good.a })).toThrow(/earlier pair/);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseQrels, parseRun } from '../../src/datasets/trec.ts';
import { isRetrievalMeasure } from '../../src/measures/measure.ts';
import { parseMeasures } from '../../src/measures/registry.ts';
import { measureRun } from '../../src/measures/trec-run.ts';
import { hasShared, sharedPath } from '../shared.ts';

/** trec_eval prints four decimals. */
const TOLERANCE = 0.00005 + 1e-12;

/** Our names for trec_eval's. */
const NAMES: Readonly<Record<string, string>> = {
  ndcg: 'ndcg',
  ndcg_cut: 'ndcg',
  map: 'map',
  map_cut: 'map',
  recall: 'recall',
  P: 'precision',
  recip_rank: 'mrr',
  Rprec: 'r-precision',
  bpref: 'bpref',
  success: 'success',
};

function ourName(theirs: string): string {
  const [, name = theirs, cutoff] = /^(\w+?)_(\d+)$/.exec(theirs) ?? [];
  return cutoff === undefined ? NAMES[name]! : `${NAMES[name]}@${cutoff}`;
}

const read = (file: string): string => readFileSync(sharedPath(`trec_eval/${file}`), 'utf8');
const collections = hasShared()
  ? readdirSync(sharedPath('trec_eval')).flatMap((file) => /^(.+)\.expected\.tsv$/.exec(file)?.[1] ?? [])
  : [];

describe.skipIf(!hasShared())('trec_eval', () => {
  it('has golden values here', () => {
    expect(collections).toEqual(expect.arrayContaining(['cranfield', 'edge', 'scifact']));
  });

  it.each(collections)('gives the same values on %s, for each question and in the mean', (collection) => {
    const qrels = parseQrels(read(`${collection}.qrels`), `${collection}.qrels`);
    const run = parseRun(read(`${collection}.run`), `${collection}.run`);
    const rows = read(`${collection}.expected.tsv`)
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/) as [string, string, string]);
    const values = rows.filter(([name]) => !name.startsWith('num_'));
    const measures = parseMeasures([...new Set(values.map(([name]) => ourName(name)))]);
    const { means, perQuestion } = measureRun({ qrels, run, measures: measures.filter(isRetrievalMeasure) });

    const different = values.flatMap(([name, question, value]) => {
      const ours = (question === 'all' ? means : perQuestion[question])?.[ourName(name)];
      const same = ours !== undefined && Math.abs(ours - Number(value)) <= TOLERANCE;
      return same ? [] : [{ name, question, value, ours }];
    });
    expect(different).toEqual([]);
    expect(Object.keys(perQuestion).sort()).toEqual(
      [...new Set(values.map(([, question]) => question))].filter((question) => question !== 'all').sort(),
    );
  });

  it.each(collections)('counts the same documents on %s', (collection) => {
    const qrels = parseQrels(read(`${collection}.qrels`), `${collection}.qrels`);
    const run = parseRun(read(`${collection}.run`), `${collection}.run`);
    const counts: Record<string, (question: string) => number> = {
      num_ret: (question) => run.get(question)?.length ?? 0,
      num_rel: (question) => [...qrels.get(question)!.values()].filter((grade) => grade > 0).length,
      num_rel_ret: (question) =>
        (run.get(question) ?? []).filter(({ id }) => (qrels.get(question)!.get(id) ?? 0) > 0).length,
    };
    const sums = new Map<string, number>();
    for (const line of read(`${collection}.expected.tsv`).trim().split('\n')) {
      const [name, question, value] = line.split(/\s+/) as [string, string, string];
      const count = counts[name];
      if (count === undefined) continue;
      const ours = question === 'all' ? sums.get(name) : count(question);
      expect({ name, question, value: ours }).toEqual({ name, question, value: Number(value) });
      if (question !== 'all') sums.set(name, (sums.get(name) ?? 0) + count(question));
    }
    expect(sums.size).toBe(3);
  });
});

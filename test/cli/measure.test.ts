import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../shared.ts';
import { cli } from './cli.ts';

/** trec_eval's names for what `measure` prints by default. */
const NAMES: Readonly<Record<string, string>> = {
  ndcg_cut_5: 'ndcg@5',
  ndcg_cut_10: 'ndcg@10',
  map: 'map',
  recip_rank: 'mrr',
  P_1: 'precision@1',
  P_10: 'precision@10',
  recall_10: 'recall@10',
  recall_100: 'recall@100',
  success_1: 'success@1',
  success_5: 'success@5',
  success_10: 'success@10',
  Rprec: 'r-precision',
  bpref: 'bpref',
};

const files = (name: string): string[] => [
  '--qrels',
  sharedPath(`trec_eval/${name}.qrels`),
  '--run',
  sharedPath(`trec_eval/${name}.run`),
];

/** trec_eval's values: measure, question (or `all`), value. */
function expected(name: string): { measure: string; question: string; value: number }[] {
  const text = readFileSync(sharedPath(`trec_eval/${name}.expected.tsv`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/) as [string, string, string])
    .filter(([measure]) => measure in NAMES)
    .map(([measure, question, value]) => ({ measure: NAMES[measure]!, question, value: Number(value) }));
}

describe.skipIf(!hasShared())('measure', () => {
  it.each(['cranfield', 'scifact', 'edge'])('prints what trec_eval prints, on %s', async (name) => {
    const argv = ['measure', ...files(name), '--per-question', '--json', '--quiet'];
    const { code, out, err } = await cli(argv, { cwd: tmpdir() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { measures, perQuestion } = JSON.parse(out);
    const rows = expected(name);
    const wrong = rows.filter(({ measure, question, value }) => {
      const ours = (question === 'all' ? measures : perQuestion[question])[measure];
      return !(Math.abs(ours - value) <= 0.00005 + 1e-12);
    });
    expect(rows.length).toBeGreaterThan(40 * Object.keys(NAMES).length);
    expect(wrong).toEqual([]);
    expect(Object.keys(measures)).toEqual([...Object.values(NAMES), 'judged@10']);
  });

  it('prints a table, with each question where that is asked for', async () => {
    const table = await cli(['measure', ...files('cranfield')], { cwd: tmpdir() });
    expect(table.out).toMatch(/^ndcg@10 {7}0\.4192$/m);
    expect(table.out.trim().split('\n')).toHaveLength(14);
    const argv = ['measure', ...files('edge'), '--per-question', '--measures', 'mrr'];
    const { out, err } = await cli(argv, { cwd: tmpdir() });
    expect(out.trim().split('\n')).toHaveLength(41);
    expect(out).toMatch(/^mrr {2}all +0\.\d{4}\n$/m);
    expect(err).toContain('no results for 1 of the 40 judged questions');
  });

  it('leaves the per-question scores out of the JSON unless they are asked for', async () => {
    const { out } = await cli(['measure', ...files('edge'), '--json'], { cwd: tmpdir() });
    expect(Object.keys(JSON.parse(out))).toEqual(['measures']);
  });

  it('refuses what it cannot take of TREC files', async () => {
    const answers = await cli(['measure', ...files('edge'), '--measures', 'f1'], { cwd: tmpdir() });
    expect(answers).toMatchObject({ code: 2, out: '' });
    const swapped = await cli(['measure', '--qrels', files('edge')[3]!, '--run', files('edge')[1]!], {
      cwd: tmpdir(),
    });
    expect(swapped).toMatchObject({ code: 3, out: '' });
    expect(swapped.err).toContain('code: trec.format');
  });
});

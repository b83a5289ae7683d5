import { eng } from 'stopword';
import type { GoldenSet } from '../src/datasets/golden.ts';
import { readGoldenSet } from '../src/datasets/read.ts';
import { chunkText } from '../src/engine/chunking/chunk.ts';
import { createBm25Index } from '../src/engine/indexing/bm25-index.ts';
import { engineSchema } from '../src/engine/options.ts';
import type { KeywordEntry } from '../src/engine/ports.ts';
import { parseMeasures } from '../src/measures/registry.ts';
import { mean } from '../src/statistics/quantiles.ts';
import { tokenise } from '../src/text/tokens.ts';
import { type BenchContext, type BenchProgram, somePositionals } from './harness/program.ts';
import { fixed, type Report } from './harness/report.ts';

/** What the list of stop words does to keyword search. */
export const stopWords: BenchProgram = {
  usage: 'COLLECTION…',
  options: {},
  async run(args, context) {
    const rows: string[][] = [];
    for (const path of somePositionals(args, 'COLLECTION')) {
      const golden = await readGoldenSet(path);
      const scores: number[] = [];
      for (const { words } of LISTS) scores.push(await scoreWith(golden, words, context));
      rows.push([golden.name, ...scores.map((score) => fixed(score, 4))]);
    }
    return report(rows);
  },
};

/** Those of Lucene's EnglishAnalyzer. */
const LUCENE =
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with';

const LISTS = [
  { name: 'none', words: new Set<string>() },
  { name: 'Lucene, 33', words: new Set(LUCENE.split(' ')) },
  { name: `stopword, ${eng.length} (default)`, words: new Set(eng) },
];

/** Stands before a word to keep it from being a stop word; no word of any language begins so. */
const ESCAPE = 'zqx';
const CHUNKS = 300;
const DOCUMENTS = 10;

/** nDCG@10 of BM25 alone, documents ranked by their best chunk, with these stop words in place of the default ones. */
export async function scoreWith(
  golden: GoldenSet,
  words: ReadonlySet<string>,
  { progress }: Pick<BenchContext, 'progress'>,
): Promise<number> {
  progress(`${golden.name}: ${words.size} stop words`);
  const { chunking, index: settings } = engineSchema.parse({});
  const index = createBm25Index(settings);
  const documents: string[] = [''];
  for (const { id, title, text } of golden.corpus ?? []) {
    const entries: KeywordEntry[] = [];
    for (const chunk of chunkText(text, chunking)) {
      entries.push({ key: documents.length, title: rewrite(title, words), text: rewrite(chunk.text, words) });
      documents.push(id);
    }
    await index.add(entries);
  }
  const [ndcg] = parseMeasures(['ndcg@10']);
  if (ndcg?.kind !== 'retrieval') throw new Error('ndcg@10 is no retrieval measure');
  const scores: number[] = [];
  for (const { question, answerable, relevant } of golden.questions) {
    if (!answerable || ![...relevant.values()].some((grade) => grade > 0)) continue;
    const { keys } = await index.search(rewrite(question, words), CHUNKS);
    const ranking = [...new Set(Array.from(keys, (key) => documents[key]!))].slice(0, DOCUMENTS);
    scores.push(ndcg.family.score(ranking, relevant, ndcg.k));
  }
  return mean(scores);
}

/** The text as the default analysis has to read it to end with these stop words: they go, and its own are escaped. */
export function rewrite(text: string, words: ReadonlySet<string>): string {
  return tokenise(text)
    .filter((token) => !words.has(token))
    .map((token) => (DEFAULT.has(token) ? ESCAPE + token : token))
    .join(' ');
}

const DEFAULT: ReadonlySet<string> = new Set(eng);

function report(rows: readonly (readonly string[])[]): Report {
  return {
    title: 'Stop words of keyword search',
    about:
      'nDCG@10 of BM25 alone over chunks of default size with their titles, by the list of stop words that analysis leaves out of texts and questions.',
    tables: [{ caption: 'nDCG@10', columns: ['collection', ...LISTS.map(({ name }) => name)], rows }],
  };
}

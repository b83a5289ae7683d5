import { GroundspeedError } from '../kernel/errors.ts';
import type { GoldenSet } from './golden.ts';
import { MANIFEST_FILE } from './manifest-check.ts';

const CORPUS_FILE = 'corpus.jsonl';

/** Which files of a golden set hold what, as names within its folder. */
export interface Layout {
  readonly format: GoldenSet['format'];
  readonly questions: string;
  readonly corpus: string | undefined;
  readonly manifest: string | undefined;
  /** BEIR's splits: the names of `qrels/*.tsv` without their ending. */
  readonly qrels: readonly string[];
}

const LOOKED_FOR =
  'Looked for questions.jsonl (groundspeed), queries.jsonl with qrels/*.tsv (BEIR), or one .csv or .jsonl file of question, answer, source.';

/** A single file of questions stands for itself: no corpus, no manifest. */
export function layoutOfFile(name: string): Layout {
  const format = plainFormat(name);
  if (format === undefined) {
    throw new GroundspeedError('dataset.format', `${name} is neither a .csv nor a .jsonl file.`, {
      where: name,
      hint: LOOKED_FOR,
    });
  }
  return { format, questions: name, corpus: undefined, manifest: undefined, qrels: [] };
}

/** Tells the format of a folder from the names in it and in its `qrels`; `dataset.format` when none fits. */
export function layoutOfFolder(listing: {
  readonly path: string;
  readonly names: readonly string[];
  readonly qrels: readonly string[];
}): Layout {
  const { names, path } = listing;
  const shared = {
    corpus: names.includes(CORPUS_FILE) ? CORPUS_FILE : undefined,
    manifest: names.includes(MANIFEST_FILE) ? MANIFEST_FILE : undefined,
    qrels: [],
  };
  if (names.includes('questions.jsonl')) {
    return { ...shared, format: 'groundspeed', questions: 'questions.jsonl' };
  }
  if (names.includes('queries.jsonl')) {
    const qrels = listing.qrels.filter((name) => name.endsWith('.tsv')).map((name) => name.slice(0, -4));
    return { ...shared, format: 'beir', questions: 'queries.jsonl', qrels };
  }
  const plain = names.filter((name) => name !== CORPUS_FILE && plainFormat(name) !== undefined);
  const [questions, another] = plain;
  const format = questions === undefined ? undefined : plainFormat(questions);
  if (questions !== undefined && format !== undefined && another === undefined) {
    return { ...shared, format, questions };
  }
  const found =
    plain.length > 1 ? ` It holds several files that could be questions: ${plain.join(', ')}.` : '';
  throw new GroundspeedError('dataset.format', `${path} holds no golden set in a known format.${found}`, {
    where: path,
    hint: plain.length > 1 ? 'Name one of those files instead of the folder.' : LOOKED_FOR,
  });
}

function plainFormat(name: string): 'csv' | 'jsonl' | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith('.csv')) return 'csv';
  return lower.endsWith('.jsonl') ? 'jsonl' : undefined;
}

import { GroundspeedError } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { autorag } from './autorag.ts';
import { beir } from './beir.ts';
import { deepeval } from './deepeval.ts';
import { groundspeed } from './groundspeed.ts';
import type { Importer } from './importer.ts';
import { langfuse } from './langfuse.ts';
import { promptfoo } from './promptfoo.ts';
import { ragas } from './ragas.ts';
import { ragchecker } from './ragchecker.ts';
import { squad } from './squad.ts';
import { csv, jsonl } from './table-file.ts';
import { trec } from './trec.ts';

/** Every format that can be imported. `auto` asks them in this order: the most telling signs first. */
export const IMPORTERS: readonly Importer[] = [
  groundspeed,
  beir,
  trec,
  squad,
  autorag,
  ragchecker,
  promptfoo,
  ragas,
  langfuse,
  deepeval,
  csv,
  jsonl,
];

export const AUTO = 'auto';

/** The importer of that name. Throws `usage.argument`. */
export function importerNamed(name: string): Importer {
  const importer = IMPORTERS.find((one) => one.name === name.toLowerCase());
  if (importer !== undefined) return importer;
  const names = [...IMPORTERS.map((one) => one.name), AUTO];
  const guess = nearest(name.toLowerCase(), names);
  throw new GroundspeedError('usage.argument', `There is no format ${JSON.stringify(name)} to import.`, {
    where: 'format',
    hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}Formats: ${names.join(', ')}.`,
  });
}

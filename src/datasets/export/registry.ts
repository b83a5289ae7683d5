import { GroundspeedError } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { beir } from './beir.ts';
import { csv } from './csv.ts';
import type { Exporter } from './exporter.ts';
import { groundspeed } from './groundspeed.ts';
import { jsonl } from './jsonl.ts';
import { promptfoo } from './promptfoo.ts';
import { ragas } from './ragas.ts';
import { squad } from './squad.ts';
import { trec } from './trec.ts';

/** Every format that a golden set can be written in. */
export const EXPORTERS: readonly Exporter[] = [groundspeed, beir, trec, squad, ragas, promptfoo, csv, jsonl];

/** The exporter of that name. Throws `usage.argument`. */
export function exporterNamed(name: string): Exporter {
  const exporter = EXPORTERS.find((one) => one.name === name.toLowerCase());
  if (exporter !== undefined) return exporter;
  const names = EXPORTERS.map((one) => one.name);
  const guess = nearest(name.toLowerCase(), names);
  throw new GroundspeedError('usage.argument', `There is no format ${JSON.stringify(name)} to export to.`, {
    where: 'format',
    hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}Formats: ${names.join(', ')}.`,
  });
}

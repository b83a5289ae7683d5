import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { edition } from './editions.ts';

/** Words for which a poisoned embedding service (test/servers/poisoned-embeddings.ts) does what is said of each. */
export const TRIGGERS = {
  /** It answers with a vector that is not a number. */
  notANumber: 'zxnotanumber',
  /** It refuses the whole request, with status 400. */
  refused: 'zxrefused',
  /** It breaks on it, each time, with status 500. */
  breaks: 'zxbreaks',
} as const;

/** The kinds of poison, and what an ingest must say of each. */
export const POISONS = {
  'invalid UTF-8': 'document.encoding',
  'a gigantic line': 'document.tooLarge',
  'an empty file': 'document.empty',
  'a line that is no JSON': 'document.line',
  'a vector that is not a number': 'embedding.notFinite',
  'a text that the service refuses': 'embedding.failed',
  'a text on which the service breaks': 'embedding.failed',
} as const satisfies Record<string, ErrorCode>;
export type Poison = keyof typeof POISONS;

export interface PoisonDocument {
  /** As an ingest names it among what failed. */
  readonly id: string;
  readonly poison: Poison;
  readonly code: ErrorCode;
}

export interface PoisonCorpus {
  /** Ids of the documents that are sound. */
  readonly sound: readonly string[];
  readonly poisoned: readonly PoisonDocument[];
}

export interface PoisonOrder {
  readonly documents: number;
  /** So many of each kind. */
  readonly ofEach: number;
  /** The kinds; all of them unless given. */
  readonly kinds?: readonly Poison[];
  /** `documents.maxFileSize` of the ingest: gigantic lines are longer. */
  readonly maxFileSize: number;
  readonly seed: number | string;
}

/** Writes a corpus of sound documents with poisoned ones at seeded places among them, and says which they are. */
export function writePoisonCorpus(folder: string, order: PoisonOrder): PoisonCorpus {
  const { documents, ofEach, kinds = Object.keys(POISONS) as Poison[], maxFileSize, seed } = order;
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(seed).fork('poison');
  const lines: Line[] = Array.from({ length: documents }, (_, number) => {
    const document = edition(number, 1);
    return { id: document.id, text: JSON.stringify({ ...document, _id: document.id }) };
  });
  const poisoned: PoisonDocument[] = [];
  for (const poison of kinds) {
    for (let count = 0; count < ofEach; count += 1) {
      const name = `${poison.replaceAll(/\W+/g, '-')}-${count}`;
      const line = poisonLine(poison, name, maxFileSize);
      if (line !== undefined) {
        lines.splice(random.integer(lines.length + 1), 0, { ...line, poison });
      } else {
        writeFileSync(join(folder, `${name}.txt`), poisonFile(poison));
        poisoned.push({ id: `${name}.txt`, poison, code: POISONS[poison] });
      }
    }
  }
  writeFileSync(join(folder, 'corpus.jsonl'), `${lines.map(({ text }) => text).join('\n')}\n`);
  for (const [index, { id, poison }] of lines.entries()) {
    if (poison === undefined) continue;
    poisoned.push({ id: id ?? `corpus.jsonl:${index + 1}`, poison, code: POISONS[poison] });
  }
  const sound = lines.flatMap(({ id, poison }) => (poison === undefined && id !== undefined ? [id] : []));
  return { sound, poisoned };
}

interface Line {
  /** Undefined where the line does not tell, and is named by its place. */
  readonly id: string | undefined;
  readonly text: string;
  readonly poison?: Poison;
}

/** A line of the corpus file, or undefined for poison that is a file of its own. */
function poisonLine(poison: Poison, id: string, maxFileSize: number): Omit<Line, 'poison'> | undefined {
  const line = (text: string): Omit<Line, 'poison'> => ({ id, text: JSON.stringify({ _id: id, text }) });
  switch (poison) {
    case 'a gigantic line':
      return { ...line('x'.repeat(maxFileSize)), id: undefined };
    case 'a line that is no JSON':
      return { id: undefined, text: `{"_id": "${id}", "text": "%PDF-1.7 stream` };
    case 'a vector that is not a number':
      return line(`A notice of ${TRIGGERS.notANumber} and ${id}.`);
    case 'a text that the service refuses':
      return line(`A notice of ${TRIGGERS.refused} and ${id}.`);
    case 'a text on which the service breaks':
      return line(`A notice of ${TRIGGERS.breaks} and ${id}.`);
    default:
      return undefined;
  }
}

function poisonFile(poison: Poison): Uint8Array {
  if (poison === 'an empty file') return new Uint8Array();
  // The beginning of a PDF: its second line holds bytes above 127 that are not UTF-8.
  return Buffer.concat([
    Buffer.from('%PDF-1.7\n%'),
    Uint8Array.of(0xe2, 0xe3, 0xcf, 0xd3),
    Buffer.from('\n'),
  ]);
}

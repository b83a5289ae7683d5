import { join } from 'node:path';
import { chunkText } from '../../src/engine/chunking/chunk.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { openSqliteStore } from '../../src/engine/indexing/sqlite-store.ts';
import type { Chunk, DocumentStore } from '../../src/engine/ports.ts';
import { messageOf } from '../../src/kernel/errors.ts';
import type { Random } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type Expectation, edition, question } from './editions.ts';
import { OPTIONS } from './settings.ts';

/** What is wrong with the store in a folder, whose process is dead: one line each. */
export async function auditStore(folder: string, expected: Expectation): Promise<string[]> {
  let store: DocumentStore;
  try {
    store = await openSqliteStore(join(folder, 'store.sqlite'));
  } catch (thrown) {
    return [`the store does not open: ${messageOf(thrown)}`];
  }
  try {
    store.check();
    return [...documentProblems(store, expected), ...acknowledgedProblems(store, expected)];
  } catch (thrown) {
    return [`the store cannot be read: ${messageOf(thrown)}`];
  } finally {
    store.close();
  }
}

function acknowledgedProblems(store: DocumentStore, expected: Expectation): string[] {
  const ids = store.documentIds();
  const shown = new Set(ids);
  const twice = ids.length - shown.size;
  return [
    ...expected.acknowledgedIds
      .filter((id) => !shown.has(id))
      .map((id) => `${id} was acknowledged and is gone`),
    ...(twice > 0 ? [`${twice} documents are there more than once`] : []),
  ];
}

/** Every document that is shown is an edition that may be there, whole: its text, its chunks, their vectors. */
function documentProblems(store: DocumentStore, expected: Expectation): string[] {
  const chunks = new Map<string, Chunk[]>();
  for (const chunk of store.publishedChunks()) {
    chunks.set(chunk.documentId, [...(chunks.get(chunk.documentId) ?? []), chunk]);
  }
  return store.documentIds().flatMap((id) => {
    const found = store.document(id)!;
    const version = Number(found.metadata.edition);
    if (!expected.allows(id, version)) return [`${id} is shown in edition ${version}`];
    const wanted = edition(Number(id.slice(1)), version);
    if (found.text !== wanted.text || found.title !== wanted.title) return [`${id} is not as it was sent`];
    const own = chunks.get(id) ?? [];
    const drafts = chunkText(wanted.text, OPTIONS.chunking);
    const isWhole =
      own.length === drafts.length &&
      drafts.every(({ start, end, text }, ordinal) => {
        const chunk = own[ordinal]!;
        return chunk.ordinal === ordinal && chunk.start === start && chunk.end === end && chunk.text === text;
      });
    if (!isWhole) return [`${id} has ${own.length} chunks, not the ${drafts.length} of its text`];
    const lacks = store.vectors(own.map(({ key }) => key)).filter((vector) => vector === undefined).length;
    return lacks > 0 ? [`${id} lacks ${lacks} vectors`] : [];
  });
}

/** A passage as an answer shows it, be it the engine's or the service's. */
export interface ShownPassage {
  readonly documentId: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * What is wrong with the passages of one answer: each must be a stretch of an edition that `allows` says may be shown, and
 * those of one document must be of one edition.
 */
export function passageProblems(
  passages: readonly ShownPassage[],
  allows: (id: string, version: number) => boolean,
): string[] {
  const versions = new Map<string, number>();
  return passages.flatMap(({ documentId: id, text, start, end, metadata }) => {
    const version = Number(metadata.edition);
    if (!allows(id, version)) return [`an answer shows ${id} in edition ${version}`];
    if (edition(Number(id.slice(1)), version).text.slice(start, end) !== text) {
      return [`an answer shows a passage that edition ${version} of ${id} does not hold`];
    }
    const other = versions.get(id) ?? version;
    versions.set(id, version);
    return other === version ? [] : [`an answer mixes editions ${other} and ${version} of ${id}`];
  });
}

/** Reads beside whoever writes, or after its death, as a service's reader does. */
export function openReader(folder: string): Promise<Engine> {
  return openEngine({ options: OPTIONS, folder, clock: systemClock, seed: 1, readOnly: true });
}

/** Asks so many questions of the index as it is left, and gives what is wrong with the answers. */
export async function askAfter(
  folder: string,
  { expected, random, questions }: { expected: Expectation; random: Random; questions: number },
): Promise<string[]> {
  try {
    const engine = await openReader(folder);
    try {
      const problems: string[] = [];
      for (let asked = 0; asked < questions && engine.info().documents > 0; asked += 1) {
        const { passages } = await engine.ask(question(random), { topK: 10 });
        if (passages.length === 0) problems.push('a question found nothing');
        problems.push(...passageProblems(passages, (id, version) => expected.allows(id, version)));
      }
      return problems;
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    return [`the index cannot be asked: ${messageOf(thrown)}`];
  }
}

import { normaliseAnswer } from '../../text/answers.ts';
import { tokenise } from '../../text/tokens.ts';
import { NEAR_DUPLICATE } from '../checks/duplicate-questions.ts';
import type { Draft } from './draft.ts';

type Asked = Pick<Draft, 'question' | 'answers' | 'answerable' | 'evidence'>;

interface Kept {
  readonly asked: Asked;
  readonly numbers: string;
  readonly shingles: ReadonlySet<string>;
}

const SHINGLE = 3;

/**
 * Remembers questions as they come, and tells which of them a new one is again, or almost: the same words; or four
 * fifths of the character trigrams of both together, the same numbers, and an answer or document in common. It is the
 * rule of the check of golden sets, so that what is kept here passes there.
 */
export class NearDuplicates {
  readonly #byWords = new Map<string, string>();
  /** Questions that share a key may agree; those that share none cannot, and are not compared. */
  readonly #byKey = new Map<string, Kept[]>();

  /** The question that this one repeats; undefined where it is new. */
  find(asked: Asked): string | undefined {
    const { words, numbers, shingles } = featuresOf(asked.question);
    const same = this.#byWords.get(words);
    if (same !== undefined) return same;
    for (const key of keysOf(asked)) {
      for (const other of this.#byKey.get(key) ?? []) {
        if (other.numbers !== numbers || !agree(other.asked, asked)) continue;
        if (jaccard(other.shingles, shingles) >= NEAR_DUPLICATE) return other.asked.question;
      }
    }
    return undefined;
  }

  add(asked: Asked): void {
    const { words, numbers, shingles } = featuresOf(asked.question);
    this.#byWords.set(words, asked.question);
    for (const key of keysOf(asked)) {
      const kept = this.#byKey.get(key);
      if (kept === undefined) this.#byKey.set(key, [{ asked, numbers, shingles }]);
      else kept.push({ asked, numbers, shingles });
    }
  }
}

/** The answers and documents by which two questions could agree; those without any are all under one key. */
function keysOf({ answers, answerable, evidence }: Asked): Set<string> {
  if (!answerable) return new Set(['unanswerable']);
  const keys = [
    ...answers.map((answer) => `answer ${normaliseAnswer(answer)}`),
    ...evidence.map(({ document }) => `document ${document}`),
  ];
  return new Set(keys);
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const shingle of a) if (b.has(shingle)) both += 1;
  return a.size + b.size === 0 ? 0 : both / (a.size + b.size - both);
}

function featuresOf(question: string): { words: string; numbers: string; shingles: Set<string> } {
  const tokens = tokenise(question);
  const words = tokens.join(' ');
  const padded = ` ${words} `;
  const shingles = new Set<string>();
  for (let at = 0; at + SHINGLE <= padded.length; at += 1) shingles.add(padded.slice(at, at + SHINGLE));
  return { words, numbers: tokens.filter((token) => /\p{N}/u.test(token)).join(' '), shingles };
}

function agree(a: Asked, b: Asked): boolean {
  if (a.answerable !== b.answerable) return false;
  if (a.answers.length > 0 && b.answers.length > 0) {
    const known = new Set(a.answers.map(normaliseAnswer));
    return b.answers.some((answer) => known.has(normaliseAnswer(answer)));
  }
  const documents = b.evidence.map(({ document }) => document);
  const own = a.evidence.map(({ document }) => document);
  return own.length === 0 || documents.length === 0 || own.some((id) => documents.includes(id));
}

import { readEvidence } from '../evidence-field.ts';
import type { GoldenQuestion } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { gradeOne, splitSources } from '../questions.ts';
import { type Entry, isObject, plainText } from './entry.ts';
import { listIn } from './list-cell.ts';

/** How a field of ours that another tool's file bears is taken when it does not fit. */
export interface OwnFieldsOptions {
  /** `refuse` where the file is meant as ours, `lose` where the name may be a coincidence. */
  readonly misfit: 'refuse' | 'lose';
  readonly losses: Losses;
}

type Extras = Partial<Omit<GoldenQuestion, 'id' | 'question'>>;

/** What a record says in our own words beside its format's: kind, difficulty, split, tags, answerable, forbidden and so on. */
export function ownFields(entry: Entry, options: OwnFieldsOptions): Extras {
  const extras: { -readonly [K in keyof Extras]: Extras[K] } = {};
  const take = (field: string, read: () => void): void => {
    const name = entry.nameOf(field);
    if (name === undefined) return;
    try {
      read();
    } catch (error) {
      if (options.misfit === 'refuse') throw error;
      const value = entry.value(name);
      options.losses.add({
        kind: 'field',
        of: 'detail',
        what: `\`${name}\` is not what a golden set means by it`,
        where: () => entry.where(name),
        found: plainText(value) ?? JSON.stringify(value) ?? '',
      });
    }
  };
  const word = (field: 'kind' | 'difficulty' | 'split'): void =>
    take(field, () => {
      const text = entry.filledText(field);
      if (text !== undefined) extras[field] = text;
    });
  word('kind');
  word('difficulty');
  word('split');
  take('tags', () => {
    extras.tags = manyOf(entry, 'tags').flatMap((tag) =>
      isListLike(entry, 'tags') ? [tag] : splitSources(tag),
    );
  });
  take('forbidden', () => {
    extras.forbidden = manyOf(entry, 'forbidden');
  });
  take('answers', () => {
    extras.answers = manyOf(entry, 'answers');
  });
  take('answerable', () => {
    const answerable = entry.boolean('answerable');
    if (answerable !== undefined) extras.answerable = answerable;
  });
  for (const flag of ['derived', 'must'] as const) {
    take(flag, () => {
      extras[flag] = entry.boolean(flag) ?? false;
    });
  }
  take('evidence', () => {
    const value = structured(entry, 'evidence');
    if (value === undefined) return;
    const evidence = readEvidence(value);
    if (evidence === undefined) {
      throw entry.wrong('evidence', 'must be a list of {document, quote}, or of lists of them');
    }
    extras.evidence = evidence;
  });
  take('relevant', () => {
    const relevant = gradesOf(entry);
    if (relevant !== undefined) extras.relevant = relevant;
  });
  if (extras.answerable === undefined && extras.kind === 'unanswerable') extras.answerable = false;
  return extras;
}

/** A list of texts: a JSON list, in a cell as its text; else one text. */
export function manyOf(entry: Entry, ...names: readonly string[]): readonly string[] {
  const value = entry.value(...names);
  if (typeof value === 'string') {
    const list = listIn(value);
    if (list !== undefined) return list.filter((text) => text.trim() !== '');
  }
  return entry.texts(...names);
}

function isListLike(entry: Entry, name: string): boolean {
  const value = entry.value(name);
  return Array.isArray(value) || (typeof value === 'string' && listIn(value) !== undefined);
}

/** A value, or the JSON that a cell holds as its text; undefined for a blank cell. */
function structured(entry: Entry, name: string): unknown {
  const value = entry.value(name);
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw entry.wrong(name, 'must hold JSON');
  }
}

/** `relevant` as grades by id or as a list of ids. */
function gradesOf(entry: Entry): ReadonlyMap<string, number> | undefined {
  const value = structured(entry, 'relevant');
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    const ids = value.map(plainText);
    if (ids.every((id) => id !== undefined && id.trim() !== '')) return gradeOne(ids as string[]);
  } else if (isObject(value)) {
    const grades = Object.entries(value);
    if (grades.every(([, grade]) => typeof grade === 'number' && Number.isFinite(grade))) {
      return new Map(grades as [string, number][]);
    }
  }
  throw entry.wrong('relevant', 'must be a list of document ids, or an object of numbers by document id');
}

import { excerpt } from './lines.ts';

/** What a loss makes fewer: whole questions, documents or judgements; a detail makes none fewer. */
export type LossOf = 'question' | 'document' | 'judgement' | 'detail';

/** One kind of thing that a file holds and that could not be taken over, or written out. */
export interface Loss {
  /** A code to select by: `field`, `empty-question`, `assertion`. */
  readonly kind: string;
  readonly of: LossOf;
  /** In words: what was lost, and why. */
  readonly what: string;
  readonly count: number;
  /** The first few: file and line (or the id), and what stood there. */
  readonly examples: readonly LossExample[];
}

export interface LossExample {
  readonly where: string;
  readonly found?: string;
}

/** Questions, documents and judgements: what a set held before and after, for `before = after + losses`. */
export interface Tally {
  readonly questions: number;
  readonly documents: number;
  readonly judgements: number;
}

export interface LossNote {
  readonly kind: string;
  readonly of: LossOf;
  readonly what: string;
  /** Asked only for the examples that are kept: finding a line in a large file takes time. */
  readonly where: string | (() => string);
  readonly found?: string | undefined;
}

interface LossGroup {
  readonly note: LossNote;
  count: number;
  readonly examples: LossExample[];
}

const EXAMPLES = 3;
/** Past so many wordings of one kind, the rest is counted together: a hostile file could name a field anew in each row. */
const WORDINGS = 40;

/** Gathers what is lost on the way, so that nothing gets lost without a word. */
export class Losses {
  readonly #groups = new Map<string, LossGroup>();
  readonly #wordings = new Map<string, number>();

  add(note: LossNote, count = 1): void {
    if (count <= 0) return;
    const group = this.#groupOf(note);
    group.count += count;
    if (group.examples.length >= EXAMPLES) return;
    const where = typeof note.where === 'string' ? note.where : note.where();
    const found = note.found === undefined ? {} : { found: excerpt(note.found) };
    group.examples.push({ where, ...found });
  }

  #groupOf(note: LossNote): LossGroup {
    const key = `${note.of}\n${note.kind}\n${note.what}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const wordings = (this.#wordings.get(note.kind) ?? 0) + 1;
    this.#wordings.set(note.kind, wordings);
    const what = `others of this kind (\`${note.kind}\`)`;
    if (wordings > WORDINGS && note.what !== what) return this.#groupOf({ ...note, what });
    const group: LossGroup = { note, count: 0, examples: [] };
    this.#groups.set(key, group);
    return group;
  }

  /** How many questions, documents, judgements or details were lost. */
  count(of: LossOf): number {
    let count = 0;
    for (const group of this.#groups.values()) if (group.note.of === of) count += group.count;
    return count;
  }

  tally(): Tally {
    return {
      questions: this.count('question'),
      documents: this.count('document'),
      judgements: this.count('judgement'),
    };
  }

  /** Whole questions and documents first, details last. */
  list(): Loss[] {
    const order: readonly LossOf[] = ['question', 'document', 'judgement', 'detail'];
    return [...this.#groups.values()]
      .map(({ note: { kind, of, what }, count, examples }) => ({ kind, of, what, count, examples }))
      .sort((a, b) => order.indexOf(a.of) - order.indexOf(b.of));
  }
}

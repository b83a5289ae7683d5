import { describe, expect, it } from 'vitest';
import {
  asksInFrench,
  authoredSet,
  contentWords,
  countOf,
  groups,
  holds,
  IN_WORDS,
  KINDS,
  quotes,
  wordCount,
} from './authored-set.ts';

const DOCUMENT_KINDS = [
  'catering',
  'circular',
  'conditions',
  'fares',
  'faq',
  'freight',
  'guide',
  'handbook',
  'incident',
  'machinery',
  'maintenance',
  'manual',
  'notice',
  'policy',
  'procedure',
  'refunds',
  'safety',
  'timetable',
  'vessel-manual',
];

/** Answers that stand near their question's words in a document that does not answer it: reviewed, with the reason. */
const STANDS_ELSEWHERE: Readonly<Record<string, string>> = {
  'tw-lookup-10': 'other times of the day: a carol sailing leaves at 20:30',
  'tw-superseded-09':
    '£4.50 is also the price of a lost school pass, of a carol sailing and of early access to a cabin',
};

const { corpus, questions, documents, textOf, ofKind, supersededBy } = authoredSet('tidewater');

describe('the corpus of Tidewater Ferries', () => {
  it('names every document once, with a title, a text and a language', () => {
    expect(documents.size).toBe(corpus.length);
    for (const { id, title, text, metadata } of corpus) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title, id).not.toBe('');
      expect(text, id).toBe(text.trim());
      expect(DOCUMENT_KINDS, id).toContain(metadata.kind);
      expect(['en', 'fr'], id).toContain(metadata.language);
      expect(metadata.effective, id).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it('has 150 documents of varied length and of every kind, some of several chunks', () => {
    const words = corpus.map(({ text }) => wordCount(text));
    const total = words.reduce((sum, count) => sum + count, 0);
    expect(corpus).toHaveLength(150);
    expect(new Set(corpus.map(({ metadata }) => metadata.kind))).toEqual(new Set(DOCUMENT_KINDS));
    expect(total).toBeGreaterThanOrEqual(30_000);
    expect(Math.min(...words)).toBeGreaterThanOrEqual(70);
    expect(Math.max(...words)).toBeLessThanOrEqual(900);
    expect(words.filter((count) => count > 320).length).toBeGreaterThanOrEqual(10);
  });

  it('supersedes only documents that exist and are older', () => {
    for (const { id, metadata } of corpus) {
      for (const older of metadata.supersedes ?? []) {
        expect(documents.has(older), `${id} supersedes ${older}`).toBe(true);
        const before = documents.get(older)?.metadata.effective ?? '';
        expect(before < (metadata.effective ?? ''), `${id} is newer than ${older}`).toBe(true);
      }
    }
  });

  it('has French documents in French', () => {
    const french = corpus.filter(({ metadata }) => metadata.language === 'fr');
    expect(french.length).toBeGreaterThanOrEqual(10);
    for (const { id, text } of french) {
      expect(text, id).toMatch(/[àâçéèêëîïôùûœ]/);
      expect(text.match(/(?<!\p{L})(?:les|la)(?!\p{L})/giu)?.length, id).toBeGreaterThan(3);
    }
  });
});

describe('the golden questions of Tidewater Ferries', () => {
  it.each(KINDS)('has 10 questions to develop with and 50 to test with of the kind %s', (kind) => {
    const splits = ofKind(kind).map(({ split }) => split);
    expect(splits.filter((split) => split === 'dev')).toHaveLength(10);
    expect(splits.filter((split) => split === 'test')).toHaveLength(50);
  });

  it('asks nothing twice and gives nothing an id twice', () => {
    const plain = questions.map(({ question }) =>
      question
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    );
    expect(new Set(plain).size).toBe(questions.length);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  });

  it('knows only its kinds, difficulties and splits', () => {
    for (const { id, kind, difficulty, split } of questions) {
      expect(KINDS, id).toContain(kind);
      expect(['easy', 'medium', 'hard'], id).toContain(difficulty);
      expect(['dev', 'test'], id).toContain(split);
    }
  });

  it('quotes its evidence verbatim, where it stands once', () => {
    for (const question of questions) {
      for (const { document, quote } of quotes(question)) {
        expect(countOf(textOf(document), quote), `${question.id}: ${document}: ${quote}`).toBe(1);
      }
    }
  });

  it('judges every document that it quotes as relevant, and only known ones', () => {
    for (const { id, relevant, ...rest } of questions) {
      for (const document of Object.keys(relevant))
        expect(documents.has(document), `${id}: ${document}`).toBe(true);
      for (const { document } of quotes({ id, relevant, ...rest })) {
        expect(relevant[document], `${id}: ${document}`).toBeGreaterThan(0);
      }
    }
  });

  it('gives each answerable question an answer that stands in its evidence, unless it is derived', () => {
    for (const question of questions.filter(({ answerable }) => answerable)) {
      expect(question.answers.length, question.id).toBeGreaterThan(0);
      expect(question.evidence.length, question.id).toBeGreaterThan(0);
      const inEvidence = quotes(question).some(({ quote }) => holds(quote, question.answers[0] ?? ''));
      expect(inEvidence, question.id).toBe(question.derived !== true);
    }
  });

  it('gives every answer a form that no stray figure matches', () => {
    for (const { id, answers } of questions) {
      for (const answer of answers) {
        expect(answer, id).not.toMatch(/^\d{1,2}$/);
        expect(IN_WORDS, id).not.toContain(answer.toLowerCase());
      }
    }
  });

  it('lists every document in which an answer stands with the words of its question', () => {
    const texts = corpus.map(({ id, title, text }) => ({ id, text: `${title} ${text}`.toLowerCase() }));
    const astray: string[] = [];
    for (const { id, question, answers, relevant, kind } of questions) {
      const answer = (answers[0] ?? '').toLowerCase();
      if (answer.length <= 3 || kind === 'multi-hop' || id in STANDS_ELSEWHERE) continue;
      const words = contentWords(question);
      for (const document of texts) {
        if (document.id in relevant || !document.text.includes(answer)) continue;
        const near = words.filter((word) => document.text.includes(word)).length;
        if (near >= words.length * 0.65) astray.push(`${id}: ${answer} in ${document.id}`);
      }
    }
    expect(astray).toEqual([]);
  });

  it('derives answers only over several hops', () => {
    for (const { id, kind, derived } of questions) if (derived) expect(kind, id).toBe('multi-hop');
  });

  it('spreads every multi-hop question over at least two documents', () => {
    for (const question of ofKind('multi-hop')) {
      expect(groups(question).length, question.id).toBeGreaterThanOrEqual(2);
      expect(
        new Set(quotes(question).map(({ document }) => document)).size,
        question.id,
      ).toBeGreaterThanOrEqual(2);
    }
  });

  it('keeps forbidden values out of the evidence and out of the answers', () => {
    for (const question of questions) {
      for (const value of question.forbidden ?? []) {
        for (const { quote } of quotes(question)) expect(holds(quote, value), question.id).toBe(false);
        for (const answer of question.answers) expect(holds(answer, value), question.id).toBe(false);
      }
    }
  });

  it('leaves unanswerable questions without answers, evidence and relevant documents', () => {
    for (const { id, kind, answerable, answers, evidence, relevant } of questions) {
      expect(answerable, id).toBe(kind !== 'unanswerable');
      if (!answerable)
        expect([answers.length, evidence.length, Object.keys(relevant).length], id).toEqual([0, 0, 0]);
    }
  });

  it('asks superseded questions where a newer document names the older that holds the forbidden value', () => {
    for (const question of ofKind('superseded')) {
      const newest = quotes(question)[0]?.document ?? '';
      const older = Object.keys(question.relevant).filter((id) => question.relevant[id] === 0);
      expect(question.relevant[newest], question.id).toBe(2);
      expect(older.length, question.id).toBeGreaterThan(0);
      for (const id of older) expect(supersededBy(newest).has(id), `${question.id}: ${id}`).toBe(true);
      const stale = (question.forbidden ?? []).some((value) => older.some((id) => holds(textOf(id), value)));
      expect(stale, question.id).toBe(true);
    }
  });

  it('asks the questions of the other language in French, and the others in English', () => {
    for (const { id, kind, question } of questions) {
      expect(asksInFrench(question), id).toBe(kind === 'other-language');
      if (kind === 'other-language') expect(question, id).toMatch(/[àâçéèêëîïôùûœÀÉ]/);
    }
  });

  it('writes noisy questions in lower case', () => {
    for (const { id, question } of ofKind('noisy')) {
      expect(question.replace('BA ', ''), id).toBe(question.replace('BA ', '').toLowerCase());
    }
  });

  it('pins a handful of questions of the test split', () => {
    const pinned = questions.filter(({ must }) => must);
    expect(pinned.length).toBeGreaterThanOrEqual(4);
    expect(pinned.length).toBeLessThanOrEqual(8);
    for (const { id, split } of pinned) expect(split, id).toBe('test');
  });
});

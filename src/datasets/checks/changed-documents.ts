import { canonicalJson } from '../../kernel/digest.ts';
import type { CorpusDocument } from '../golden.ts';
import { locateQuote } from '../quotes.ts';
import type { CheckedQuestion, CheckedSet, DatasetCheck, Found } from './check.ts';
import { counted, some } from './words.ts';

/** Documents that are no longer what the questions were written about, and the questions that this puts in doubt. */
export const changedDocuments: DatasetCheck = {
  name: 'changed-documents',
  severity: 'warning',
  about: 'No document that a question names has changed since',
  needs: ['corpus', 'baseline'],
  run(set) {
    const { baseline } = set;
    if (baseline === undefined) return [];
    return 'documents' in baseline
      ? changesSince(set, baseline.documents)
      : fileChanges(set, baseline.changedFiles);
  },
};

function changesSince(set: CheckedSet, before: ReadonlyMap<string, CorpusDocument>): Found[] {
  const { documents = new Map<string, CorpusDocument>() } = set;
  const naming = questionsByDocument(set.questions);
  const found: Found[] = [];
  for (const [id, old] of before) {
    const now = documents.get(id);
    if (now !== undefined && canonicalJson(now) === canonicalJson(old)) continue;
    const doubtful = naming.get(id) ?? [];
    found.push(describeChange({ id, old, now, doubtful }));
  }
  const added = [...documents.keys()].filter((id) => !before.has(id));
  if (added.length > 0) {
    found.push({
      message: `${counted(added.length, 'document')} ${added.length === 1 ? 'has' : 'have'} been added: ${some(added)}`,
      where: 'corpus.jsonl',
      hint: 'See whether they supersede what older questions ask for, or answer what could not be answered.',
    });
  }
  // Those that put questions in doubt come first.
  return found.sort((a, b) => (b.questions?.length ?? 0) - (a.questions?.length ?? 0));
}

interface Change {
  readonly id: string;
  readonly old: CorpusDocument;
  readonly now: CorpusDocument | undefined;
  readonly doubtful: readonly CheckedQuestion[];
}

function describeChange({ id, old, now, doubtful }: Change): Found {
  const ids = doubtful.map(({ question }) => question.id);
  const name = JSON.stringify(id);
  const doubt = ids.length === 0 ? 'no question names it' : `it puts in doubt ${some(ids, 8)}`;
  if (now === undefined) {
    return {
      message: `Document ${name} has been removed; ${doubt}`,
      where: id,
      hint: 'Write those questions anew, or bring the document back.',
      questions: ids,
    };
  }
  const parts = (['title', 'text', 'metadata'] as const).filter(
    (part) => canonicalJson(old[part]) !== canonicalJson(now[part]),
  );
  const lost = doubtful.filter(({ question }) =>
    question.evidence
      .flat()
      .some(({ document, quote }) => document === id && locateQuote(now.text, quote).length === 0),
  );
  const gone =
    lost.length === 0 ? '' : `; gone is the evidence of ${some(lost.map((one) => one.question.id))}`;
  return {
    message: `The ${parts.join(' and ')} of document ${name} changed; ${doubt}${gone}`,
    where: id,
    hint: 'Read those questions against the document as it is now.',
    questions: ids,
  };
}

function questionsByDocument(questions: readonly CheckedQuestion[]): Map<string, CheckedQuestion[]> {
  const naming = new Map<string, CheckedQuestion[]>();
  for (const one of questions) {
    const { relevant, evidence } = one.question;
    const named = new Set([...relevant.keys(), ...evidence.flat().map(({ document }) => document)]);
    for (const id of named) naming.set(id, [...(naming.get(id) ?? []), one]);
  }
  return naming;
}

/** A manifest has one hash for the whole corpus: that it changed can be told, and not where. */
function fileChanges({ questions }: CheckedSet, changedFiles: readonly string[]): Found[] {
  return changedFiles.map((file) => {
    const named =
      file === 'corpus.jsonl' ? questions.filter(({ question }) => question.relevant.size > 0) : [];
    const ids = named.map(({ question }) => question.id);
    const doubt = ids.length === 0 ? '' : `; all ${ids.length} questions that name documents are in doubt`;
    return {
      message: `${file} is not what it was${doubt}`,
      where: file,
      hint: 'A manifest cannot tell which documents changed: give --against the folder of an older copy.',
      questions: ids,
    };
  });
}

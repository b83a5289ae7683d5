import { isObject } from './entry.ts';
import type { Importer } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { idOf, readRecordSet, withContexts } from './record-sets.ts';

const REFERENCES = ['reference', 'ground_truth', 'ground_truths'];
/** What a system answered and found: not golden. */
const GENERATED = ['answer', 'response', 'retrieved_contexts'];

export const ragas: Importer = {
  name: 'ragas',
  reads:
    'ragas data sets as JSON, JSON lines or CSV: user_input, reference, reference_contexts, reference_context_ids; or the older question, ground_truth(s), contexts',
  detected: 'records with user_input, reference_contexts or ground_truth(s)',
  detect({ fields }) {
    const seen = [
      'user_input',
      'reference_contexts',
      'reference_context_ids',
      'ground_truth',
      'ground_truths',
    ].filter((field) => fields.has(field));
    return seen.length > 0 ? `records with ${seen.join(', ')}` : undefined;
  },
  read: (task) =>
    readRecordSet(task, (entry, { index, contexts }) => {
      const id = idOf(entry, index, 'id', 'question_id', 'sample_id');
      const turns = entry.value('question', 'user_input');
      if (Array.isArray(turns) || isObject(turns)) {
        task.losses.add({
          kind: 'multi-turn',
          of: 'question',
          what: 'a conversation of several turns is no golden question',
          where: () => entry.where('user_input'),
          found: JSON.stringify(turns),
        });
        entry.ignore(...entry.names);
        return undefined;
      }
      // In older files `contexts` are golden unless a system's `answer` stands beside them: then it retrieved them.
      const older = entry.has('ground_truth', 'ground_truths') || !entry.has('reference');
      const retrieved = older && GENERATED.some((field) => isFilled(entry.raw(field)));
      const own = ownFields(entry, { misfit: 'lose', losses: task.losses });
      const texts = manyOf(entry, 'reference_contexts', ...(retrieved ? [] : ['contexts']));
      const ids = manyOf(entry, 'reference_context_ids');
      const reference = REFERENCES.find((field) => entry.has(field));
      const stated = reference === undefined ? [] : manyOf(entry, reference);
      return {
        id,
        question: entry.text('question', 'user_input'),
        ...own,
        answers: own.answers ?? stated,
        ...withContexts(own, { texts, ids, where: entry.where }, { placer: contexts, losses: task.losses }),
      };
    }),
};

const isFilled = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

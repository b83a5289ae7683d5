import type { Entry } from './entry.ts';
import type { Importer } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { idOf, readRecordSet, withContexts } from './record-sets.ts';

export const deepeval: Importer = {
  name: 'deepeval',
  reads: 'DeepEval goldens as JSON, JSON lines or CSV: input, expected_output, context',
  detected: 'records with input and expected_output',
  detect({ fields }) {
    return fields.has('input') && fields.has('expected_output')
      ? 'records with input, expected_output'
      : undefined;
  },
  read: (task) =>
    readRecordSet(task, (entry, { index, contexts }) => {
      const id = idOf(entry, index, 'id');
      if (!entry.has('question', 'input') && entry.has('scenario', 'turns')) {
        task.losses.add({
          kind: 'multi-turn',
          of: 'question',
          what: 'a conversation of several turns is no golden question',
          where: () => entry.where(),
          found: JSON.stringify(entry.value('scenario', 'turns')),
        });
        entry.ignore(...entry.names);
        return undefined;
      }
      const own = ownFields(entry, { misfit: 'lose', losses: task.losses });
      const golden = { texts: contextsOf(entry), ids: [], where: entry.where };
      return {
        id,
        question: entry.text('question', 'input'),
        ...own,
        answers: own.answers ?? manyOf(entry, 'answer', 'expected_output', 'expectedOutput'),
        ...withContexts(own, golden, { placer: contexts, losses: task.losses }),
      };
    }),
};

/** A list; in the CSV that DeepEval writes, passages joined with `|`. */
function contextsOf(entry: Entry): readonly string[] {
  const texts = manyOf(entry, 'contexts', 'context');
  const [only] = texts;
  if (texts.length !== 1 || only === undefined || !only.includes('|')) return texts;
  if (Array.isArray(entry.value('contexts', 'context'))) return texts;
  return only.split('|').filter((text) => text.trim() !== '');
}

import type { Importer } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { idOf, readRecordSet } from './record-sets.ts';

export const ragchecker: Importer = {
  name: 'ragchecker',
  reads: 'RAGChecker inputs as JSON ({"results": […]}) or JSON lines: query_id, query, gt_answer',
  detected: 'records with gt_answer',
  detect: ({ fields }) => (fields.has('gt_answer') ? 'records with gt_answer' : undefined),
  read: (task) =>
    readRecordSet(task, (entry, { index }) => {
      // `response` and `retrieved_context` are what a system made of the question: they are no golden answers.
      const own = ownFields(entry, { misfit: 'lose', losses: task.losses });
      return {
        id: idOf(entry, index, 'id', 'query_id'),
        question: entry.text('question', 'query'),
        ...own,
        answers: own.answers ?? manyOf(entry, 'answer', 'gt_answer'),
      };
    }),
};

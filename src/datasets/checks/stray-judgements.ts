import type { DatasetCheck } from './check.ts';

export const strayJudgements: DatasetCheck = {
  name: 'stray-judgements',
  severity: 'error',
  about: 'Every question that judgements name is there',
  needs: [],
  run: ({ strays }) =>
    strays.map(({ message, where }) => ({
      message: message.replace(/\.$/, ''),
      where,
      hint: 'Add the question, or remove its judgements.',
    })),
};

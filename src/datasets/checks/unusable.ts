import type { DatasetCheck } from './check.ts';

const HINTS: Readonly<Record<string, string>> = {
  'empty-document': 'Fill it, or remove it from the corpus.',
  'empty-question': 'Word the question, or remove the line.',
  unlabelled: 'Give it an answer, evidence or a relevant document; or "answerable": false.',
  encoding: 'Write the document again from its source, as UTF-8.',
};

export const unusable: DatasetCheck = {
  name: 'unusable-entries',
  severity: 'warning',
  about: 'Every document has text, and every question words and something to be scored by',
  needs: [],
  run: ({ oddities }) =>
    oddities.map(({ code, message, where }) => ({
      message: message.replace(/\.$/, ''),
      where,
      hint: HINTS[code] ?? 'Mend that line.',
    })),
};

import { GroundspeedError } from '../kernel/errors.ts';

/** Text past this is not repeated in an error. */
const SHOWN = 60;

/**
 * The question as every stage and every cache key sees it: trimmed, in Unicode's composed form (NFC), case kept. Refuses
 * one without text, and one longer than `maxLength` UTF-16 units as it was given.
 */
export function normaliseQuestion(question: string, maxLength: number): string {
  if (question.length > maxLength) {
    throw new GroundspeedError(
      'query.tooLong',
      `The question has ${question.length} characters; ${maxLength} are accepted ("${question.slice(0, SHOWN)}…")`,
      { where: 'limits.maxQuestionLength', hint: 'Shorten the question, or raise limits.maxQuestionLength.' },
    );
  }
  const text = question.trim().normalize('NFC');
  if (text === '') {
    throw new GroundspeedError('query.empty', 'The question is empty', { hint: 'Ask with some words.' });
  }
  return text;
}

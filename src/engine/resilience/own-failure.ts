import { GroundspeedError } from '../../kernel/errors.ts';

/**
 * Whether work ended for a reason of whoever it was done for, left or out of time, which says nothing of how it would end for
 * another who waits for the same.
 */
export function isOwnFailure(error: unknown): boolean {
  if (!(error instanceof GroundspeedError)) return false;
  return error.code === 'query.aborted' || error.where === 'resilience.deadlineMs';
}

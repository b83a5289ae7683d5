import { writeValue } from './quantity.ts';
import type { Clause, Slo } from './slo.ts';
import { nameOf, quantityOf } from './vocabulary.ts';

/**
 * The one way to write an SLO: short names, clauses in their order, then the deadlines. Two SLOs that mean the same are
 * written the same, and what is written is read back as the very same subjects, comparisons and bounds; only the texts
 * "as written" become the canonical ones. Empty where the SLO asks for nothing.
 */
export function formatSlo(slo: Slo): string {
  const { clauses, deadlineMs, firstTokenDeadlineMs } = slo;
  return [
    ...clauses.map(formatClause),
    ...(deadlineMs === null ? [] : [`deadline ${writeValue('duration', deadlineMs)}`]),
    ...(firstTokenDeadlineMs === null
      ? []
      : [`ttft.deadline ${writeValue('duration', firstTokenDeadlineMs)}`]),
  ].join(', ');
}

export function formatClause({ subject, comparison, bound }: Omit<Clause, 'text'>): string {
  return `${nameOf(subject)} ${comparison} ${writeValue(quantityOf(subject), bound)}`;
}

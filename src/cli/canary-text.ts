import type { CanaryFigures } from '../experiments/canary.ts';

/** `2026-11-21T19:36:00Z tidewater: recall@5 93.1 %, right 90.0 %, 30 questions, 0 failed` */
export function canaryLine({ at, dataset, recall, right, questions, failed }: CanaryFigures): string {
  const when = new Date(at).toISOString().replace(/\.\d+/, '');
  const recalls = Object.entries(recall).map(([k, share]) => `recall@${k} ${percent(share)}`);
  const figures = [...recalls, `right ${right === null ? '–' : percent(right)}`];
  return `${when} ${dataset}: ${figures.join(', ')}, ${questions} questions, ${failed} failed`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

import type { ClauseRecord } from '../../records/schema.ts';
import { VERDICTS } from '../words.ts';
import { html, type Markup } from './markup.ts';

type Verdict = ClauseRecord['verdict'];

const LOOK: Readonly<Record<Verdict, string>> = { PASS: 'pass', FAIL: 'fail', INCONCLUSIVE: 'open' };

/** The word, its sign and its colour: three ways to tell, as two of them may not be seen. */
export function verdictBadge(verdict: Verdict): Markup {
  return html`<span class="verdict ${LOOK[verdict]}"><span aria-hidden="true">${VERDICTS[verdict].mark} </span>${verdict}</span>`;
}

/** The same for a cell of a wide table: the sign, and the word for those who do not see it. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="mark ${LOOK[verdict]}" title="${verdict}"><span aria-hidden="true">${VERDICTS[verdict].mark}</span><span class="unseen">${verdict}</span></span>`;
}

import type { CorpusDocument } from '../../../src/datasets/golden.ts';

export const documentOf = (id: string, text: string, title = id): CorpusDocument => ({
  id,
  title,
  text,
  metadata: {},
});

/** A small world with headings, a table, code, a repeated sentence, and two languages. */
export const HANDBOOK: readonly CorpusDocument[] = [
  documentOf(
    'terms.md',
    `# Terms

General words about the terms of the line come first here.

## Refunds

A travel voucher is valid for 12 months from the date of issue. It cannot be sold.
Refunds of more than £75.00 are approved by the Harbour Office within five days.

## Pets

Dogs travel on the upper deck of the Storm Petrel at a charge of £4.50 each way.

| Pet | Fare |
| --- | --- |
| Cat | £2.00 |

\`\`\`
price = 4.50 in the code of the till
\`\`\`
`,
    'Terms',
  ),
  documentOf(
    'notices.txt',
    `Winter timetable

The winter timetable applies from 3 November 2025 until further notice to all boats.

Lost property

Collection of lost things costs £3.00 per item at the desk in Port Amery on weekdays.
“Peak sailing” means every sailing between 24 June and 8 September of the year.`,
    'Notices',
  ),
  documentOf(
    'guide-fr.md',
    '# Guide\n\nLe bureau du port ouvre à 8 h 30 et ferme après 60 minutes.',
    'Guide',
  ),
];

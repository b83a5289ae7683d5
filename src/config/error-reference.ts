import { CATALOGUE, EXIT, type ExitName } from '../kernel/errors.ts';
import { markdownTable } from './markdown.ts';

/** What each exit code tells whoever called. */
const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  done: 'Done; nothing stood against it.',
  internal: 'groundspeed itself, or the machine under it, failed.',
  usage: 'The command line or the configuration is wrong.',
  dataset: 'The golden set, or a document, is missing or wrong.',
  gate: 'A gate or an objective (SLO) was not met.',
  targetUnavailable: 'The target, or a service that it needs, does not answer.',
  inconclusive: 'The evidence decides neither way, and `--strict` was given.',
  invalid: 'The run cannot be trusted, so that nothing it measured counts.',
  interrupted: 'Interrupted; what was measured until then is kept and marked.',
};

/** The reference of exit codes and of every error, in Markdown. */
export function errorReference(): string {
  const exits = Object.entries(EXIT) as [ExitName, number][];
  const exitTable = markdownTable(
    ['code', 'meaning'],
    exits.map(([name, code]) => [String(code), EXIT_MEANINGS[name]]),
  );
  const errorTable = markdownTable(
    ['error', 'exit code', 'meaning'],
    Object.entries(CATALOGUE).map(([code, { exit, meaning }]) => [
      `\`${code}\``,
      String(EXIT[exit]),
      meaning,
    ]),
  );
  return [
    '# Exit codes and errors\n\nEvery command ends with one of these, generated from the catalogue in the code.\n',
    `## Exit codes\n\n${exitTable}`,
    `## Errors\n\nAn error says where it happened and what to do about it.\n\n${errorTable}`,
  ].join('\n');
}

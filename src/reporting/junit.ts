/** JUnit's XML, as CI systems read it. There is no binding schema: this is what Jenkins, GitLab and GitHub's actions share. */

export interface JUnitCase {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number;
  readonly failure?: { readonly message: string; readonly details: string };
  /** Why it was not decided. */
  readonly skipped?: string;
}

export interface JUnitSuite {
  readonly name: string;
  readonly cases: readonly JUnitCase[];
}

/** One document for all suites. A failing case is a failure even where it also says that it was skipped. */
export function renderJUnit(suites: readonly JUnitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'groundspeed', ...totals(all) })}>`,
    ...suites.map(suiteXml),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteXml({ name, cases }: JUnitSuite): string {
  return [
    `  <testsuite${attributes({ name, ...totals(cases) })}>`,
    ...cases.map(caseXml),
    '  </testsuite>',
  ].join('\n');
}

function caseXml({ name, classname, seconds, failure, skipped }: JUnitCase): string {
  const tag = `testcase${attributes({ name, classname, time: seconds.toFixed(3) })}`;
  if (failure)
    return `    <${tag}><failure${attributes({ message: failure.message })}>${escapeXml(failure.details)}</failure></testcase>`;
  return skipped === undefined
    ? `    <${tag}/>`
    : `    <${tag}><skipped${attributes({ message: skipped })}/></testcase>`;
}

function totals(cases: readonly JUnitCase[]): Record<string, string> {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.failure === undefined && one.skipped !== undefined).length;
  const time = cases.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    tests: String(cases.length),
    failures: String(failures),
    errors: '0',
    skipped: String(skipped),
    time: time.toFixed(3),
  };
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value).replace(/[\t\n]/g, lineBreak)}"`)
    .join('');
}

/** A parser would turn a line break within an attribute into a space. */
function lineBreak(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** Characters that no XML 1.0 document may hold, not even escaped: controls, lone surrogates, U+FFFE and U+FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * Text for XML. Escape sequences of terminals are taken out whole, all else that is forbidden by the character. A carriage
 * return is escaped, too: a parser would make a line feed of it.
 */
export function escapeXml(text: string): string {
  return text
    .replace(TERMINAL_SEQUENCES, '')
    .replace(FORBIDDEN, '')
    .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const TERMINAL_SEQUENCES = /\u001b\[[\d;?]*[A-Za-z]/g;

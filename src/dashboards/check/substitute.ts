/**
 * Puts values in for variables of Grafana, `$name` and `${name}`. The longest name goes first: `$job` is also how
 * `$job_name` begins.
 */
export function substitute(query: string, values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  let text = query;
  for (const name of names) {
    const value = values[name]!;
    text = text.replaceAll(new RegExp(`\\$\\{${name}(:[a-z]+)?\\}`, 'g'), () => value);
    text = text.replaceAll(`$${name}`, () => value);
  }
  return text;
}

/** Variables that stand in the text still. */
export function variablesLeft(query: string): string[] {
  return [...query.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name!);
}

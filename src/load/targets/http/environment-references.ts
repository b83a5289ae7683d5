/** What the environment gives, by name. */
export type EnvironmentValues = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([^}]*)\}/g;
const WELL_FORMED = /^([A-Za-z_]\w*)(?::-(.*))?$/s;

/**
 * The text with `${NAME}` and `${NAME:-default}` filled in from the environment, where an empty variable counts as
 * unset, and what is wrong with it. No problem repeats a value.
 */
export function expandReferences(
  text: string,
  env: EnvironmentValues,
): { readonly value: string; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const value = text.replaceAll(REFERENCE, (_, inside: string) => {
    const [, name, otherwise] = WELL_FORMED.exec(inside) ?? [];
    if (name === undefined) {
      problems.push(`a reference must be \${NAME} or \${NAME:-default}`);
      return '';
    }
    const given = env[name] === '' ? undefined : env[name];
    if (given === undefined && otherwise === undefined) {
      problems.push(`the environment variable ${name} is not set; set it, or write \${${name}:-default}`);
    }
    return given ?? otherwise ?? '';
  });
  if (/\$\{/.test(text.replaceAll(REFERENCE, ''))) problems.push(`a reference begins with \${ and has no }`);
  return { value, problems };
}

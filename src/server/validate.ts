import type { z } from 'zod';
import { type FieldProblem, RequestProblem } from './problem.ts';

/** Problems that a response lists. */
const LISTED = 20;

/** What the schema makes of a body; throws `request.invalid`, naming each field that is at fault. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = read.error.issues.flatMap(problemsOf).slice(0, LISTED);
  const [first = { field: 'body', message: 'is wrong' }] = problems;
  throw new RequestProblem('request.invalid', { message: `${first.field} ${first.message}`, problems });
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldPath([...issue.path, key]),
      message: 'is not a field that is known here',
    }));
  }
  return [{ field: fieldPath(issue.path), message: issue.message }];
}

/** Characters of a path that are shown: the names in it may be the caller's own. */
const SHOWN = 120;

/** `documents[3].text`; `body` for the whole of it. */
export function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'body';
  const text = path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

/** For zod's `error`: that a field is missing is told apart from its being of another kind. */
export const mustBe =
  (what: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `must be ${what}`;

import { loadSchema, type TargetOptions } from '../../../../src/load/options.ts';
import {
  type Describing,
  describeTarget,
  type TargetDescription,
} from '../../../../src/load/targets/http/description.ts';

type Written = Readonly<Record<string, unknown>>;

/** The section `target` as settings give it. */
export function section(written: Written = {}): TargetOptions {
  return loadSchema.parse({ target: written }).target;
}

export function described(written: Written = {}, describing: Partial<Describing> = {}): TargetDescription {
  return describeTarget(section({ url: 'http://127.0.0.1:8080', ...written }), { env: {}, ...describing });
}

/** An API of its own, without a preset. */
export const OWN_API = {
  url: 'http://127.0.0.1:8080/ask',
  body: { q: '{{question}}' },
  response: { answer: 'data.text' },
} as const;

/** The lines of what is wrong with a description. */
export function problemsOf(written: Written, describing: Partial<Describing> = {}): readonly string[] {
  try {
    described(written, describing);
  } catch (thrown) {
    return (thrown as { problems: readonly string[] }).problems;
  }
  return [];
}

import pc from 'picocolors';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { World } from './world.ts';

export interface ErrorView {
  readonly colour: boolean;
  /** Shows the stack of an error that nobody foresaw. */
  readonly debug: boolean;
}

export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof GroundspeedError ? thrown.exitCode : EXIT.internal;
}

/** What went wrong, where, each problem on a line of its own, what to do, and the code to look up. */
export function renderError(thrown: unknown, { colour, debug }: ErrorView): string {
  const colours = pc.createColors(colour);
  const lines = [`${colours.red(colours.bold('error:'))} ${messageOf(thrown)}`];
  if (thrown instanceof GroundspeedError) {
    const { message, where, problems, hint, code } = thrown;
    if (where !== undefined && !message.includes(where)) lines.push(`  in ${where}`);
    for (const problem of problems) if (!message.includes(problem)) lines.push(`  - ${problem}`);
    if (hint !== undefined) lines.push(`  ${colours.bold('hint:')} ${hint}`);
    lines.push(colours.dim(`  code: ${code}`));
  } else {
    lines.push(`  ${colours.bold('hint:')} This was not foreseen. LOG_LEVEL=debug shows where it happened.`);
    lines.push(colours.dim('  code: internal.bug'));
  }
  if (debug) lines.push(colours.dim(stackOf(thrown)));
  return `${lines.join('\n')}\n`;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  const stack = thrown.stack ?? '';
  return thrown.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(thrown.cause)}`;
}

/** Names of environment variables whose values are never shown, wherever a foreign message may have got them from. */
const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;
/** Shorter values would blot out words that merely look like them. */
const LEAST_SECRET_LENGTH = 8;

/** A text for stderr without credentials: those in URLs, and the values of variables that are named like one. */
export async function withoutSecrets(text: string, env: World['env']): Promise<string> {
  let shown = text;
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.length >= LEAST_SECRET_LENGTH && SECRET_NAME.test(name)) {
      shown = shown.replaceAll(value, '***');
    }
  }
  if (!shown.includes('://')) return shown;
  const { maskCredentials } = await import('../config/redact.ts');
  return maskCredentials(shown);
}

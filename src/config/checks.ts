import type { Settings } from './settings.ts';

/** What is wrong between sections that are each right: a line each. A section that is itself wrong is missing here. */
export function checkTogether({ embedding, generation, openai, retrieval }: Partial<Settings>): string[] {
  const problems: string[] = [];
  const asking = [
    embedding?.provider === 'openai' && 'embedding.provider',
    generation?.provider === 'openai' && 'generation.provider',
  ].filter((path) => path !== false && path !== undefined);
  if (
    asking.length > 0 &&
    openai !== undefined &&
    openai.apiKey === undefined &&
    openai.baseUrl === undefined
  ) {
    problems.push(
      `openai.apiKey: is missing, though ${asking.join(' and ')} ${asking.length > 1 ? 'are' : 'is'} openai; set OPENAI_API_KEY, or openai.baseUrl for a service that needs no key`,
    );
  }
  if (retrieval?.mode === 'vector' && embedding?.provider === 'none') {
    problems.push(
      'retrieval.mode: is vector, though embedding.provider is none, so that nothing would ever be found; choose keyword, or another provider',
    );
  }
  return problems;
}

/** What is allowed and yet will surprise: a line each. */
export function warningsAbout({ chunking, retrieval }: Settings): string[] {
  const warnings: string[] = [];
  if (retrieval.contextTokens < chunking.size) {
    warnings.push(
      `retrieval.contextTokens (${retrieval.contextTokens}) is less than chunking.size (${chunking.size}): a full chunk never fits, and the generator does not see it`,
    );
  }
  return warnings;
}

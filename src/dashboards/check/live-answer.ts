/** What Prometheus' API gave, as it says whether it could: `{ status, data }`, or an error in words. */
export interface LiveAnswer {
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly error: string | undefined;
}

export function answerOf(answer: unknown): LiveAnswer {
  const { status, error, data } = (answer ?? {}) as { status?: string; error?: string; data?: unknown };
  if (status === 'success' && typeof data === 'object' && data !== null)
    return { data: data as Readonly<Record<string, unknown>>, error: undefined };
  return { data: undefined, error: error ?? 'Prometheus gave no answer that can be read' };
}

/** A list below a name of an answer; empty where there is none. */
export function listIn<Item>(data: LiveAnswer['data'], name: string): readonly Item[] {
  const list = data?.[name];
  return Array.isArray(list) ? (list as Item[]) : [];
}

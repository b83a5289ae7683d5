/** What a chat model is asked, and held to. */
export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** What the reply has to be, as JSON Schema in the subset that services hold a model to. */
export interface ReplySchema {
  /** Letters, digits and underscores. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

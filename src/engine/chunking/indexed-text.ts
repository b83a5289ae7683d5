/** What is embedded of a chunk: its document's title, then its text. A passage often leaves out what it is about. */
export function indexedText({ title, text }: { readonly title: string; readonly text: string }): string {
  return title === '' ? text : `${title}\n${text}`;
}

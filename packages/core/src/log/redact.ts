/**
 * A URL, or a text that contains URLs, without user names and passwords: for logs and errors. They are cut up to the
 * last `@` of a word, since a password may contain what should have been encoded. A URL without its scheme loses them
 * too.
 */
export const redact = (text: string): string => text.replace(/\S+/g, redactWord);

function redactWord(word: string): string {
  const at = word.lastIndexOf("@");
  const before = word.slice(0, Math.max(0, at));
  const scheme = /^[^\w/]*(?:[a-z][\w+.-]*:)?\/\//i.exec(before)?.[0];
  if (scheme === undefined && !before.includes(":")) return word;
  return `${scheme ?? ""}***${word.slice(at)}`;
}

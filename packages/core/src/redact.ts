/** A URL, or a text that holds some, without user names and passwords: for logs and errors. */
export const redact = (text: string): string => text.replace(/\/\/[^/\s@]*@/g, "//***@");

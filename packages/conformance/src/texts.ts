/** Texts of every kind, named after what is special about them. A driver moves them unchanged. */
export const texts: Readonly<Record<string, string>> = {
  plain: "hello",
  empty: "",
  json: JSON.stringify({ Id: "1", Args: [1, "two", null, { three: 3.5 }] }),
  // JSON that no writer here would write like this: a driver that parses it and writes it again changes it.
  "another's JSON": String.raw`{ "Id" : 1.0, "Id":12345678901234567890, "Name": "\u003c\/\u00e9", "__proto__":{} }`,
  quotes: `"double" 'single' \`back\` \\ backslash \\n`,
  "line ends": "one\ntwo\r\nthree\r",
  "spaces around": "  both sides  ",
  NUL: "before\u0000after",
  "control characters": "\u0001\u0007\u001b\u007f\u0085",
  accents: "größe, naïve, Ångström, e\u0301",
  chinese: "任务队列",
  "right to left": "مرحبا שלום",
  emoji: "🚀👩‍👩‍👧‍👦🏳️‍🌈",
  "line separators": "\u2028\u2029\ufeff",
  "looks like a number": "007",
  "looks like nothing": "null",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text that looks like a template, and has to stay one
  "looks like code": "$1 %s {0} ${x} '; DROP TABLE tasks; --",
  "900 kilobytes": "0123456789".repeat(90_000),
  "900 kilobytes of umlauts": "ü".repeat(450_000),
};

// What the languages of the snippets have in common in how they write texts.

// quoted is the text between double quotes, as JavaScript, Go and Python all read it.
// JSON leaves some characters as they are that Go's source may not hold (a byte order
// mark) or that old readers of JavaScript end a line at.
export function quoted(text) {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

// plain reports whether the text may stand in the source as it is, on its lines: a lone
// carriage return would be lost there, and other controls would not be seen.
export function plain(text) {
  return !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
}

import { plain, quoted } from "./literals.js";

// typescript writes a request as a module of TypeScript, which is one of JavaScript as
// well, on fetch.
export function typescript({ method, url, headers, body }) {
  return `const response = await fetch(${quoted(url)}, {
  method: ${quoted(method)},
  headers: {
${headers.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},\n`).join("")}  },
${body ? `  body: ${literal(body)},\n` : ""}});
console.log(response.status, response.statusText);
console.log(await response.text());

export {};
`;
}

// literal prefers a template, in which JSON reads well, where nothing in it is special.
function literal(text) {
  return plain(text) && !/[`\\]|\$\{/.test(text) ? "`" + text + "`" : quoted(text);
}

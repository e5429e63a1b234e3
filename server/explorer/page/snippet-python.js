import { plain, quoted } from "./literals.js";

// python writes a request as a Python program on urllib.request.
export function python({ method, url, headers, body }) {
  return `import urllib.error
import urllib.request

request = urllib.request.Request(
    ${quoted(url)},
    method=${quoted(method)},
    headers={
${headers.map(([name, value]) => `        ${quoted(name)}: ${quoted(value)},\n`).join("")}    },
${body ? `    data=${literal(body)}.encode(),\n` : ""})
try:
    response = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:  # an answer, too
    response = error
with response:
    print(response.status, response.reason)
    print(response.read().decode())
`;
}

// literal prefers a text of several lines, in which JSON reads well, where nothing in it
// is special.
function literal(text) {
  return plain(text) && !/\\|"""|"$/.test(text) ? `"""${text}"""` : quoted(text);
}

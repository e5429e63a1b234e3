import { curl } from "./snippet-curl.js";
import { go } from "./snippet-go.js";
import { python } from "./snippet-python.js";
import { typescript } from "./snippet-typescript.js";

// languages are the tabs of the snippets, in their order: Swagger UI calls the function
// requestSnippetGenerator_NAME for each. It highlights none of the others' syntaxes.
export const languages = {
  curl: { title: "curl", syntax: "bash" },
  go: { title: "Go", syntax: "text" },
  typescript: { title: "TypeScript", syntax: "javascript" },
  python: { title: "Python", syntax: "text" },
};

const storageKey = "orglink.language";

// snippetsPlugin adds the generators, and tabs that a keyboard reaches. The language is
// kept: who reads Go for one operation reads it for the next.
export const snippetsPlugin = ({ React }) => ({
  fn: {
    requestSnippetGenerator_curl: (request) => curl(read(request)),
    requestSnippetGenerator_go: (request) => go(read(request)),
    requestSnippetGenerator_typescript: (request) => typescript(read(request)),
    requestSnippetGenerator_python: (request) => python(read(request)),
  },
  components: { RequestSnippets: (props) => snippets(React, props) },
});

// read makes of Swagger UI's request what the generators need. The address is written as
// a browser sends it, so that what is not ASCII is escaped; a body, too, is what goes over
// the wire, which has no lone surrogates.
export function read(request) {
  const url = new URL(request.get("url"), document.baseURI);
  url.hash = "";
  const body = request.get("body");
  return {
    method: request.get("method"),
    url: url.href,
    headers: Object.entries(request.get("headers")?.toJS() ?? {}).map(([name, value]) => [name, String(value)]),
    body: body ? new TextDecoder().decode(new TextEncoder().encode(body)) : "",
  };
}

function snippets(React, { request, requestSnippetsSelectors, getComponent }) {
  const { createElement: h, useState } = React;
  const generators = requestSnippetsSelectors.getSnippetGenerators();
  const [kept, setKept] = useState(() => localStorage.getItem(storageKey));
  const language = generators.has(kept) ? kept : generators.keySeq().first();
  const text = generators.get(language).get("fn")(request);
  const choose = (name) => {
    localStorage.setItem(storageKey, name);
    setKept(name);
  };
  const SyntaxHighlighter = getComponent("SyntaxHighlighter", true);
  const tab = (generator, name) => h("button", {
    key: name, type: "button", className: "snippet-tab", "aria-pressed": name === language, onClick: () => choose(name),
  }, generator.get("title"));
  return h("div", { className: "snippets" },
    h("h4", null, "Request"),
    h("div", { className: "snippet-tabs" },
      h("div", { role: "group", "aria-label": "Language" }, ...generators.map(tab).values()),
      h(CopyButton, { React, text, key: text })),
    h(SyntaxHighlighter, {
      language: generators.get(language).get("syntax"),
      className: "snippet microlight",
      renderPlainText: ({ children, PlainTextViewer }) => h(PlainTextViewer, { className: "snippet" }, children),
    }, text));
}

function CopyButton({ React: { createElement: h, useState }, text }) {
  const [label, setLabel] = useState("Copy");
  const copy = () => navigator.clipboard.writeText(text).then(() => setLabel("Copied"), () => setLabel("Not allowed"));
  return h("button", { type: "button", className: "snippet-copy", onClick: copy }, label);
}

import { plain, quoted } from "./literals.js";

// go writes a request as a Go program on net/http.
export function go({ method, url, headers, body }) {
  const imports = ["fmt", "io", "log", "net/http", ...(body ? ["strings"] : [])];
  return `package main

import (
${imports.map((name) => `\t"${name}"\n`).join("")})

func main() {
\treq, err := http.NewRequest(${quoted(method)}, ${quoted(url)}, ${body ? `strings.NewReader(${literal(body)})` : "nil"})
\tif err != nil {
\t\tlog.Fatal(err)
\t}
${headers.map(([name, value]) => `\treq.Header.Set(${quoted(name)}, ${quoted(value)})\n`).join("")}\tresp, err := http.DefaultClient.Do(req)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tdefer resp.Body.Close()
\ttext, err := io.ReadAll(resp.Body)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tfmt.Println(resp.Status)
\tfmt.Println(string(text))
}
`;
}

// literal prefers a raw string, in which JSON reads well; a backquote cannot stand in one.
function literal(text) {
  return plain(text) && !text.includes("`") ? "`" + text + "`" : quoted(text);
}

// curl writes a request for curl in a shell.
export function curl({ method, url, headers, body }) {
  const words = ["curl -i"];
  // curl takes brackets and braces in an address for patterns.
  if (/[[\]{}]/.test(url)) {
    words.push("-g");
  }
  if (method === "HEAD") {
    words[0] = "curl -I";
  } else if (method !== (body ? "POST" : "GET")) {
    words.push(`-X ${method}`);
  }
  const lines = [[...words, shell(url)].join(" ")];
  for (const [name, value] of headers) {
    // An empty value after a colon has curl leave the header out.
    lines.push(`-H ${shell(value === "" ? `${name};` : `${name}: ${value}`)}`);
  }
  if (body) {
    lines.push(`--data-raw ${shell(body)}`); // --data would read a file where the body begins with @
  }
  return lines.join(" \\\n  ");
}

// shell quotes a word for a POSIX shell, where nothing but the quote itself is special.
function shell(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

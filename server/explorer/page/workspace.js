// The choice of the workspace that requests go to, in place of Swagger UI's list of
// servers: the one without a workspace is the default's, the other takes any name.

const storageKey = "orglink.workspace";
const defaultName = "default";
const otherName = ""; // is no workspace's: the choice to type one

// workspacePlugin puts the picker beside the Authorize button.
export const workspacePlugin = ({ React }) => ({
  components: { ServersContainer: (props) => picker(React, props) },
});

function picker({ createElement: h, useEffect, useState }, { specSelectors, oas3Actions, authSelectors }) {
  const token = authSelectors.authorized().getIn(["workbenchAdmin", "value"]);
  const [chosen, setChosen] = useState(() => localStorage.getItem(storageKey) || defaultName);
  const [names, setNames] = useState([]);
  const [typing, setTyping] = useState(false);
  const refresh = () => listWorkspaces(token).then(setNames);

  useEffect(() => { refresh(); }, [token]);
  useEffect(() => {
    select(specSelectors.servers(), oas3Actions, chosen);
    localStorage.setItem(storageKey, chosen);
  }, [chosen, specSelectors.servers()]);

  const choose = (name) => {
    setTyping(name === otherName);
    if (name !== otherName) {
      setChosen(name);
    }
  };
  const control = names.length > 0 && !typing
    ? h("select", {
      id: "workspace", value: chosen, onFocus: refresh, onChange: (e) => choose(e.target.value),
    }, ...options(h, [...new Set([...names, chosen])]))
    : h("input", {
      id: "workspace", key: chosen, defaultValue: chosen, autoFocus: typing, spellCheck: false, autoCapitalize: "none",
      required: true, pattern: "[a-z0-9][a-z0-9_\\-]{0,62}", title: "Lower-case letters, digits, _ and -",
      onBlur: (e) => e.target.checkValidity() && choose(e.target.value),
    });
  const submit = (event) => {
    event.preventDefault();
    choose(event.target.elements.workspace.value);
  };
  return h("form", { className: "workspace", onSubmit: submit },
    h("label", { htmlFor: "workspace" }, "Workspace"), control);
}

function options(h, names) {
  return [...names.map((name) => h("option", { key: name, value: name }, name)),
    h("option", { key: otherName, value: otherName }, "Another…")];
}

// select has requests go to the workspace.
function select(servers, { setSelectedServer, setServerVariableValue }, name) {
  const url = (withWorkspace) => servers
    .find((server) => server.hasIn(["variables", "workspace"]) === withWorkspace)?.get("url");
  if (name === defaultName) {
    setSelectedServer(url(false));
    return;
  }
  setSelectedServer(url(true));
  setServerVariableValue({ server: url(true), key: "workspace", val: name });
}

// listWorkspaces asks the server for the names of its workspaces, which it tells those
// who have its admin token.
async function listWorkspaces(token) {
  if (!token) {
    return [];
  }
  const response = await fetch("/orglink/v1/workspaces", { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) {
    return [];
  }
  const { workspaces } = await response.json();
  return workspaces.map((workspace) => workspace.name);
}

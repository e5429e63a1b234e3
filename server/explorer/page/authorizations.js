// What Swagger UI's authorizations are filled with, and which of them the browser keeps.

// filled are the authorizations that came with this load of the page, by scheme.
const filled = new Map();

// fillIn authorizes the schemes of the document for which there is a credential, but
// for those that the browser has kept: they are the visitor's own.
export function fillIn(ui, credentials) {
  const schemes = ui.specSelectors.securityDefinitions();
  const kept = ui.authSelectors.authorized();
  for (const [name, credential] of Object.entries(credentials)) {
    if (kept.has(name) || !schemes.has(name)) {
      continue;
    }
    authorize(ui, name, schemes.get(name), credential);
    filled.set(name, ui.authSelectors.authorized().get(name));
  }
}

function authorize(ui, name, schema, credential) {
  if (schema.get("type") === "oauth2") {
    // The client stays in the form for who logs out and in again.
    ui.authActions.authorizeOauth2({
      auth: { name, schema, ...credential },
      token: { access_token: credential.token, token_type: "Bearer" },
    });
  } else if (schema.get("scheme") === "basic") {
    ui.preauthorizeBasic(name, credential.username, credential.password || "");
  } else {
    ui.preauthorizeApiKey(name, credential.token);
  }
}

// authorizationsPlugin has the browser keep what the visitor entered, under the name by
// which Swagger UI looks for it. The demo's credentials come with each load: kept, they
// would still be filled in when the same address later serves without the demo.
export const authorizationsPlugin = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        persistAuthorizationIfNeeded: (_, system) => () => {
          const own = system.authSelectors.authorized()
            .filterNot((authorization, name) => authorization.equals(filled.get(name)));
          localStorage.setItem("authorized", JSON.stringify(own.toJS()));
        },
      },
    },
  },
});

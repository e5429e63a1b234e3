import { authorizationsPlugin, fillIn } from "./authorizations.js";
import { reasonPlugin } from "./reason.js";
import { snippetsPlugin, languages } from "./snippets.js";
import { workspacePlugin } from "./workspace.js";

// Opens the document in Swagger UI. A server with demo data hands out the demo's
// credentials, by security scheme; any other server hands out none.
const response = await fetch("credentials.json");
const credentials = await response.json();

window.ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  // In YAML, which keeps the order in which the document was written.
  url: "/openapi.yaml",
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: true,
  requestSnippetsEnabled: true,
  requestSnippets: { generators: languages, languages: Object.keys(languages) },
  plugins: [authorizationsPlugin, reasonPlugin, snippetsPlugin, workspacePlugin],
  onComplete: () => fillIn(window.ui, credentials),
});

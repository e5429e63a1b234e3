/**
 * Clients that are let in, one function for each platform. A base URL with a workspace
 * in it (`http://127.0.0.1:8080/w/ci-42`) makes the client one of that workspace.
 */
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { paths } from "./schema.js";

/** What is JSON of the answers: a client's `data` and `error` are typed by it. */
export type JSONMedia = `application/${string}json${string}`;

export type Orglink = Client<paths, JSONMedia>;

export interface Server {
  baseUrl: string;
}

/** A token that is there already, such as one of fixtures. */
export interface Token extends Server {
  token: string;
}

export interface ClientCredentials extends Server {
  clientId: string;
  clientSecret: string;
}

export interface Password extends Server {
  user: string;
  password: string;
}

/** Autodesk ACC: a two-legged token for the app, renewed before it ends. */
export function acc(app: Token | (ClientCredentials & { scope?: string })): Orglink {
  if ("token" in app) return bearer(app);
  return withBearer(app, async (client) => {
    const { data, error } = await client.POST("/authentication/v2/token", {
      body: {
        grant_type: "client_credentials",
        client_id: app.clientId,
        client_secret: app.clientSecret,
        scope: app.scope ?? "account:read account:write data:read",
      },
      headers: form,
    });
    return granted(data, error);
  });
}

/** COmanage Registry: name and key of an API user, by HTTP Basic. */
export function comanage(user: Password): Orglink {
  const bytes = new TextEncoder().encode(`${user.user}:${user.password}`);
  const credentials = btoa(String.fromCharCode(...bytes));
  return authorized(user, async () => `Basic ${credentials}`);
}

/** ES Loyalty CUX: client credentials, or a token. */
export function cux(app: Token | ClientCredentials): Orglink {
  if ("token" in app) return bearer(app);
  return withBearer(app, async (client) => {
    const { data, error } = await client.POST("/oauth/token", {
      body: { grant_type: "client_credentials", client_id: app.clientId, client_secret: app.clientSecret },
      headers: form,
    });
    return granted(data, error);
  });
}

/**
 * Oracle Responsys: logs in with the first call, and again every hour. The token is sent
 * as it is, without a scheme word, to the `endPoint` that the login answered.
 */
export function responsys(user: Password): Orglink {
  const session = renewed(async () => {
    const { data, error } = await plain(user).POST("/rest/api/v1.3/auth/token", {
      body: { user_name: user.user, password: user.password, auth_type: "password" },
      headers: form,
    });
    if (!data) throw refused(error);
    return { value: data, seconds: 3600 };
  });
  const base = stripped(user.baseUrl);
  return through(user, {
    async onRequest({ request }) {
      const { authToken, endPoint } = await session();
      const sent = new Request(endPoint + request.url.slice(base.length), request);
      sent.headers.set("Authorization", authToken);
      return sent;
    },
  });
}

/** SAS Data Hub: a user of SAS Logon, through a client of it, or a token. */
export function svi(user: Token | (Password & { clientId?: string; clientSecret?: string })): Orglink {
  if ("token" in user) return bearer(user);
  return withBearer(user, async (client) => {
    const { data, error } = await client.POST("/SASLogon/oauth/token", {
      body: {
        grant_type: "password",
        username: user.user,
        password: user.password,
        client_id: user.clientId ?? "sas.ec",
        client_secret: user.clientSecret ?? "",
      },
      headers: form,
    });
    return granted(data, error);
  });
}

/** Orglink's own calls: the server's admin token. */
export function workbench(admin: Token): Orglink {
  return bearer(admin);
}

const form = { "Content-Type": "application/x-www-form-urlencoded" };

function stripped(url: string): string {
  return url.replace(/\/+$/, "");
}

function plain(server: Server): Orglink {
  return createClient<paths, JSONMedia>({ baseUrl: stripped(server.baseUrl) });
}

function through(server: Server, middleware: Middleware): Orglink {
  const client = plain(server);
  client.use(middleware);
  return client;
}

function authorized(server: Server, header: () => Promise<string>): Orglink {
  return through(server, {
    async onRequest({ request }) {
      request.headers.set("Authorization", await header());
      return request;
    },
  });
}

function bearer(server: Token): Orglink {
  return authorized(server, async () => `Bearer ${server.token}`);
}

function withBearer(server: Server, buy: (client: Orglink) => Promise<Bought<string>>): Orglink {
  const token = renewed(() => buy(plain(server)));
  return authorized(server, async () => `Bearer ${await token()}`);
}

interface Bought<T> {
  value: T;
  seconds: number;
}

/** What is bought with the first call of many, and again a minute before it ends. */
function renewed<T>(buy: () => Promise<Bought<T>>): () => Promise<T> {
  let held: Promise<Bought<T>> | undefined;
  let ends = 0;
  return async () => {
    if (!held || Date.now() >= ends) {
      ends = Infinity; // until it is known, all calls wait for this one
      held = buy();
      held.then(
        (bought) => (ends = Date.now() + (bought.seconds - 60) * 1000),
        () => (held = undefined),
      );
    }
    return (await held).value;
  };
}

function granted(data: { access_token: string; expires_in: number } | undefined, error: unknown): Bought<string> {
  if (!data) throw refused(error);
  return { value: data.access_token, seconds: data.expires_in };
}

function refused(error: unknown): Error {
  return new Error("no token was given", { cause: error });
}

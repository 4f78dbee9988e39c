import { env } from "$env/dynamic/private";

// One's own backend, which puts the key in.
export async function POST({ params, request, fetch }) {
  const path = params.path.replace("/self/", "/demo-key/");
  const { headers } = request;
  return fetch(`${env.API_URL}/${path}`, { method: "POST", headers, body: await request.text() });
}

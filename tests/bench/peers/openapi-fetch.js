// Validates nothing: the library's types vanish at run time.
import createClient from "openapi-fetch";

const client = createClient({ fetch: (request) => fetch(request) });

const call =
  (path) =>
  async (body, { baseUrl, apiKey, signal }) => {
    const { data, error } = await client.POST(path, { baseUrl, params: { path: { apiKey } }, body, signal });
    if (error) throw error;
    return data;
  };

export const calculate = call("/client/api/v1/{apiKey}/calculate/order");
export const order = call("/client/api/v1/{apiKey}/order");

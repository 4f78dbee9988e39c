// Validates nothing. The adapter is `fetch`, as in every other peer, not XMLHttpRequest.
import axios from "axios";

const client = axios.create({ adapter: "fetch" });

const call =
  (path) =>
  async (body, { baseUrl, apiKey, signal }) => {
    const url = `${baseUrl}/client/api/v1/${encodeURIComponent(apiKey)}/${path}`;
    const { data } = await client.post(url, body, { signal });
    return data;
  };

export const calculate = call("calculate/order");
export const order = call("order");

// Validates nothing.
const call =
  (path) =>
  async (request, { baseUrl, apiKey, signal }) => {
    const response = await fetch(`${baseUrl}/client/api/v1/${apiKey}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal,
    });
    if (!response.ok) throw new Error(`The server responded with status ${response.status}.`);
    return response.json();
  };

export const calculate = call("calculate/order");
export const order = call("order");

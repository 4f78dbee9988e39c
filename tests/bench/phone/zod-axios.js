// zod validates, and axios sends.
import axios from "axios";
import { quote, receipt, validateCalculate, validateOrder } from "../peers/zod-schemas.js";

const call =
  (validate, path, response) =>
  async (request, { baseUrl, apiKey, signal }) => {
    const { value, issues } = validate(request);
    if (issues) throw new Error(issues[0].message);
    const { data } = await axios.post(`${baseUrl}/client/api/v1/${apiKey}/${path}`, value, { signal });
    return response.parse(data);
  };

export const calculate = call(validateCalculate, "calculate/order", quote);
export const order = call(validateOrder, "order", receipt);

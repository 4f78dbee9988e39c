import { redirect } from "next/navigation";
import { calculate, order } from "proxy-orders";

const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

async function buy() {
  "use server";
  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
  redirect(`/server?ordered=${receipt.orderNumber}`);
}

export default async function Page({ searchParams }) {
  const { ordered } = await searchParams;
  const quote = await calculate(wanted, api);
  return (
    <form action={buy}>
      <button>Order for {quote.price}</button>
      <output>{ordered}</output>
    </form>
  );
}

"use client";

import { calculate, order } from "proxy-orders";
import { useEffect, useState } from "react";

const api = { baseUrl: "/api", apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

export default function OrderForm() {
  const [quote, setQuote] = useState();
  const [receipt, setReceipt] = useState();

  useEffect(() => {
    calculate(wanted, api).then(setQuote);
  }, []);

  async function buy() {
    setReceipt(await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price }));
  }

  return (
    <>
      <button disabled={!quote} onClick={buy}>
        Order
      </button>
      <output>{receipt?.orderNumber}</output>
    </>
  );
}

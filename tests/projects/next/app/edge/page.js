"use client";

import { useState } from "react";

export default function Page() {
  const [receipt, setReceipt] = useState();

  async function buy() {
    const response = await fetch("/edge/order", { method: "POST" });
    setReceipt(await response.json());
  }

  return (
    <>
      <button onClick={buy}>Order</button>
      <output>{receipt?.orderNumber}</output>
    </>
  );
}

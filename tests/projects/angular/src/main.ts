import { Component, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { calculate, order } from "proxy-orders";

const api = { baseUrl: "/api", apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" } as const;

@Component({
  selector: "shop-order",
  template: `<button (click)="buy()">Order</button><output>{{ ordered() }}</output>`,
})
class OrderComponent {
  readonly ordered = signal<string | null>(null);

  async buy() {
    const quote = await calculate(wanted, api);
    if (!quote.success) return;
    const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
    this.ordered.set(receipt.orderNumber);
  }
}

bootstrapApplication(OrderComponent);

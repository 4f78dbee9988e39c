// The suite for `charge` and `refund`.

import type { OrderRequest } from "proxy-orders";
import type { Awaitable, Sale, Sales } from "proxy-orders/backend";
import { call, check, connectAll, CONNECTIONS, nameMaker, show } from "./checks.js";

/** A shop's pair of `charge` and `refund`, and access to its customers' credit. */
export interface Accounts extends Pick<Sales, "charge" | "refund"> {
  /** Adds to a user's credit, which is 0 for a new user. */
  deposit(user: string, amount: number): Awaitable<unknown>;
  /** Returns a user's credit. */
  credit(user: string): Awaitable<number>;
}

/** Accounts whose results have been checked for their form. */
interface CheckedAccounts {
  charge(sale: Sale): Promise<boolean>;
  refund(sale: Sale): Promise<void>;
  deposit(user: string, amount: number): Promise<void>;
  credit(user: string): Promise<number>;
}

/** What each test works with. */
interface Context {
  /** All connected to the same accounts. */
  connections: CheckedAccounts[];
  /** Two of them. */
  first: CheckedAccounts;
  second: CheckedAccounts;
  /** A new user with this credit. */
  newUser(credit: number): Promise<string>;
  newSale(user: string, price: number): Sale;
  /** One more connection. */
  connect(): Promise<CheckedAccounts>;
}

/** Shops may calculate with floating-point numbers, which are not exact. */
const ROUNDING = 1e-6;
const ROUNDS = 3;

const request: OrderRequest = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};

/**
 * Tests a shop's own `charge` and `refund`: refunds before, during and after a charge, repeated charges and refunds, and 50
 * orders at once. It needs no test framework, and runs in any runtime. Use an empty database of its own: its users stay
 * there.
 *
 * @param create Connects to the accounts. All calls connect to the same ones.
 *
 * @example
 * import { testSales, type Accounts } from "proxy-orders/backend/testing";
 *
 * declare function connectToTestDatabase(): Promise<Accounts>; // your own
 *
 * await testSales(() => connectToTestDatabase());
 *
 * @throws Error whose message says which defect was found.
 */
export async function testSales(create: () => Awaitable<Accounts>): Promise<void> {
  const connections = (await connectAll(create)).map(checked);
  const [first, second] = connections as [CheckedAccounts, CheckedAccounts];
  const newName = nameMaker();
  const context: Context = {
    connections,
    first,
    second,
    async newUser(credit) {
      const user = newName();
      await first.deposit(user, credit);
      return user;
    },
    newSale: (user, price) => ({ name: newName(user), user, request, price }),
    connect: async () => checked(await call("create", create)),
  };
  await testDeposits(context, newName());
  await testCharges(context);
  await testRefunds(context);
  await testRefundsWithoutCharge(context);
  await testSimilarNames(context);
  await testOneNameAtOnce(context);
  await testChargesAtOnce(context);
  await testRefundsDuringCharges(context);
  await testEverythingAtOnce(context);
  await testLaterConnection(context);
}

function checked(accounts: Accounts): CheckedAccounts {
  for (const method of ["charge", "refund", "deposit", "credit"] as const) {
    check(typeof accounts?.[method] === "function", `The accounts have no method ${method}.`);
  }
  return {
    async charge(sale) {
      const result: unknown = await call("charge", () => accounts.charge(sale));
      const isValid = result === true || (typeof result === "string" && result.trim() !== "");
      check(isValid, `charge must return true, or a sentence that says why not, but returned ${show(result)}.`);
      return result === true;
    },
    async refund({ name, user, request }) {
      await call("refund", () => accounts.refund({ name, user, request }));
    },
    async deposit(user, amount) {
      await call("deposit", () => accounts.deposit(user, amount));
    },
    async credit(user) {
      const credit: unknown = await call("credit", () => accounts.credit(user));
      check(
        typeof credit === "number" && Number.isFinite(credit),
        `credit must return a number, but returned ${show(credit)}.`,
      );
      check(credit > -ROUNDING, `A user's credit is below zero: ${credit}.`);
      return credit;
    },
  };
}

/** Checks a user's credit on two connections. */
async function checkCredit({ first, second }: Context, user: string, expected: number, defect: string): Promise<void> {
  for (const { credit } of [first, second]) {
    const found = await credit(user);
    const isExpected = Math.abs(found - expected) < ROUNDING;
    check(isExpected, `${defect} The user's credit should be ${expected}, but is ${found}.`);
  }
}

async function testDeposits(context: Context, user: string): Promise<void> {
  const { first, second, connections } = context;
  await checkCredit(context, user, 0, "A new user has no credit.");
  await first.deposit(user, 5);
  await second.deposit(user, 2.5);
  await checkCredit(context, user, 7.5, "deposit must add to the credit.");
  await Promise.all(connections.map(({ deposit }) => deposit(user, 0.5)));
  await checkCredit(context, user, 7.5 + 0.5 * CONNECTIONS, `Of ${CONNECTIONS} deposits at once, some are lost.`);
}

async function testCharges(context: Context): Promise<void> {
  const { first, second, newUser, newSale } = context;
  const [user, other, poor] = [await newUser(10), await newUser(10), await newUser(0)];
  const sale = newSale(user, 2.5);
  check(await first.charge(sale), "charge returned a sentence although the credit is sufficient.");
  await checkCredit(context, user, 7.5, "charge must take the price.");
  await checkCredit(context, other, 10, "charge took money from another user.");
  await second.charge(sale);
  await checkCredit(context, user, 7.5, "A second charge of a name must take nothing.");
  const tooMuch = newSale(user, 7.51);
  check(!(await second.charge(tooMuch)), "charge returned true although the price is above the credit.");
  await checkCredit(context, user, 7.5, "A charge that returns a sentence must take nothing.");
  check(
    await second.charge(newSale(user, 7.5)),
    "charge returned a sentence although the price is exactly the credit.",
  );
  await checkCredit(context, user, 0, "charge must take the price.");
  check(!(await first.charge(newSale(poor, 0.01))), "charge returned true for a user without credit.");
  for (const price of [0.1, 0.2, 2.65]) await first.charge(newSale(other, price));
  await checkCredit(context, other, 7.05, "charge must take the price to the cent.");
}

async function testRefunds(context: Context): Promise<void> {
  const { first, second, newUser, newSale } = context;
  const [user, other] = [await newUser(10), await newUser(10)];
  const sale = newSale(user, 2.65);
  await first.charge(sale);
  await first.charge(newSale(user, 1));
  await first.charge(newSale(other, 3));
  await second.refund(sale);
  await checkCredit(context, user, 9, "refund must give back exactly what was taken for its name.");
  await first.refund(sale);
  await second.refund(sale);
  await checkCredit(context, user, 9, "A repeated refund must give back nothing.");
  const wasCharged = await second.charge(sale);
  await checkCredit(context, user, 9, "A charge after the refund of its name must take nothing.");
  check(!wasCharged, "A charge after the refund of its name returned true, so the order would be sent unpaid.");
  await checkCredit(context, other, 7, "refund changed the credit of another user.");
}

async function testRefundsWithoutCharge(context: Context): Promise<void> {
  const { first, second, newUser, newSale } = context;
  const user = await newUser(1);
  const [early, declined] = [newSale(user, 0.5), newSale(user, 5)];
  await first.refund(early);
  await checkCredit(context, user, 1, "A refund without a charge must give back nothing.");
  check(!(await second.charge(declined)), "charge returned true although the price is above the credit.");
  await second.refund(declined);
  await checkCredit(context, user, 1, "A refund of a charge that took nothing must give back nothing.");
  await first.deposit(user, 9);
  for (const sale of [early, declined]) {
    const wasCharged = await second.charge(sale);
    await checkCredit(context, user, 10, "A refund is final: a later charge of its name must take nothing.");
    check(!wasCharged, "A charge after the refund of its name returned true, so the order would be sent unpaid.");
    await first.refund(sale);
    await checkCredit(context, user, 10, "A repeated refund must give back nothing.");
  }
}

/** Names differ if their bytes do. */
async function testSimilarNames(context: Context): Promise<void> {
  const { first, newUser, newSale } = context;
  const user = await newUser(100);
  const { name, ...sale } = newSale(user, 1);
  const names = ["é", "e\u0301", "É", "e", "E", "e ", " e", "%", "'"].map((end) => name.replace('"]', `${end}"]`));
  for (const similar of names) {
    check(await first.charge({ ...sale, name: similar }), `charge takes a name for another one: ${show(similar)}.`);
  }
  await first.refund({ ...sale, name: names[0]! });
  const left = 100 - (names.length - 1);
  await checkCredit(context, user, left, "charge or refund takes a name for another one.");
}

async function testOneNameAtOnce(context: Context): Promise<void> {
  const { connections, newUser, newSale } = context;
  for (let round = 0; round < ROUNDS; round += 1) {
    const user = await newUser(1000);
    const sale = newSale(user, 2);
    const charged = await Promise.all(connections.map(({ charge }) => charge(sale)));
    await checkCredit(context, user, 998, `${CONNECTIONS} charges of one name at once must take its price once.`);
    check(charged.includes(true), `Of ${CONNECTIONS} charges of one name at once, none returned true.`);
    await Promise.all(connections.map(({ refund }) => refund(sale)));
    await checkCredit(context, user, 1000, `${CONNECTIONS} refunds of one name at once must give back its price once.`);
  }
}

async function testChargesAtOnce(context: Context): Promise<void> {
  const { connections, newUser, newSale } = context;
  for (let round = 0; round < ROUNDS; round += 1) {
    const user = await newUser(50);
    const charged = await Promise.all(connections.map(({ charge }) => charge(newSale(user, 2.5))));
    const paid = charged.filter(Boolean).length;
    check(paid <= 20, `Of ${CONNECTIONS} charges at once, ${paid} returned true, but the credit is enough for 20.`);
    await checkCredit(context, user, 50 - 2.5 * paid, `Of ${CONNECTIONS} charges at once, ${paid} returned true.`);
    check(paid > 0, `Of ${CONNECTIONS} charges at once, none returned true, although the credit is enough for 20.`);
  }
}

async function testRefundsDuringCharges(context: Context): Promise<void> {
  const { connections, newUser, newSale } = context;
  for (let round = 0; round < ROUNDS; round += 1) {
    const user = await newUser(1000);
    const sales = connections.map(() => newSale(user, 2));
    const work = sales.flatMap((sale, place) => {
      const charge = () => connections[place]!.charge(sale);
      const refund = () => connections[(place + 1) % CONNECTIONS]!.refund(sale);
      return place % 2 === 0 ? [charge, refund, refund] : [refund, charge];
    });
    await Promise.all(work.map((start) => start()));
    await checkCredit(context, user, 1000, "A refund while the charge is running must leave the credit as it was.");
    const charged = await Promise.all(sales.map((sale, place) => connections[place]!.charge(sale)));
    await checkCredit(
      context,
      user,
      1000,
      "A charge after a refund that came while the first charge was running took money.",
    );
    check(
      !charged.includes(true),
      "A charge after the refund of its name returned true, so the order would be sent unpaid.",
    );
  }
}

/** Charges, refunds and deposits of one user: the credit and what was paid add up to what was deposited. */
async function testEverythingAtOnce(context: Context): Promise<void> {
  const { connections, first, newUser, newSale } = context;
  for (let round = 0; round < ROUNDS; round += 1) {
    const user = await newUser(100);
    const old = Array.from({ length: 10 }, () => newSale(user, 1));
    for (const sale of old) await first.charge(sale);
    let expected = 100;
    await Promise.all(
      connections.map(async ({ charge, refund, deposit }, place) => {
        const sale = old[place] ?? newSale(user, 1.25);
        if (old[place]) await refund(sale);
        else if (place % 3 === 0) {
          await deposit(user, 0.5);
          expected += 0.5;
        } else if (await charge(sale)) {
          if (place % 3 === 1) await refund(sale);
          else expected -= sale.price;
        }
      }),
    );
    await checkCredit(
      context,
      user,
      expected,
      `Of ${CONNECTIONS} charges, refunds and deposits at once, some are lost.`,
    );
  }
}

async function testLaterConnection({ first, newUser, newSale, connect }: Context): Promise<void> {
  const user = await newUser(10);
  await first.charge(newSale(user, 4));
  const later = await connect();
  const credit = await later.credit(user);
  const isSame = Math.abs(credit - 6) < ROUNDING;
  check(isSame, `A later connection finds a credit of ${credit}, not 6: create must connect to the same accounts.`);
}

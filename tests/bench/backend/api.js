// An API that does nothing but take orders, in a process of its own. It tells its parent where it listens, and when it is
// asked, how many orders it has booked.

import { createServer } from "node:http";

let booked = 0;

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    booked += 1;
    const receipt = {
      success: true,
      proxyType: "IPv4",
      orderNumber: `NUMBER-${booked}`,
      balance: 100,
      currency: "USD",
      promoCodeStatus: null,
      error: null,
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(receipt));
  });
});
// An idle connection that the server ends would fail the next order.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
process.on("message", () => process.send({ booked }));
process.once("disconnect", () => process.exit());

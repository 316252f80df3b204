// People on a line: an order as JSON on standard input, an answer on standard output, with the same
// id; and in between, unasked, what they read. What they do is in person.mjs. Secrets come on the
// line, never as arguments; what the SDK has to say goes to standard error.

import { Console } from "node:console";
import { createInterface } from "node:readline";

globalThis.console = new Console(process.stderr); // before the SDK takes hold of the old one
console.debug = console.info = console.log = () => {}; // it tells every step of its ratchets
process.on("unhandledRejection", (error) => write({ trouble: String(error?.stack ?? error) }));
const { Person } = await import("./person.mjs");

const ORDERS = new Set([
    ...["arrive", "leave", "say", "tap", "choose", "send", "write_to"],
    ...["reset_identity", "opinion", "own_keys", "fingerprint"],
]);
const people = new Map();

function write(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function carryOut({ who, order, ...facts }) {
    if (!ORDERS.has(order)) throw new Error(`no such order: ${order}`);
    if (order === "arrive") people.set(who, new Person((news) => write({ who, ...news })));
    return people.get(who)[order](facts);
}

for await (const line of createInterface({ input: process.stdin })) {
    const { id, ...order } = JSON.parse(line);
    carryOut(order).then(
        (answer) => write({ id, answer }),
        (error) => write({ id, error: `${error.name}: ${error.message}` }),
    );
}
process.exit(0); // whoever started us has gone

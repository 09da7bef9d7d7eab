import type { Delivery, Outcome, Subscription } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithProxy } from "./support/with-proxy.js";

describeWithProxy("what follows from a delivery, in another queue,", { leaseMs: 1_000 }, (shared) => {
  /** As core settles it: again until the outcome is known. */
  async function untilKnown(settle: () => Promise<readonly Outcome[]>): Promise<Outcome | undefined> {
    for (;;) {
      const [outcome] = await settle();
      if (outcome !== "unknown") return outcome;
    }
  }

  const replaceBy = (subscription: Subscription, delivery: Delivery | undefined, queue: string) =>
    untilKnown(() =>
      subscription.settle([
        { delivery: delivery as Delivery, kind: "replace", by: [message(queue, "the next step")] },
      ]),
    );

  it("is not sent by a server that has lost its lease and does not know it yet", async () => {
    const { queue, proxy, direct, proxied } = shared;
    const next = `${queue}-next`;
    const cutOff = await subscribe(proxied, queue);
    await direct.send([message(queue, "a step")]);
    const [held] = await take(cutOff.subscription, 1);
    proxy.swallow();
    const other = await subscribe(direct, queue);
    const again = await take(other.subscription, 1);
    expect(again).toMatchObject([{ body: "a step", redeliveries: 1 }]);
    const settling = replaceBy(cutOff.subscription, held, next);
    proxy.cutAll();
    proxy.pass();
    expect(await settling).toBe("lost");
    expect(await direct.counts(next)).toMatchObject({ waiting: 0 });
    expect(await replaceBy(other.subscription, again[0], next)).toBe("settled");
    expect(await direct.counts(next)).toMatchObject({ waiting: 1 });
    const { subscription } = await subscribe(direct, next);
    await ackAll(subscription, await take(subscription, 1));
    for (const each of [subscription, other.subscription, cutOff.subscription]) await each.close();
  });
});
